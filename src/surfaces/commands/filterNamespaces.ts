import * as vscode from 'vscode';
import { Cancelled } from '../platform/humanError.ts';
import type { NamespaceFilter } from '../tree/namespaceFilter.ts';
import { filterWords } from '../tree/namespaceFilter.ts';
import type { Workbench } from './workbench.ts';

type Item = vscode.QuickPickItem & { readonly filter: NamespaceFilter | 'by-name' | undefined };

/** Lets the person choose which namespaces the tree shows. The filter stands above the tree until it is cleared. */
export async function filterNamespaces({ tree }: Workbench): Promise<void> {
  const kinds = ['not-strict', 'conflicts', 'not-in-mesh'] as const;
  const items: readonly Item[] = [
    { label: 'Name…', filter: 'by-name' },
    ...kinds.map((kind): Item => ({ label: filterWords({ kind }), filter: { kind } })),
    ...(tree.filter === undefined ? [] : [{ label: 'All namespaces', filter: undefined }]),
  ];
  const placeHolder = 'Which namespaces are shown?';
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  if (chosen === undefined) throw new Cancelled();
  tree.setFilter(chosen.filter === 'by-name' ? await filterByName(tree.filter) : chosen.filter);
}

async function filterByName(
  before: NamespaceFilter | undefined,
): Promise<NamespaceFilter | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Which text does the name of a namespace contain?',
    value: before?.kind === 'name' ? before.text : '',
  });
  if (text === undefined) throw new Cancelled();
  return text.trim() === '' ? undefined : { kind: 'name', text: text.trim() };
}
