import * as vscode from 'vscode';
import { inSlices } from '../platform/slices.ts';
import { signalOf } from '../platform/cancellation.ts';
import type { MeshView } from '../session/meshView.ts';
import type { DocumentMeshes } from '../yamlContext/documentMeshes.ts';
import { DriftFinder, driftWords, type DriftingFile } from './driftingFiles.ts';

/** Milliseconds after a change before files are compared: clusters and branches change in bursts. */
const PAUSE_MS = 1_000;

/** Marks in the Explorer the files whose objects the active context's cluster has otherwise. */
export function decorateDrift(meshView: MeshView, meshes: DocumentMeshes): vscode.Disposable {
  const finder = new DriftFinder();
  const changed = new vscode.EventEmitter<vscode.Uri[]>();
  let drifting: ReadonlyMap<string, DriftingFile> = new Map();
  const compare = (): void => {
    const { current } = meshView;
    const before = drifting;
    drifting =
      current?.status.kind === 'synced' ? finder.find(current.mesh, meshes.declared()) : new Map();
    const uris = new Set([...before.keys(), ...drifting.keys()]);
    const other = [...uris].filter((uri) => !isSame(before.get(uri), drifting.get(uri)));
    if (other.length > 0) changed.fire(other.map((uri) => vscode.Uri.parse(uri, true)));
  };
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      compare();
    }, PAUSE_MS);
  };
  soon();
  return vscode.Disposable.from(
    changed,
    meshes.subscribe(soon),
    vscode.window.registerFileDecorationProvider({
      onDidChangeFileDecorations: changed.event,
      provideFileDecoration: async (uri, token) => {
        const file = drifting.get(uri.toString());
        const { current } = meshView;
        if (file === undefined || current === undefined) return undefined;
        const words = driftWords(current.mesh, current.context, file);
        const said = await inSlices(words, signalOf(token)).catch(() => undefined);
        // What was called off is asked for again when it is in view.
        return said === undefined ? undefined : decoration(said);
      },
    }),
    new vscode.Disposable(() => {
      clearTimeout(timer);
    }),
  );
}

function isSame(left: DriftingFile | undefined, right: DriftingFile | undefined): boolean {
  return (
    left?.objects.length === right?.objects.length &&
    (left?.objects ?? []).every((object, index) => object === right?.objects[index])
  );
}

function decoration(tooltip: string): vscode.FileDecoration {
  const color = new vscode.ThemeColor('list.warningForeground');
  return new vscode.FileDecoration('≠', tooltip, color);
}
