import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { until } from '../../support/until.ts';

/** A manifest in an editor, with the cursor where its text has a `¦`. */
export interface OpenManifest {
  readonly document: vscode.TextDocument;
  readonly cursor: vscode.Position;
}

/** Files that a test wrote. Names are never used twice, because VS Code remembers a file's text for a while. */
const written: vscode.Uri[] = [];

/** Writes a file of the workspace and opens it. */
export async function openManifest(marked: string): Promise<OpenManifest> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a folder is open');
  const uri = vscode.Uri.joinPath(folder.uri, `manifest-${randomUUID()}.yaml`);
  written.push(uri);
  const text = marked.replace('¦', '');
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return { document, cursor: document.positionAt(Math.max(0, marked.indexOf('¦'))) };
}

/** Closes all editors without saving and removes the files. */
export async function closeManifests(): Promise<void> {
  for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  for (const uri of written.splice(0)) await vscode.workspace.fs.delete(uri);
}

/** What all hovers at the cursor say, without Markdown's backslashes. */
export async function hoverText({ document, cursor }: OpenManifest): Promise<string> {
  const hovers = await vscode.commands.executeCommand<readonly vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    cursor,
  );
  const parts = hovers.flatMap(({ contents }) =>
    contents.map((content) => (content instanceof vscode.MarkdownString ? content.value : '')),
  );
  return parts.join('\n').replace(/\\(.)/g, '$1').replace(/[*`]/g, '');
}

/** Code actions of a kind at the cursor, with their edits. */
export async function actionsAt(
  { document, cursor }: OpenManifest,
  kind: string,
): Promise<readonly vscode.CodeAction[]> {
  return vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    new vscode.Range(cursor, cursor),
    kind,
    20,
  );
}

/** Takes the action of a title as VS Code does, its edit and then its command; fails with the titles there are. */
export async function take(actions: readonly vscode.CodeAction[], title: string): Promise<void> {
  const action = actions.find((one) => one.title === title);
  const titles = actions.map((one) => one.title).join(' | ');
  assert.ok(action?.edit, `"${title}" among: ${titles}`);
  assert.ok(await vscode.workspace.applyEdit(action.edit));
  const { command } = action;
  if (command === undefined) return;
  await vscode.commands.executeCommand(
    command.command,
    ...((command.arguments ?? []) as unknown[]),
  );
}

/** Waits until a value is as expected; fails with what it is instead. */
export async function eventually<T>(
  read: () => T | Promise<T>,
  isExpected: (value: T) => boolean,
  limitMs = 10_000,
): Promise<T> {
  const ask = async (): Promise<{ readonly value: T }> => {
    const value = await read();
    if (isExpected(value)) return { value };
    throw new Error(`still ${JSON.stringify(value)}`);
  };
  return (await until('another value', ask, limitMs)).value;
}
