import * as vscode from 'vscode';
import type { CommandId } from '../../contributions.ts';
import type { LiveDrift } from '../drift/liveDrift.ts';
import { editorRange } from '../platform/editorText.ts';
import { Cancelled } from '../platform/humanError.ts';
import { signalOf } from '../platform/cancellation.ts';
import { inSlices } from '../platform/slices.ts';
import { setting } from '../platform/settings.ts';
import type { MeshView } from '../session/meshView.ts';
import { describeBasis } from '../yamlContext/documentMesh.ts';
import type { DocumentMeshes } from '../yamlContext/documentMeshes.ts';
import type { ParsedDocuments } from '../yamlContext/parsedDocuments.ts';
import { lensTitle, lensesOf, probedWorkload, type Lens } from './manifestLenses.ts';

/** What lenses are made of. */
export interface LensParts {
  readonly documents: ParsedDocuments;
  readonly meshes: DocumentMeshes;
  readonly meshView: MeshView;
  readonly drift: LiveDrift;
}

/** Lenses above manifests: what they do, what applying them would change, and how they stand to the cluster. */
export function codeLensProvider(parts: LensParts): vscode.CodeLensProvider {
  const shown = new WeakMap<vscode.CodeLens, ShownLens>();
  return {
    provideCodeLenses: (document) => {
      if (!setting('istioMtls.codeLens')) return [];
      const file = parts.documents.read(document);
      return lensesOf(file, (manifest) => parts.drift.of(manifest)).map((lens) => {
        const codeLens = new vscode.CodeLens(editorRange(document, lens.range));
        shown.set(codeLens, { lens, document });
        return codeLens;
      });
    },
    resolveCodeLens: async (codeLens, token) => {
      const found = shown.get(codeLens);
      const signal = signalOf(token);
      codeLens.command = found === undefined ? SILENT : await commandOf(parts, found, signal);
      return codeLens;
    },
  };
}

/** A lens without words is shown as nothing at all. */
const SILENT: vscode.Command = { title: '', command: '' };

interface ShownLens {
  readonly lens: Lens;
  readonly document: vscode.TextDocument;
}

async function commandOf(
  parts: LensParts,
  { lens, document }: ShownLens,
  signal: AbortSignal,
): Promise<vscode.Command> {
  const judged = parts.meshes.meshOf(parts.documents.read(document));
  const cluster = parts.meshView.current?.mesh;
  const words = lensTitle(lens, { judged: judged?.mesh, cluster });
  // VS Code asks again for a lens that it called off once that is in view again.
  const title = await inSlices(words, signal).catch(unlessCancelled);
  if (title === undefined) return SILENT;
  const tooltip = judged && describeBasis(judged.basis, Date.now());
  const run = (command: CommandId, ...values: readonly unknown[]): vscode.Command => ({
    title,
    command,
    arguments: [...values],
    ...(tooltip !== undefined && { tooltip }),
  });
  switch (lens.kind) {
    case 'summary':
      return { ...SILENT, title, ...(tooltip !== undefined && { tooltip }) };
    case 'change':
      return run('istioMtls.showManifestImpact', lens.place);
    case 'drift':
      return run('istioMtls.diffWithCluster', lens.place);
    case 'apply':
      return run('istioMtls.applyManifest', lens.place);
    case 'probe': {
      const { contextId: context } = parts.meshView;
      const workload = cluster && probedWorkload(cluster, lens.manifest.object);
      if (workload === undefined || context === undefined) return run('istioMtls.probe');
      return run('istioMtls.probeTo', { kind: 'workload', context, workload });
    }
  }
}

function unlessCancelled(error: unknown): undefined {
  if (!(error instanceof Cancelled)) throw error;
}
