import * as vscode from 'vscode';
import type { ObjectRef } from '../../mesh/index.ts';
import { describeRef } from '../../mesh/index.ts';
import type { Declaration } from '../documents/manifestProposal.ts';
import type { ManifestTools } from '../documents/manifestTools.ts';
import { Cancelled } from '../platform/humanError.ts';
import { withProgress } from './progress.ts';

/**
 * The file of the workspace that declares an object, and undefined where none does. Asks when it is not certain which;
 * `otherwise` is then offered as well, for none of them.
 */
export async function chooseDeclaration(
  ref: ObjectRef,
  { declarationsOf, workspaceFiles }: ManifestTools,
  otherwise?: string,
): Promise<Declaration | undefined> {
  const title = `Looking for the manifest of ${describeRef(ref)}`;
  const found = await withProgress(title, (signal) =>
    declarationsOf(ref, workspaceFiles(), signal),
  );
  const [first, second] = found;
  if (first === undefined) return undefined;
  if (first.namesNamespace && second?.namesNamespace !== true) return first;
  const files = found.map((declaration) => ({
    label: vscode.workspace.asRelativePath(vscode.Uri.parse(declaration.uri)),
    description: declaration.namesNamespace ? '' : 'names no namespace',
    declaration,
  }));
  const other = { label: otherwise ?? '', description: '', declaration: undefined };
  const chosen = await vscode.window.showQuickPick(
    otherwise === undefined ? files : [...files, other],
    { placeHolder: `Which file keeps ${describeRef(ref)}?` },
  );
  if (chosen === undefined) throw new Cancelled();
  return chosen.declaration;
}

/** Opens a declaration with the object selected. */
export async function showDeclaration(
  { uri, ref }: Declaration,
  { placeOfObject, readManifestFile }: ManifestTools,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
  const { start, end } = placeOfObject(readManifestFile(uri, document.getText()), ref);
  const selection = new vscode.Range(document.positionAt(start), document.positionAt(end));
  await vscode.window.showTextDocument(document, { selection });
}
