import type { Page } from 'playwright-core';

/** Something that VS Code puts in front of the person: text and buttons. */
export interface Prompt {
  /** Waits until it is there. */
  text(): Promise<string>;
  buttons(): Promise<readonly string[]>;
  click(button: string): Promise<void>;
}

/** The modal dialog. */
export function modalOf(page: Page): Prompt {
  return promptIn(page, '.monaco-dialog-box');
}

/** The newest toast. */
export function toastOf(page: Page): Prompt {
  return promptIn(page, '.notifications-toasts .notification-toast');
}

function promptIn(page: Page, selector: string): Prompt {
  const box = page.locator(selector).first();
  return {
    text: () => box.innerText(),
    buttons: async () => {
      await box.waitFor();
      return box.locator('.monaco-button').allTextContents();
    },
    click: async (button) => {
      await box.locator('.monaco-button', { hasText: button }).first().click();
    },
  };
}

/** Everything in the notification centre, shown as toast or not; the centre is closed again. */
export async function notificationsOf(page: Page): Promise<readonly string[]> {
  const center = page.locator('.notifications-center');
  const bell = page.locator('#status\\.notifications a');
  await bell.click();
  await center.waitFor();
  const texts = await center.locator('.notification-list-item-message').allInnerTexts();
  await bell.click();
  return texts;
}
