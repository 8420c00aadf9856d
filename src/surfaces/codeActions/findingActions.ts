import * as vscode from 'vscode';
import type { Mesh } from '../../mesh/index.ts';
import type { ManifestFile } from '../../sources/yaml/manifestFile.ts';
import type { TextEdit } from '../../sources/yaml/textRange.ts';
import { editorEdits, editorRange } from '../platform/editorText.ts';
import { fixAllKind } from './codeActionKinds.ts';
import { findingFixes, safeFixes, type FindingFix } from './findingFixes.ts';
import { areSound } from './soundEdits.ts';

/** Where fixes are asked for, and what the editor asks. */
export interface Asked {
  readonly document: vscode.TextDocument;
  readonly file: ManifestFile;
  readonly mesh: Mesh | undefined;
  readonly range: vscode.Range;
  readonly context: vscode.CodeActionContext;
}

/** The repairs of the findings under the cursor, and the one that carries out all that are right without looking. */
export function findingActions(asked: Asked): readonly vscode.CodeAction[] {
  const { document, file, mesh, range, context } = asked;
  if (context.only !== undefined && fixAllKind.contains(context.only)) return allOf(asked);
  const at = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  const single = findingFixes(file, mesh, at)
    .filter(({ edits }) => areSound(file, edits))
    .map((fix) => actionOf(asked, fix));
  return context.only === undefined ? single : [...single, ...allOf(asked)];
}

function actionOf({ document, context }: Asked, fix: FindingFix): vscode.CodeAction {
  const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
  const range = editorRange(document, fix.range);
  action.diagnostics = context.diagnostics.filter(
    (diagnostic) => codeOf(diagnostic) === fix.code && diagnostic.range.isEqual(range),
  );
  action.isPreferred = fix.isPreferred;
  action.edit = editOf(document, fix.edits);
  return action;
}

function codeOf({ code }: vscode.Diagnostic): string | number | undefined {
  return typeof code === 'object' ? code.value : code;
}

function allOf({ document, file, mesh, context }: Asked): readonly vscode.CodeAction[] {
  if (context.only?.intersects(fixAllKind) !== true) return [];
  const edits = safeFixes(file, mesh);
  if (edits === undefined || !areSound(file, edits)) return [];
  const action = new vscode.CodeAction('Fix all that changes nothing in the mesh', fixAllKind);
  action.edit = editOf(document, edits);
  return [action];
}

function editOf(document: vscode.TextDocument, edits: readonly TextEdit[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  edit.set(document.uri, editorEdits(document, edits));
  return edit;
}
