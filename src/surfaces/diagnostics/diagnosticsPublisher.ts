import * as vscode from 'vscode';
import { schemes } from '../../contributions.ts';
import { isPartlyRead } from '../../sources/yaml/manifestFile.ts';
import type { WorkspaceFile } from '../../sources/yaml/workspaceManifests.ts';
import { manifestSelector } from '../platform/editorText.ts';
import type { DocumentMeshes } from '../yamlContext/documentMeshes.ts';
import type { ParsedDocuments } from '../yamlContext/parsedDocuments.ts';
import type { SizeStatus } from '../yamlContext/sizeStatus.ts';
import { DIAGNOSTIC_SOURCE } from './diagnosticSource.ts';
import { editorDiagnostics } from './editorDiagnostics.ts';
import { FileJudge } from './judgedFiles.ts';
import { readSeverities } from './severities.ts';
import { setting } from '../platform/settings.ts';

/** How long nothing has to change before the files are judged anew, in milliseconds. */
const PAUSE_MS = 300;

/** How long the files are judged at a stretch, in milliseconds. */
const STRETCH_MS = 10;

export interface DiagnosticsOptions {
  readonly documents: ParsedDocuments;
  readonly meshes: DocumentMeshes;
  readonly size: SizeStatus;
}

/**
 * Shows what is wrong with the manifests of the workspace, open or not, and of open documents outside of it, a moment
 * after a file, the cluster or a setting has changed.
 */
export class DiagnosticsPublisher {
  readonly #documents: ParsedDocuments;
  readonly #meshes: DocumentMeshes;
  readonly #size: SizeStatus;
  readonly #collection = vscode.languages.createDiagnosticCollection(DIAGNOSTIC_SOURCE);
  readonly #judge = new FileJudge();
  readonly #owned: vscode.Disposable;
  /** What is shown of each file, to compare: setting the same again makes editors paint again. */
  readonly #shown = new Map<string, string>();
  #pause: NodeJS.Timeout | undefined;
  #run = 0;

  constructor({ documents, meshes, size }: DiagnosticsOptions) {
    this.#documents = documents;
    this.#meshes = meshes;
    this.#size = size;
    const soon = (): void => {
      this.#publishAfter(PAUSE_MS);
    };
    this.#owned = vscode.Disposable.from(
      this.#collection,
      meshes.subscribe(soon),
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (isManifest(document)) this.#publishAfter(0);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (isManifest(document)) soon();
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (isManifest(document)) soon();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('istioMtls')) soon();
      }),
    );
    this.#publishAfter(0);
  }

  dispose(): void {
    clearTimeout(this.#pause);
    this.#run = Number.NaN;
    this.#owned.dispose();
  }

  #publishAfter(milliseconds: number): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      void this.#publish();
    }, milliseconds);
  }

  /** A run that was overtaken by a later one ends where it is. */
  async #publish(): Promise<void> {
    const run = (this.#run += 1);
    const sources = this.#meshes.sources();
    this.#judge.update(sources);
    const files = new Map(sources.workspace?.read.map((one) => [one.file.uri, one]));
    const isFile = (uri: string): boolean => sources.workspace === undefined || files.has(uri);
    for (const open of this.#openDocuments(isFile)) files.set(open.file.uri, open);
    const severities = readSeverities(setting('istioMtls.findings.severity'));
    const surroundings = { severities, fileOf: (uri: string) => files.get(uri)?.file };
    let began = performance.now();
    for (const file of files.values()) {
      this.#show(file.file.uri, editorDiagnostics(this.#judge.judge(file), surroundings));
      if (performance.now() - began < STRETCH_MS) continue;
      await new Promise(setImmediate);
      if (run !== this.#run) return;
      began = performance.now();
    }
    for (const uri of this.#shown.keys()) if (!files.has(uri)) this.#show(uri, []);
  }

  /** Documents in editors: their text as it is now, whether the workspace has it or not. */
  #openDocuments(isFile: (uri: string) => boolean): readonly WorkspaceFile[] {
    return vscode.workspace.textDocuments
      .filter((document) => isManifest(document))
      .filter((document) => isFile(document.uri.toString()) || isInTab(document))
      .map((document) => {
        const file = this.#documents.read(document);
        this.#size.update(document, isPartlyRead(file));
        return { file, finished: this.#meshes.finished(file.uri) };
      });
  }

  #show(uri: string, diagnostics: vscode.Diagnostic[]): void {
    const key = diagnostics.length === 0 ? '' : JSON.stringify(diagnostics);
    if ((this.#shown.get(uri) ?? '') === key) return;
    if (key === '') this.#shown.delete(uri);
    else this.#shown.set(uri, key);
    this.#collection.set(vscode.Uri.parse(uri), diagnostics);
  }
}

/** What is only shown, such as a live object or an earlier text of a file, is not for mending. */
function isManifest(document: vscode.TextDocument): boolean {
  return (
    vscode.languages.match(manifestSelector, document) > 0 && !SHOWN.includes(document.uri.scheme)
  );
}

/** VS Code may hold the text of a file for minutes after its tab was closed and the file deleted. */
function isInTab({ uri, isDirty }: vscode.TextDocument): boolean {
  if (isDirty) return true;
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(
    ({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString(),
  );
}

const SHOWN: readonly string[] = [schemes.manifest, schemes.change, 'git'];
