import * as vscode from 'vscode';
import type { Severity } from '../../mesh/index.ts';
import type { FileFinding } from '../../sources/yaml/fileFindings.ts';
import { editorRange, manifestSelector } from '../platform/editorText.ts';
import { DIAGNOSTIC_SOURCE } from './diagnosticSource.ts';

const TYPING_PAUSE_MS = 300;

/** What is wrong with the text that a document has now. */
export type Diagnose = (document: vscode.TextDocument) => Promise<readonly FileFinding[]>;

/** Shows what is wrong with the manifests of open documents, a moment after the last keystroke. */
export function publishDiagnostics(diagnose: Diagnose): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection(DIAGNOSTIC_SOURCE);
  const pauses = new Map<string, NodeJS.Timeout>();
  const publish = async (document: vscode.TextDocument): Promise<void> => {
    const { version } = document;
    const found = await diagnose(document);
    if (document.isClosed || document.version !== version) return;
    collection.set(
      document.uri,
      found.map((finding) => diagnosticOf(document, finding)),
    );
  };
  const publishAfter = (document: vscode.TextDocument, milliseconds: number): void => {
    if (vscode.languages.match(manifestSelector, document) === 0) return;
    const uri = document.uri.toString();
    clearTimeout(pauses.get(uri));
    const timer = setTimeout(() => {
      pauses.delete(uri);
      void publish(document);
    }, milliseconds);
    pauses.set(uri, timer);
  };
  const forget = ({ uri }: vscode.TextDocument): void => {
    clearTimeout(pauses.get(uri.toString()));
    pauses.delete(uri.toString());
    collection.delete(uri);
  };
  for (const document of vscode.workspace.textDocuments) publishAfter(document, TYPING_PAUSE_MS);
  return vscode.Disposable.from(
    collection,
    vscode.workspace.onDidOpenTextDocument((document) => {
      publishAfter(document, 0);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      publishAfter(document, TYPING_PAUSE_MS);
    }),
    vscode.workspace.onDidCloseTextDocument(forget),
    new vscode.Disposable(() => {
      for (const pause of pauses.values()) clearTimeout(pause);
    }),
  );
}

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

function diagnosticOf(document: vscode.TextDocument, finding: FileFinding): vscode.Diagnostic {
  const { range, message, severity, code } = finding;
  const diagnostic = new vscode.Diagnostic(
    editorRange(document, range),
    message,
    SEVERITIES[severity],
  );
  diagnostic.source = DIAGNOSTIC_SOURCE;
  diagnostic.code = code;
  return diagnostic;
}
