import * as vscode from 'vscode';
import { codeActionMetadata } from './codeActions/codeActionKinds.ts';
import type { LoadManifestTools } from './documents/manifestTools.ts';
import type { ClusterNeed } from './session/clusterNeed.ts';
import { followVisibleManifests } from './session/visibleManifests.ts';
import { manifestSelector } from './platform/editorText.ts';
import type { ReadLive } from './session/liveReader.ts';
import type { ManifestFeatures } from './manifestFeatures.ts';
import type { MeshView } from './session/meshView.ts';

/** What the manifest features need from the rest of the extension. */
export interface YamlFeaturesOptions {
  readonly meshView: MeshView;
  readonly need: ClusterNeed;
  readonly readLive: ReadLive;
}

/** What reads and writes manifests as text, for the commands and documents that need it. */
export const loadManifestTools: LoadManifestTools = () => import('./manifestFeatures.ts');

/**
 * Hovers, lenses, code actions and diagnostics in manifests. Registering reads nothing, and the YAML library is
 * loaded when the first manifest is looked at. All of it is static, so untrusted workspaces have it too.
 */
export function registerYamlFeatures({
  meshView,
  need,
  readLive,
}: YamlFeaturesOptions): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let loading: Promise<ManifestFeatures> | undefined;
  let disposed = false;
  const load = async (): Promise<ManifestFeatures> => {
    const { openManifestFeatures } = await import('./manifestFeatures.ts');
    const features = openManifestFeatures({
      meshView,
      readLive,
      onDidChange: () => {
        changed.fire();
      },
    });
    if (disposed) features.dispose();
    return features;
  };
  const features = (): Promise<ManifestFeatures> => (loading ??= load());
  const dispose = (): void => {
    disposed = true;
    void loading?.then((loaded) => {
      loaded.dispose();
    });
  };
  return vscode.Disposable.from(
    changed,
    registerProviders(features, changed.event),
    beginWithFirstManifest(features),
    followVisibleManifests(need),
    { dispose },
  );
}

/** `changed` tells that what is shown in manifests may be another by now. */
function registerProviders(features: Features, changed: vscode.Event<void>): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerHoverProvider(manifestSelector, hovers(features)),
    vscode.languages.registerCodeActionsProvider(
      manifestSelector,
      codeActions(features),
      codeActionMetadata,
    ),
    vscode.languages.registerCodeLensProvider(manifestSelector, codeLenses(features, changed)),
    vscode.languages.registerInlayHintsProvider(manifestSelector, inlayHints(features, changed)),
    vscode.languages.registerCompletionItemProvider(
      manifestSelector,
      completion(features),
      ...COMPLETION_TRIGGERS,
    ),
    vscode.languages.registerDefinitionProvider(manifestSelector, definitions(features)),
    vscode.languages.registerReferenceProvider(manifestSelector, references(features)),
  );
}

/** Diagnostics begin by themselves: with the first manifest that is open, not before. */
function beginWithFirstManifest(features: Features): vscode.Disposable {
  const isManifest = (document: vscode.TextDocument): boolean =>
    vscode.languages.match(manifestSelector, document) > 0;
  const opening = vscode.workspace.onDidOpenTextDocument((document) => {
    if (isManifest(document)) begin();
  });
  const begin = (): void => {
    opening.dispose();
    void features();
  };
  if (vscode.workspace.textDocuments.some(isManifest)) setTimeout(begin, OPENING_PAUSE_MS);
  return opening;
}

/** What was open when VS Code started waits for whatever else is to start with it, in milliseconds. */
const OPENING_PAUSE_MS = 300;

type Features = () => Promise<ManifestFeatures>;

function hovers(features: Features): vscode.HoverProvider {
  return {
    provideHover: async (document, position, token) =>
      (await features()).hover.provideHover(document, position, token),
  };
}

function codeActions(features: Features): vscode.CodeActionProvider {
  return {
    provideCodeActions: async (document, range, context, token) =>
      (await features()).codeActions.provideCodeActions(document, range, context, token),
    resolveCodeAction: async (action, token) =>
      (await features()).codeActions.resolveCodeAction?.(action, token),
  };
}

function codeLenses(
  features: Features,
  onDidChangeCodeLenses: vscode.Event<void>,
): vscode.CodeLensProvider {
  return {
    onDidChangeCodeLenses,
    provideCodeLenses: async (document, token) =>
      (await features()).codeLenses.provideCodeLenses(document, token),
    resolveCodeLens: async (lens, token) =>
      (await features()).codeLenses.resolveCodeLens?.(lens, token),
  };
}

/** After `mode:` the values are wanted at once. */
const COMPLETION_TRIGGERS = [' ', ':'];

function inlayHints(
  features: Features,
  onDidChangeInlayHints: vscode.Event<void>,
): vscode.InlayHintsProvider {
  return {
    onDidChangeInlayHints,
    provideInlayHints: async (document, range, token) =>
      (await features()).inlayHints.provideInlayHints(document, range, token),
  };
}

function completion(features: Features): vscode.CompletionItemProvider {
  return {
    provideCompletionItems: async (document, position, token, context) =>
      (await features()).completion.provideCompletionItems(document, position, token, context),
  };
}

function definitions(features: Features): vscode.DefinitionProvider {
  return {
    provideDefinition: async (document, position, token) =>
      (await features()).navigation.definitions.provideDefinition(document, position, token),
  };
}

function references(features: Features): vscode.ReferenceProvider {
  return {
    provideReferences: async (document, position, context, token) => {
      const { navigation } = await features();
      return navigation.references.provideReferences(document, position, context, token);
    },
  };
}
