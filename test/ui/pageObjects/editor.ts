import type { Locator, Page } from 'playwright-core';
import { until } from '../../support/until.ts';

/** The text editor in front. */
export interface Editor {
  /** The lines on the screen. */
  text(): Promise<string>;
  /** Waits until the lines on the screen contain the text. */
  shows(text: string): Promise<void>;
  /** Rests the mouse on a piece of text and returns what the hover says. */
  hover(text: string): Promise<string>;
  /** Selects the first place below the top where a piece of text stands, which scrolls it into view. */
  find(text: string): Promise<void>;
  /** Puts the cursor on a piece of text. */
  click(text: string): Promise<void>;
  /** The titles of the code actions at the cursor; their list is closed again. */
  codeActions(): Promise<readonly string[]>;
  /** Takes the code action with this title at the cursor. */
  codeAction(title: string): Promise<void>;
}

/** How long a hover may take to come up before the mouse is rested anew. */
const hoverMs = 4_000;

/** How long the providers may take to answer before they are asked anew. */
const actionsMs = 4_000;

export function editorOf(page: Page): Editor {
  const editor = page.locator('.editor-group-container.active .monaco-editor[role=code]').last();
  const actions = page.locator('.action-widget .monaco-list-row.action');
  const openActions = async (): Promise<readonly string[]> =>
    until('code actions', async () => {
      // Until the providers have read the file, the editor says that there are none.
      await page.keyboard.press('Control+.');
      await actions.first().waitFor({ timeout: actionsMs });
      return actions.allInnerTexts();
    });
  return {
    text: () =>
      until('text in the editor', async () => {
        const all = await linesOf(editor);
        return all === '' ? undefined : all;
      }),
    shows: async (text) => {
      await until(`"${text}" in the editor`, async () => {
        const all = await linesOf(editor);
        if (!all.includes(text)) throw new Error(all);
        return true;
      });
    },
    hover: (text) =>
      until(`a hover over "${text}"`, async () => {
        // Scrolling the text into view moves it away from the mouse, so a second rest may be needed.
        await page.mouse.move(0, 0);
        await tokenIn(editor, text).hover();
        const rows = page.locator('.monaco-resizable-hover .hover-row:visible');
        await rows.first().waitFor({ timeout: hoverMs });
        return (await rows.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
      }),
    find: async (text) => {
      await editor.locator('.view-line').first().click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.press('Control+F');
      const widget = editor.locator('.find-widget.visible');
      await widget.locator('textarea, input').first().fill(text);
      await widget.locator('.matchesCount', { hasText: /^1 of/ }).waitFor();
      await page.keyboard.press('Escape');
    },
    click: async (text) => {
      await tokenIn(editor, text).click();
    },
    codeActions: async () => {
      const titles = await openActions();
      await page.keyboard.press('Escape');
      return titles;
    },
    codeAction: async (title) => {
      await openActions();
      await actions.filter({ hasText: title }).first().click();
    },
  };
}

function tokenIn(editor: Locator, text: string): Locator {
  return editor.locator('.view-line span span').filter({ hasText: text }).first();
}

/** A line that was redrawn meanwhile is not waited for: all are read again. */
const redrawn = { timeout: 1_000 };

/** Lines are drawn in any order, each at its place; spaces are drawn as no-break spaces. */
async function linesOf(editor: Locator): Promise<string> {
  const lines = await Promise.all(
    (await editor.locator('.view-line').all()).map(async (line) => ({
      top: (await line.boundingBox(redrawn))?.y ?? 0,
      text: (await line.textContent(redrawn)) ?? '',
    })),
  );
  return lines
    .sort((a, b) => a.top - b.top)
    .map(({ text }) => text.replaceAll('\u00a0', ' '))
    .join('\n');
}
