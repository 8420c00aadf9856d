import * as vscode from 'vscode';
import type { Files } from '../../sources/yaml/files.ts';
import { EDITOR_LIMITS } from '../../sources/yaml/manifestFile.ts';

const PATTERN = '**/*.{yaml,yml,json}';
const NOT_LOOKED_INTO = '**/{node_modules,.git,dist,out}/**';
const MAX_LISTED = 20_000;
const TYPING_PAUSE_MS = 300;

/** The workspace as files of manifests: text of open editors, saved or not, goes before the disk. */
export function workspaceFiles(): Files {
  return { list: listFiles, read: readText, onDidChange: watchFiles };
}

async function listFiles(signal: AbortSignal): Promise<readonly string[]> {
  const cancellation = new vscode.CancellationTokenSource();
  const cancel = (): void => {
    cancellation.cancel();
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const { token } = cancellation;
    const found = await vscode.workspace.findFiles(PATTERN, NOT_LOOKED_INTO, MAX_LISTED, token);
    return found.map((uri) => uri.toString());
  } catch {
    // A workspace that cannot be searched declares nothing.
    return [];
  } finally {
    signal.removeEventListener('abort', cancel);
    cancellation.dispose();
  }
}

async function readText(uri: string): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
  if (open?.isDirty === true) return open.getText();
  try {
    const target = vscode.Uri.parse(uri, true);
    // VS Code may hold the text of a file for minutes after the file was deleted: this asks for the file itself.
    const { size } = await vscode.workspace.fs.stat(target);
    if (open !== undefined) return open.getText();
    if (size > EDITOR_LIMITS.characters) return undefined;
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(target));
  } catch {
    return undefined;
  }
}

function watchFiles(listener: (uri: string) => void): vscode.Disposable {
  const pauses = new Map<string, NodeJS.Timeout>();
  const tellAfterPause = (uri: string): void => {
    clearTimeout(pauses.get(uri));
    const tell = (): void => {
      pauses.delete(uri);
      listener(uri);
    };
    pauses.set(uri, setTimeout(tell, TYPING_PAUSE_MS));
  };
  const tell = (uri: vscode.Uri): void => {
    if (!/\/(?:node_modules|\.git|dist|out)\//.test(uri.path)) tellAfterPause(uri.toString());
  };
  const watcher = vscode.workspace.createFileSystemWatcher(PATTERN);
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(tell),
    watcher.onDidChange(tell),
    watcher.onDidDelete(tell),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const isFile = vscode.workspace.getWorkspaceFolder(document.uri) !== undefined;
      if (isFile && contentChanges.length > 0 && isManifest(document)) tell(document.uri);
    }),
    // What was typed and thrown away counts no longer.
    vscode.workspace.onDidCloseTextDocument((document) => {
      const isFile = vscode.workspace.getWorkspaceFolder(document.uri) !== undefined;
      if (isFile && isManifest(document)) tell(document.uri);
    }),
    new vscode.Disposable(() => {
      for (const pause of pauses.values()) clearTimeout(pause);
    }),
  );
}

function isManifest({ languageId }: vscode.TextDocument): boolean {
  return languageId === 'yaml' || languageId === 'json';
}
