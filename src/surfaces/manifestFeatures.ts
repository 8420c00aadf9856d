import * as vscode from 'vscode';
import { codeLensProvider } from './codeLens/codeLensProvider.ts';
import { completionProvider } from './completion/completionProvider.ts';
import { codeActionProvider } from './codeActions/codeActionProvider.ts';
import { decorateDrift } from './drift/driftDecorations.ts';
import { openLiveDrift } from './drift/liveDrift.ts';
import type { ReadLive } from './session/liveReader.ts';
import { DiagnosticsPublisher } from './diagnostics/diagnosticsPublisher.ts';
import { inlayHintsProvider } from './inlayHints/inlayHintsProvider.ts';
import { navigationProviders, type Navigation } from './navigation/navigationProviders.ts';
import { offerSchemas } from './schemas/yamlExtension.ts';
import { unsavedManifests } from './platform/editorText.ts';
import { hoverProvider } from './hover/hoverProvider.ts';
import { meshSettings } from './platform/settings.ts';
import { openDocumentMeshes } from './yamlContext/documentMeshes.ts';
import { openParsedDocuments, type ParsedDocuments } from './yamlContext/parsedDocuments.ts';
import type { MeshView } from './session/meshView.ts';
import { openSizeStatus } from './yamlContext/sizeStatus.ts';
import { workspaceFiles } from './yamlContext/workspaceFiles.ts';

// What else needs the YAML library comes from here too, so that one import on demand loads all of it.
export { manifestYaml } from '../sources/yaml/manifestYaml.ts';
export { findingsAdded, findingsIn } from '../mesh/index.ts';
export { readManifestFile } from '../sources/yaml/manifestFile.ts';
export { scaffoldText } from './codeActions/scaffoldText.ts';
export { besideManifest } from './drift/diffSides.ts';
export * from './documents/manifestProposal.ts';
export * from './documents/openManifests.ts';
export { workspaceFiles };

/** Everything that answers questions about manifests, sharing one reading of them. */
export interface ManifestFeatures {
  readonly hover: vscode.HoverProvider;
  readonly codeActions: vscode.CodeActionProvider;
  readonly codeLenses: vscode.CodeLensProvider;
  readonly completion: vscode.CompletionItemProvider;
  readonly inlayHints: vscode.InlayHintsProvider;
  readonly navigation: Navigation;
  dispose(): void;
}

/** What the manifest features need from whoever opens them. */
export interface ManifestFeaturesOptions {
  readonly meshView: MeshView;
  readonly readLive: ReadLive;
  /** Called when what is shown in manifests may be another by now. */
  readonly onDidChange: () => void;
}

/** Milliseconds between two times at which lenses and hints are asked for anew: clusters change in bursts. */
const REFRESH_MS = 1_000;

export function openManifestFeatures(options: ManifestFeaturesOptions): ManifestFeatures {
  const { meshView, readLive, onDidChange } = options;
  const size = openSizeStatus();
  const meshes = openDocumentMeshes({
    meshView,
    files: workspaceFiles(),
    settings: meshSettings,
    unsaved: () => unsavedManifests().map((document) => documents.read(document)),
  });
  const documents: ParsedDocuments = openParsedDocuments((uri) => meshes.namespaceOf(uri));
  const diagnostics = new DiagnosticsPublisher({ documents, meshes, size });
  const drift = openLiveDrift(meshView, readLive);
  const schemas = offerSchemas();
  const refresh = afterPause(onDidChange, REFRESH_MS);
  const following = vscode.Disposable.from(
    meshView.subscribe(refresh.soon),
    drift.subscribe(refresh.soon),
    decorateDrift(meshView, meshes),
    drift,
    refresh,
    schemas,
  );
  return {
    hover: hoverProvider(documents, meshes),
    codeActions: codeActionProvider(documents, meshes),
    codeLenses: codeLensProvider({ documents, meshes, meshView, drift }),
    completion: completionProvider(documents, meshes, schemas.covers),
    inlayHints: inlayHintsProvider(documents, meshes),
    navigation: navigationProviders(documents, meshes),
    dispose: () => {
      vscode.Disposable.from(diagnostics, following, meshes, documents, size).dispose();
    },
  };
}

/** Calls once after the first of several wishes, and not again before so many milliseconds have passed. */
function afterPause(
  call: () => void,
  milliseconds: number,
): {
  readonly soon: () => void;
  readonly dispose: () => void;
} {
  let timer: NodeJS.Timeout | undefined;
  return {
    soon: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        call();
      }, milliseconds);
    },
    dispose: () => {
      clearTimeout(timer);
    },
  };
}
