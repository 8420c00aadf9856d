import type { Locator, Page } from 'playwright-core';
import { eventually } from './eventually.ts';

/** The text editor in front. */
export interface Editor {
  /** The lines on the screen. */
  text(): Promise<string>;
  /** Rests the mouse on a piece of text and returns what the hover says. */
  hover(text: string): Promise<string>;
  /** Puts the cursor on a piece of text. */
  click(text: string): Promise<void>;
  /** The titles of the code actions at the cursor; their list is closed again. */
  codeActions(): Promise<readonly string[]>;
  /** Takes the code action with this title at the cursor. */
  codeAction(title: string): Promise<void>;
}

export function editorOf(page: Page): Editor {
  const editor = page.locator('.editor-group-container.active .monaco-editor[role=code]').last();
  const actions = page.locator('.action-widget .monaco-list-row.action');
  const openActions = async (): Promise<readonly string[]> => {
    await page.keyboard.press('Control+.');
    await actions.first().waitFor();
    // The list is filled as the providers answer.
    return eventually('code actions', async () => actions.allInnerTexts());
  };
  return {
    text: async () => {
      await editor.locator('.view-line').first().waitFor();
      return linesOf(editor);
    },
    hover: async (text) => {
      await page.mouse.move(0, 0);
      await tokenIn(editor, text).hover();
      const hover = page.locator('.monaco-hover:not(.hidden) .hover-row').first();
      await hover.waitFor();
      return (await page.locator('.monaco-hover:not(.hidden) .hover-row').allInnerTexts()).join(
        '\n',
      );
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

/** Lines are drawn in any order, each at its place; spaces are drawn as no-break spaces. */
async function linesOf(editor: Locator): Promise<string> {
  const lines = await Promise.all(
    (await editor.locator('.view-line').all()).map(async (line) => ({
      top: (await line.boundingBox())?.y ?? 0,
      text: (await line.textContent()) ?? '',
    })),
  );
  return lines
    .sort((a, b) => a.top - b.top)
    .map(({ text }) => text.replaceAll('\u00a0', ' '))
    .join('\n');
}
