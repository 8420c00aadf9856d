import type { Locator, Page } from 'playwright-core';
import { contextMenuOf } from './contextMenu.ts';
import { until } from '../../support/until.ts';

/** A row of a tree as it stands on the screen. */
export interface ShownRow {
  readonly name: string;
  /** The dimmed text beside the name. */
  readonly description: string;
  /** What a screen reader says. */
  readonly label: string;
  /** 1 for the rows that are always there. */
  readonly level: number;
  /** Undefined for a row without children. */
  readonly expanded: boolean | undefined;
}

/** One row, found anew at each use: rows are redrawn whenever the mesh changes. */
export interface TreeRow {
  /** Waits until the row is there. */
  read(): Promise<ShownRow>;
  expand(): Promise<void>;
  collapse(): Promise<void>;
  /** Right click, then the item; several names for an item in submenus. */
  contextMenu(...items: readonly string[]): Promise<void>;
  /** The items of its context menu, which is closed again. */
  contextMenuItems(): Promise<readonly string[]>;
  click(): Promise<void>;
  hover(): Promise<string>;
  /** Waits until this is its description. */
  reads(description: string): Promise<void>;
}

export interface Tree {
  /** The rows on the screen, in their order. */
  rows(): Promise<readonly ShownRow[]>;
  /** A row by its name, after the names of the rows that it is under: `row('foo', 'httpbin')`. */
  row(...path: readonly string[]): TreeRow;
  /** What of each description in the side bar is within the right edge of its tree, row by row. */
  visibleDescriptions(): Promise<readonly string[]>;
  /** Waits until the keyboard acts on the row with this name. */
  focuses(name: string): Promise<void>;
  /** Presses the key, again where the workbench was busy and missed it, until the focus is on that row. */
  walks(key: string, name: string): Promise<void>;
}

/** How long a tooltip may take to come up before the mouse is rested anew. */
const hoverMs = 4_000;

export function treeOf(page: Page, viewName: string): Tree {
  const tree = page.getByRole('tree', { name: viewName, exact: true });
  const rows = async (): Promise<readonly (ShownRow & { readonly locator: Locator })[]> =>
    Promise.all((await tree.locator('.monaco-list-row').all()).map(readRow)).then((read) =>
      read.sort((a, b) => a.index - b.index),
    );
  const find = (path: readonly string[]): Promise<ShownRow & { readonly locator: Locator }> =>
    until(`the row ${path.join(' > ')}`, async () => rowAt(await rows(), path));
  const focuses = async (name: string, limit?: number): Promise<void> => {
    const focused = tree.locator('.monaco-list-row.focused .label-name');
    await until(
      `the focus on ${name}`,
      async () => {
        const now = await focused.innerText({ timeout: 1_000 });
        if (now !== name) throw new Error(`It is on ${now}`);
        return true;
      },
      limit,
    );
  };
  return {
    rows: () => until('rows that stay as they are', rows),
    row: (...path) => treeRow(page, () => find(path)),
    visibleDescriptions: () => visibleDescriptions(page),
    focuses,
    walks: async (key, name) => {
      await until(`a way to ${name} by ${key}`, async () => {
        await page.keyboard.press(key);
        await focuses(name, 2_000);
        return true;
      });
    },
  };
}

/** Runs in the page, where TypeScript knows no types: the characters of each text whose box is within the list's own. */
const withinList = `[...document.querySelectorAll('.part.sidebar .label-description')].map((element) => {
  const edge = element.closest('.monaco-list').getBoundingClientRect().right;
  const range = document.createRange();
  const text = element.firstChild;
  const isWithin = (_, index) => {
    range.setStart(text, index);
    range.setEnd(text, index + 1);
    return range.getBoundingClientRect().right <= edge;
  };
  return [...(text?.textContent ?? '')].filter(isWithin).join('');
})`;

async function visibleDescriptions(page: Page): Promise<readonly string[]> {
  const visible: unknown = await page.evaluate(withinList);
  if (!Array.isArray(visible)) throw new Error('The page did not say what is visible.');
  return visible.map(String);
}

async function readRow(locator: Locator) {
  const limit = { timeout: 2_000 };
  const [index, level, expanded, label, name, description] = await Promise.all([
    locator.getAttribute('data-index', limit),
    locator.getAttribute('aria-level', limit),
    locator.getAttribute('aria-expanded', limit),
    locator.getAttribute('aria-label', limit),
    locator.locator('.label-name').first().textContent(limit),
    locator.locator('.label-description').allTextContents(),
  ]);
  return {
    locator,
    index: Number(index),
    level: Number(level),
    expanded: expanded === null ? undefined : expanded === 'true',
    label: label ?? '',
    name: name ?? '',
    description: description.join(' '),
  };
}

/** The row with the last name under rows with the names before it. */
function rowAt<R extends ShownRow>(rows: readonly R[], path: readonly string[]): R | undefined {
  const above: string[] = [];
  return rows.find((row) => {
    above.length = row.level - 1;
    above.push(row.name);
    return (
      path.length <= above.length && path.every((name, i) => name === above.at(i - path.length))
    );
  });
}

function treeRow(
  page: Page,
  find: () => Promise<ShownRow & { readonly locator: Locator }>,
): TreeRow {
  const set = (expanded: boolean) => async (): Promise<void> => {
    const row = await find();
    if (row.expanded === expanded) return;
    await row.locator.locator('.monaco-tl-twistie').click();
    await until(`${row.name} ${expanded ? 'expanded' : 'collapsed'}`, async () =>
      (await find()).expanded === expanded ? true : undefined,
    );
  };
  const menu = contextMenuOf(page);
  const openMenu = async (): Promise<void> => {
    await (await find()).locator.click({ button: 'right' });
  };
  return {
    read: find,
    expand: set(true),
    collapse: set(false),
    contextMenu: async (...items) => {
      await openMenu();
      await menu.choose(...items);
      // A tooltip that comes up now would stay for as long as a dialog is in front of it.
      await page.mouse.move(0, 0);
    },
    contextMenuItems: async () => {
      await openMenu();
      const names = await menu.items();
      await page.keyboard.press('Escape');
      return names;
    },
    click: async () => {
      await (await find()).locator.locator('.label-name').click();
    },
    hover: () =>
      until('the tooltip of a row', async () => {
        // A row that is redrawn under the mouse loses its tooltip, so a second rest may be needed.
        await page.mouse.move(0, 0);
        await (await find()).locator.locator('.label-name').hover();
        const hover = page.locator('.workbench-hover:visible').last();
        await hover.waitFor({ timeout: hoverMs });
        return hover.innerText();
      }),
    reads: async (expected) => {
      await until(`a row that reads "${expected}"`, async () => {
        const { name, description } = await find();
        if (description !== expected) throw new Error(`${name} reads "${description}"`);
        return true;
      });
    },
  };
}
