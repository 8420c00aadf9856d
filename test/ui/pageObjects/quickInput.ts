import type { Locator, Page } from 'playwright-core';
import { until } from '../../support/until.ts';

/** The list or the line of text at the top of the window. */
export interface QuickInput {
  /** Waits until it asks this: the text is in its title, its placeholder or its message. */
  asks(question: string): Promise<void>;
  /** What it says below the line, such as why an input is not valid. */
  message(): Promise<string>;
  /** The names of the items on the screen. */
  items(): Promise<readonly string[]>;
  /** Takes the item with this name. */
  choose(item: string): Promise<void>;
  /** Ticks exactly the items named and accepts. */
  check(items: readonly string[]): Promise<void>;
  /** Replaces the text. */
  type(text: string): Promise<void>;
  accept(): Promise<void>;
}

export function quickInputOf(page: Page): QuickInput {
  const widget = page.locator('.quick-input-widget');
  const input = widget.locator('.quick-input-box input');
  const rows = widget.locator('.monaco-list-row');
  // A list that is redrawn meanwhile is read again, so a row that has gone is not waited for.
  const name = (row: Locator): Promise<string> =>
    row.locator('.label-name').first().innerText({ timeout: 1_000 });
  const names = async (): Promise<readonly string[]> => Promise.all((await rows.all()).map(name));
  const rowNamed = (item: string): Promise<Locator> =>
    until(`the item "${item}"`, async () => rows.nth(indexIn(await names(), item)));
  return {
    asks: async (question) => {
      await until(`the question "${question}"`, async () => {
        const asked = [
          await widget.locator('.quick-input-title').innerText(),
          await widget.locator('.quick-input-message').innerText(),
          await input.getAttribute('placeholder'),
        ].join('\n');
        if (!asked.includes(question)) throw new Error(`It asks: ${asked}`);
        return true;
      });
    },
    message: () => widget.locator('.quick-input-message').innerText(),
    items: names,
    choose: async (item) => {
      await (await rowNamed(item)).click();
    },
    check: async (items) => {
      for (const item of items) await rowNamed(item);
      for (const row of await rows.all()) {
        const checked = (await row.getAttribute('aria-checked')) === 'true';
        if (checked !== items.includes(await name(row)))
          await row.locator('.monaco-checkbox').click();
      }
      await widget.getByRole('button', { name: 'OK', exact: true }).click();
    },
    type: async (text) => {
      await widget.waitFor();
      await input.fill(text);
    },
    accept: async () => {
      await widget.waitFor();
      await page.keyboard.press('Enter');
    },
  };
}

function indexIn(names: readonly string[], item: string): number {
  const index = names.indexOf(item);
  if (index < 0) throw new Error(`The items are: ${names.join(', ')}`);
  return index;
}
