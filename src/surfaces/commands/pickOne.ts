import * as vscode from 'vscode';
import { Cancelled } from '../platform/humanError.ts';

/** How a list is asked about. */
export interface PickOptions<Item> {
  /** What the command will do. */
  readonly title: string;
  readonly placeholder: string;
  /** The item that Enter takes; without it Enter alone takes none. */
  readonly active: Item | undefined;
}

/**
 * Asks for one item of a list in which, unlike in VS Code's own lists, the first one is not chosen from the beginning: two
 * Enters in a row must not change the whole mesh.
 */
export function pickOne<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  { title, placeholder, active }: PickOptions<Item>,
): Promise<Item> {
  const pick = vscode.window.createQuickPick<Item>();
  Object.assign(pick, { title, placeholder, items, matchOnDescription: true });
  pick.activeItems = active === undefined ? [] : [active];
  return new Promise<Item>((resolve, reject) => {
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen === undefined) return;
      resolve(chosen);
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      reject(new Cancelled());
    });
    pick.show();
  });
}
