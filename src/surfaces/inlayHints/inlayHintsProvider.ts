import * as vscode from 'vscode';
import { setting } from '../platform/settings.ts';
import { describeBasis } from '../yamlContext/documentMesh.ts';
import type { DocumentMeshes } from '../yamlContext/documentMeshes.ts';
import type { ParsedDocuments } from '../yamlContext/parsedDocuments.ts';
import { hintsOf } from './manifestHints.ts';

/** Hints in manifests, of the kinds that the settings ask for. Never asks the cluster. */
export function inlayHintsProvider(
  documents: ParsedDocuments,
  meshes: DocumentMeshes,
): vscode.InlayHintsProvider {
  return {
    provideInlayHints: (document, range) => {
      const file = documents.read(document);
      const judged = meshes.meshOf(file);
      if (judged === undefined) return [];
      const tooltip = describeBasis(judged.basis, Date.now());
      return hintsOf(judged.mesh, file)
        .filter(({ kind }) => setting(`istioMtls.inlayHints.${kind}`))
        .map(({ offset, text }) => {
          const hint = new vscode.InlayHint(document.positionAt(offset), text);
          hint.paddingLeft = true;
          hint.tooltip = tooltip;
          return hint;
        })
        .filter(({ position }) => range.contains(position));
    },
  };
}
