import * as vscode from 'vscode';
import { codeActionProvider } from './codeActions/codeActionProvider.ts';
import type { Diagnose } from './diagnostics/diagnosticsPublisher.ts';
import { hoverProvider } from './hover/hoverProvider.ts';
import { meshSettings } from './platform/settings.ts';
import { openDocumentMeshes } from './yamlContext/documentMeshes.ts';
import { openParsedDocuments } from './yamlContext/parsedDocuments.ts';
import type { MeshView } from './session/meshView.ts';
import { fileFindings } from '../sources/yaml/fileFindings.ts';
import { isPartlyRead } from '../sources/yaml/manifestFile.ts';
import { openSizeStatus } from './yamlContext/sizeStatus.ts';
import { workspaceFiles } from './yamlContext/workspaceFiles.ts';

// What else needs the YAML library comes from here too, so that one import on demand loads all of it.
export { manifestYaml } from '../sources/yaml/manifestYaml.ts';
export { readManifestFile } from '../sources/yaml/manifestFile.ts';
export { scaffoldText } from './codeActions/scaffoldText.ts';
export * from './documents/manifestProposal.ts';
export { workspaceFiles };

/** Everything that answers questions about manifests, sharing one reading of them. */
export interface ManifestFeatures {
  readonly hover: vscode.HoverProvider;
  readonly codeActions: vscode.CodeActionProvider;
  readonly diagnose: Diagnose;
  dispose(): void;
}

export function openManifestFeatures(meshView: MeshView): ManifestFeatures {
  const size = openSizeStatus();
  const meshes = openDocumentMeshes({
    meshView,
    files: workspaceFiles(),
    settings: meshSettings,
  });
  const documents = openParsedDocuments((uri) => meshes.namespaceOf(uri));
  return {
    hover: hoverProvider(documents, meshes),
    codeActions: codeActionProvider(documents, meshes),
    diagnose: (document) => {
      const file = documents.read(document);
      size.update(document, isPartlyRead(file));
      return Promise.resolve(fileFindings(file));
    },
    dispose: () => {
      vscode.Disposable.from(meshes, documents, size).dispose();
    },
  };
}
