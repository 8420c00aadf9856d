import type { Locator, Page } from 'playwright-core';

/** Something that VS Code puts in front of the person: text and buttons. */
export interface Prompt {
  /** Waits until it is there. */
  text(): Promise<string>;
  buttons(): Promise<readonly string[]>;
  click(button: string): Promise<void>;
}

/** The modal dialog. */
export function modalOf(page: Page): Prompt {
  return promptIn(page.locator('.monaco-dialog-box'));
}

/** A notification that came into view by itself. */
export interface Toast extends Prompt {
  /** Takes it out of view. */
  close(): Promise<void>;
  /** Waits until it has gone by itself. */
  gone(): Promise<void>;
}

/** The toast that says this. */
export function toastOf(page: Page, saying: string): Toast {
  const toasts = page.locator('.notifications-toasts .notification-toast');
  const toast = toasts.filter({ hasText: saying });
  return {
    ...promptIn(toast),
    close: async () => {
      // Its buttons are there only while the mouse is on it.
      await toast.first().hover();
      await toast.first().locator('.codicon-notifications-clear').click();
      await toast.first().waitFor({ state: 'detached' });
    },
    gone: () => toast.first().waitFor({ state: 'detached' }),
  };
}

function promptIn(boxes: Locator): Prompt {
  const box = boxes.first();
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
