import * as vscode from 'vscode';
import type { TextEdit, TextRange } from '../../sources/yaml/textRange.ts';

/** Where the manifest features work. */
export const manifestSelector: vscode.DocumentSelector = [{ language: 'yaml' }];

/** The open manifests whose text is not saved. */
export function unsavedManifests(): readonly vscode.TextDocument[] {
  return vscode.workspace.textDocuments.filter(
    (document) => document.isDirty && vscode.languages.match(manifestSelector, document) > 0,
  );
}

/** Offsets of a document's text as the editor's range. */
export function editorRange(document: vscode.TextDocument, range: TextRange): vscode.Range {
  return new vscode.Range(document.positionAt(range.start), document.positionAt(range.end));
}

/** Edits of a document's text as the editor's edits. */
export function editorEdits(
  document: vscode.TextDocument,
  edits: readonly TextEdit[],
): vscode.TextEdit[] {
  return edits.map(
    ({ range, newText }) => new vscode.TextEdit(editorRange(document, range), newText),
  );
}
