import type { Page } from 'playwright-core';

/** The context menu that is open. */
export interface ContextMenu {
  /** Waits until it is there and takes clicks. */
  opened(): Promise<void>;
  items(): Promise<readonly string[]>;
  /** Takes an item by its name; several names for an item in submenus. */
  choose(...items: readonly string[]): Promise<void>;
}

/** A menu ignores clicks in the first moments after it opened. */
const settlesMs = 400;

export function contextMenuOf(page: Page): ContextMenu {
  // Not the menu bar, whose button is a menu item too.
  const menuItems = page.locator('.context-view').getByRole('menuitem');
  const opened = async (): Promise<void> => {
    await menuItems.first().waitFor();
    await page.waitForTimeout(settlesMs);
  };
  return {
    opened,
    items: async () => {
      await menuItems.first().waitFor();
      return (await menuItems.allTextContents()).map((name) => name.trim());
    },
    choose: async (...items) => {
      await opened();
      for (const item of items) {
        await menuItems.and(page.getByRole('menuitem', { name: item, exact: true })).click();
      }
    },
  };
}
