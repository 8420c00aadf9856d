import * as vscode from 'vscode';
import { schemes } from '../../contributions.ts';
import type { Manifest, ObjectRef } from '../../mesh/index.ts';
import { contextName } from '../session/contextId.ts';
import { DisposableStore } from '../platform/disposables.ts';
import type { Disposable } from '../platform/disposables.ts';
import type { Session } from '../session/session.ts';
import type { LoadManifestTools } from './manifestTools.ts';
import { manifestUri, objectOfUri } from '../platform/manifestUri.ts';

/** Milliseconds to wait for an object. */
const timeLimit = 10_000;

/** At most one fresh copy of each open manifest in so many milliseconds. */
const refreshInterval = 1000;

/**
 * Live objects as read-only documents, `istio-mtls:/namespace/Kind/name.yaml?context`. The same object
 * opens in the same tab, and visible ones follow the cluster.
 */
export class ManifestDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #session: Session;
  readonly #loadTools: LoadManifestTools;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;
  #timer: NodeJS.Timeout | undefined;

  constructor(session: Session, loadTools: LoadManifestTools) {
    this.#session = session;
    this.#loadTools = loadTools;
    this.#owned.add(vscode.workspace.registerTextDocumentContentProvider(schemes.manifest, this));
    const refresh = (): void => {
      this.#timer ??= this.#refreshSoon();
    };
    this.#owned.add(session.onDidChange(refresh));
    // What was out of sight has not followed.
    this.#owned.add(vscode.window.onDidChangeVisibleTextEditors(refresh));
  }

  /** Opens the object, with a fresh copy of it. */
  async show(context: string, ref: ObjectRef): Promise<void> {
    const uri = manifestUri(context, ref);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const ref = objectOfUri(uri);
    if (ref === undefined) return '# Open this object again from the Mesh view.\n';
    const cluster = this.#session.find(uri.query)?.cluster;
    if (cluster === undefined) {
      return `# Context ${contextName(uri.query)} is not open.\n`;
    }
    const live = await cluster.actions.read(ref, AbortSignal.timeout(timeLimit));
    if (live.kind === 'present') {
      const { manifestYaml } = await this.#loadTools();
      return manifestYaml(readable(live.manifest));
    }
    const name = `${ref.kind} ${ref.name}`;
    return live.kind === 'absent'
      ? `# ${name} does not exist any more.\n`
      : `# ${name} could not be read from context ${contextName(uri.query)}.\n`;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#owned.dispose();
  }

  #refreshSoon(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined;
      for (const { document } of vscode.window.visibleTextEditors) {
        if (document.uri.scheme === schemes.manifest) this.#changed.fire(document.uri);
      }
    }, refreshInterval);
  }
}

/** Field ownership is the server's bookkeeping; people never read it. */
function readable(manifest: Manifest): Manifest {
  const { name, ...others } = manifest.metadata;
  const shown = Object.entries(others).filter(([key]) => key !== 'managedFields');
  return { ...manifest, metadata: { name, ...Object.fromEntries(shown) } };
}
