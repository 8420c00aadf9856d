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

/** How long a toast may take to come. */
const toastMs = 4_000;

/** The toast that says this; VS Code keeps a toast back when several come at once, and then it is in the notification centre. */
export function toastOf(page: Page, saying: string): Toast {
  const shown = page
    .locator('.notifications-toasts .notification-toast, .notifications-center .monaco-list-row')
    .filter({ hasText: saying })
    .first();
  const prompt = promptIn(shown);
  const bring = async (): Promise<void> => {
    const came = await shown.waitFor({ timeout: toastMs }).then(
      () => true,
      () => false,
    );
    if (!came) await page.locator('#status\\.notifications a').click();
    await shown.waitFor();
  };
  return {
    text: () => bring().then(() => prompt.text()),
    buttons: () => bring().then(() => prompt.buttons()),
    click: (button) => bring().then(() => prompt.click(button)),
    close: async () => {
      await bring();
      // Its buttons are there only while the mouse is on it.
      await shown.hover();
      await shown.locator('.codicon-notifications-clear').click();
      await shown.waitFor({ state: 'detached' });
    },
    gone: () => shown.waitFor({ state: 'detached' }),
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
