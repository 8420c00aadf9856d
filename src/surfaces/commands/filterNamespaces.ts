import * as vscode from 'vscode';
import { Cancelled } from '../platform/humanError.ts';
import type { NamespaceFilter } from '../tree/namespaceFilter.ts';
import { filterWords } from '../tree/namespaceFilter.ts';
import type { Workbench } from './workbench.ts';

type Item = vscode.QuickPickItem & { readonly filter: NamespaceFilter | undefined };

/**
 * Lets the person choose which namespaces the tree shows: those whose name contains what is typed, or those of a kind. The
 * filter stands above the tree until it is cleared.
 */
export async function filterNamespaces({ tree }: Workbench): Promise<void> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = 'Which namespaces are shown?';
  pick.placeholder = 'A part of the name, or one of these';
  const offer = (text: string): void => {
    pick.items = itemsFor(text.trim(), tree.filter);
  };
  pick.onDidChangeValue(offer);
  if (tree.filter?.kind === 'name') pick.value = tree.filter.text;
  offer(pick.value);
  tree.setFilter(await chosenOf(pick));
}

/** What is typed comes first, so that Enter takes it; what else fits it stays below. */
function itemsFor(text: string, now: NamespaceFilter | undefined): readonly Item[] {
  const byName: NamespaceFilter = { kind: 'name', text };
  const kinds = ['not-strict', 'conflicts', 'not-in-mesh'] as const;
  return [
    ...(text === '' ? [] : [{ label: filterWords(byName), alwaysShow: true, filter: byName }]),
    ...kinds.map((kind): Item => ({ label: filterWords({ kind }), filter: { kind } })),
    ...(now === undefined ? [] : [{ label: 'All namespaces', filter: undefined }]),
  ];
}

function chosenOf(pick: vscode.QuickPick<Item>): Promise<NamespaceFilter | undefined> {
  return new Promise((resolve, reject) => {
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen === undefined) return;
      resolve(chosen.filter);
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      reject(new Cancelled());
    });
    pick.show();
  });
}
