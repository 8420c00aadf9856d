import * as vscode from 'vscode';
import type { WriteRefusal } from '../../actions/refusal.ts';
import type { Desired } from '../../mesh/index.ts';
import { describeRef, sameRef } from '../../mesh/index.ts';
import type { Declaration, Proposal } from '../documents/manifestProposal.ts';
import type { LoadManifestTools, ManifestTools } from '../documents/manifestTools.ts';
import type { ClusterConnection } from '../../kube.ts';
import { HumanError } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';
import { chooseDeclaration } from './declarations.ts';
import { withProgress } from './progress.ts';
import { describeWayOn, describeWriteRefusal } from './writeText.ts';

type Conflict = Extract<WriteRefusal, { kind: 'conflict' }>;

/** Somebody else keeps the object: the way on is their manifest, not a second writer. */
export async function offerManifest(
  cluster: ClusterConnection,
  conflict: Conflict,
  desired: readonly Desired[],
  loadTools: LoadManifestTools,
): Promise<void> {
  const edit = 'Edit Manifest';
  const choice = await vscode.window.showErrorMessage(
    unlinked(describeWriteRefusal(conflict)),
    edit,
  );
  if (choice !== edit) return;
  const proposal = await proposalOf(cluster, conflict, desired);
  const tools = await loadTools();
  const declaration = await chooseDeclaration(proposal.ref, tools, 'New Document');
  if (declaration === undefined) await openNew(proposal, conflict, tools);
  else await editIn(declaration, proposal, describeWayOn(conflict), tools);
}

async function proposalOf(
  { actions }: ClusterConnection,
  { ref }: Conflict,
  desired: readonly Desired[],
): Promise<Proposal> {
  const wanted = desired.find((one) => sameRef(one.ref, ref))?.after;
  const live = await withProgress(`Reading ${describeRef(ref)}`, (signal) =>
    actions.read(ref, signal),
  );
  if (wanted === undefined || live.kind !== 'present')
    throw new HumanError(`${describeRef(ref)} could not be read again.`);
  return { ref, live: live.manifest, wanted };
}

/** Makes the change in the file, unsaved and undoable, and shows it. */
async function editIn(
  declared: Declaration,
  proposal: Proposal,
  wayOn: string,
  { editsOf, placeOf, readManifestFile, wordsOf }: ManifestTools,
): Promise<void> {
  const uri = vscode.Uri.parse(declared.uri);
  const document = await vscode.workspace.openTextDocument(uri);
  const read = () => readManifestFile(declared.uri, document.getText());
  const rangeOf = ({ start, end }: { readonly start: number; readonly end: number }) =>
    new vscode.Range(document.positionAt(start), document.positionAt(end));
  const edits = editsOf(read(), declared.ref, proposal);
  const edit = new vscode.WorkspaceEdit();
  for (const { range, newText } of edits) edit.replace(uri, rangeOf(range), newText);
  if (edits.length > 0 && !(await vscode.workspace.applyEdit(edit)))
    throw new HumanError(`${uri.fsPath} could not be edited.`);
  const selection = rangeOf(placeOf(read(), declared.ref, proposal));
  await vscode.window.showTextDocument(document, { selection });
  const file = vscode.workspace.asRelativePath(uri);
  const said =
    edits.length === 0
      ? `${file} says ${wordsOf(proposal)} already; it has not been applied.`
      : `${file} says ${wordsOf(proposal)} now. It is not saved.`;
  void vscode.window.showInformationMessage(unlinked(`${said} ${wayOn}`));
}

async function openNew(
  proposal: Proposal,
  conflict: Conflict,
  { proposalText, wordsOf }: ManifestTools,
): Promise<void> {
  const change = `No file of the workspace declares it. This is the object with the change: ${wordsOf(proposal)}.`;
  const comment = [describeKept(conflict), change, describeWayOn(conflict)];
  const content = proposalText(proposal, comment);
  const document = await vscode.workspace.openTextDocument({ language: 'yaml', content });
  await vscode.window.showTextDocument(document);
}

function describeKept({ ref, managers }: Conflict): string {
  const names = managers.map(({ manager }) => `"${manager}"`).join(' and ');
  return `${describeRef(ref)} is owned by ${names}, so it was not written.`;
}
