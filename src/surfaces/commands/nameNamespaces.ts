import * as vscode from 'vscode';
import { isNamespace, MAX_WATCHED_NAMESPACES } from '../../mesh/index.ts';
import type { Settings } from '../../contributions.ts';
import { Cancelled } from '../platform/humanError.ts';
import { setting } from '../platform/settings.ts';

const key = 'istioMtls.namespaces' satisfies keyof Settings;

/** The context's own namespace and the root namespace are read beside those that are named. */
const MAX_NAMED = MAX_WATCHED_NAMESPACES - 2;

/**
 * Lets the person name the namespaces that are read where they may not be listed, in the setting of the
 * workspace, or of the person in a window without one. The change of the setting makes the session read them.
 */
export async function nameNamespaces(): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: 'Which namespaces are read, where they may not be listed?',
    prompt: 'Names, separated by commas. Empty for the namespace of the context alone.',
    value: setting(key).join(', '),
    validateInput: (typed) => wrongNamespaces(namesIn(typed)),
  });
  if (text === undefined) throw new Cancelled();
  const names = namesIn(text);
  const hasWorkspace = vscode.workspace.workspaceFolders !== undefined;
  const { Global, Workspace } = vscode.ConfigurationTarget;
  const value = names.length === 0 ? undefined : names;
  await vscode.workspace.getConfiguration().update(key, value, hasWorkspace ? Workspace : Global);
}

function namesIn(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,]+/).filter((name) => name !== ''))];
}

/** What is wrong with the names, in one sentence. */
function wrongNamespaces(names: readonly string[]): string | undefined {
  const wrong = names.find((name) => !isNamespace(name));
  if (wrong !== undefined) return `"${wrong}" cannot be the name of a namespace.`;
  return names.length > MAX_NAMED
    ? `At most ${MAX_NAMED} namespaces can be read one by one.`
    : undefined;
}
