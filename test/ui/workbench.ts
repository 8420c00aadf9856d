import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { outFolder, packageFile } from '../../scripts/project.ts';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { codeServer } from '../../scripts/vscode/codeServer.ts';
import { installExtensions, startServer } from '../../scripts/vscode/server.ts';
import type { VsCodeServer } from '../../scripts/vscode/server.ts';
import { contextMenuOf } from './pageObjects/contextMenu.ts';
import type { ContextMenu } from './pageObjects/contextMenu.ts';
import { modalOf, notificationsOf, toastOf } from './pageObjects/dialogs.ts';
import type { Prompt, Toast } from './pageObjects/dialogs.ts';
import { editorOf } from './pageObjects/editor.ts';
import type { Editor } from './pageObjects/editor.ts';
import { until } from '../support/until.ts';
import { quickInputOf } from './pageObjects/quickInput.ts';
import type { QuickInput } from './pageObjects/quickInput.ts';
import { treeOf } from './pageObjects/tree.ts';
import type { Tree } from './pageObjects/tree.ts';

export interface WorkbenchOptions {
  /** The folder to open; it is opened as it is, so tests that write bring a copy. */
  readonly workspaceFolder: string;
  /** Settings on top of those that keep VS Code quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment of the extension host, for example KUBECONFIG. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ask before trusting the folder; by default every folder is trusted. */
  readonly workspaceTrust?: boolean;
}

/** A rectangle of the window, in pixels. */
export interface PicturePart {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** VS Code with the packaged extension installed, as a user has it, driven by mouse and keyboard. */
export interface Workbench {
  /** For what the page objects do not cover. */
  readonly page: Page;
  /** Shows a view container by its name in the activity bar. */
  openContainer(name: string): Promise<void>;
  /** A tree by the name of its view. */
  tree(viewName: string): Tree;
  readonly editor: Editor;
  readonly modal: Prompt;
  /** The notification that says this. */
  toast(saying: string): Toast;
  readonly quickInput: QuickInput;
  /** Opens a file of the workspace by its path in it. */
  openFile(path: string): Promise<void>;
  /** Opens an editor of a new file in this language. */
  newFile(language: string): Promise<void>;
  /** Runs a command by its title in the palette, category included. */
  command(title: string): Promise<void>;
  /** Everything that was written to an output channel so far; empty if there is no such channel yet. */
  outputText(channel: string): string;
  /** Waits until an output channel contains the text, and returns all of the channel. */
  outputShows(channel: string, text: string): Promise<string>;
  notifications(): Promise<readonly string[]>;
  /** Waits until exactly the tabs with these names are open. */
  hasTabs(names: readonly string[]): Promise<void>;
  /** Clicks an icon in the title of an editor. */
  editorAction(title: string): Promise<void>;
  /** Waits until a view says so in place of its rows. */
  welcome(text: RegExp): Promise<void>;
  readonly contextMenu: ContextMenu;
  /** Presses keys one after the other. */
  keys(...keys: readonly string[]): Promise<void>;
  /** Takes the mouse out of the way of pictures: off everything that shows a tooltip. */
  parkMouse(): Promise<void>;
  /** Drags the edge of the side bar until it is so many pixels wide, or that of the panel until it is so many high. */
  resize(part: 'sidebar' | 'panel', pixels: number): Promise<void>;
  /** Takes a picture, of a part of the window if one is given: into out/pictures, or the folder named by PICTURES. */
  screenshot(name: string, part?: PicturePart): Promise<void>;
  /** Ends browser and server and removes what they kept. */
  dispose(): Promise<void>;
}

/** What is not ours stays out of the way and out of the pictures. */
const quietSettings = {
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'workbench.layoutControl.enabled': false,
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  // In a browser VS Code saves by itself, unlike on a desktop.
  'files.autoSave': 'off',
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'window.commandCenter': false,
  'remote.autoForwardPorts': false,
};

const size = { width: 1440, height: 900 };

/** Starts a workbench on the packaged extension in {@link packageFile}. Throws if anything of it does not start. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const signal = AbortSignal.timeout(10 * 60_000);
  const product = await codeServer(signal);
  const dataFolder = mkdtempSync(join(tmpdir(), 'istio-mtls-ui-'));
  let server: VsCodeServer | undefined;
  let browser: Browser | undefined;
  const dispose = async (): Promise<void> => {
    await browser?.close();
    await server?.dispose();
    rmSync(dataFolder, { recursive: true, force: true });
  };
  try {
    await installExtensions(product, dataFolder, [packageFile]);
    writeSettings(dataFolder, { ...quietSettings, ...options.settings });
    const { env = {}, workspaceTrust = false } = options;
    server = await startServer({ product, dataFolder, env, workspaceTrust });
    browser = await launchBrowser(signal);
    const page = await browser.newPage({
      viewport: size,
      deviceScaleFactor: 2,
      // Nothing fades in, so pictures show what is there.
      reducedMotion: 'reduce',
    });
    page.setDefaultTimeout(20_000);
    const query = new URLSearchParams({ folder: options.workspaceFolder });
    await page.goto(`${server.url}/?${query.toString()}`);
    await page.locator('.monaco-workbench .activitybar').waitFor({ timeout: 60_000 });
    return { ...workbenchOn(page, dataFolder), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** The server's machine settings: they apply to every folder, and leave the folder's own settings to the test. */
function writeSettings(dataFolder: string, settings: Readonly<Record<string, unknown>>): void {
  const folder = join(dataFolder, 'data', 'Machine');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings, undefined, 2));
}

function workbenchOn(page: Page, dataFolder: string): Omit<Workbench, 'dispose'> {
  const quickInput = quickInputOf(page);
  const command = async (title: string): Promise<void> => {
    await page.keyboard.press('F1');
    await quickInput.type(`>${title}`);
    await quickInput.choose(title);
  };
  return {
    page,
    quickInput,
    editor: editorOf(page),
    contextMenu: contextMenuOf(page),
    modal: modalOf(page),
    toast: (saying) => toastOf(page, saying),
    tree: (viewName) => treeOf(page, viewName),
    notifications: () => notificationsOf(page),
    hasTabs: (names) => hasTabs(page, names),
    editorAction: async (title) => {
      await page.locator(`.editor-actions a.action-label[aria-label^="${title}"]`).first().click();
    },
    welcome: (text) => readsWelcome(page, text),
    keys: async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    },
    parkMouse: async () => {
      await page.mouse.move(size.width - 2, size.height / 2);
      await page.locator('.workbench-hover').first().waitFor({ state: 'hidden' });
    },
    openContainer: async (name) => {
      const tab = page.getByRole('tab', { name }).first();
      if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
    },
    openFile: async (path) => {
      await page.keyboard.press('Control+P');
      await quickInput.type(path);
      await quickInput.choose(basename(path));
      await page.getByRole('tab', { name: basename(path) }).waitFor();
    },
    command,
    newFile: async (language) => {
      await command('File: New Untitled Text File');
      await command('Change Language Mode');
      await quickInput.type(language);
      await quickInput.choose(language);
      await page.locator('#status\\.editor\\.mode', { hasText: language }).waitFor();
    },
    outputText: (channel) => readOutput(dataFolder, channel),
    outputShows: (channel, text) =>
      until(`"${text}" in the output channel ${channel}`, () => {
        const all = readOutput(dataFolder, channel);
        return all.includes(text) ? Promise.resolve(all) : Promise.reject(new Error(all));
      }),
    resize: (part, pixels) => resize(page, part, pixels),
    screenshot: async (name, part) => {
      const folder = process.env['PICTURES'] ?? join(outFolder, 'pictures');
      const path = join(folder, `${name}.png`);
      await page.screenshot(part === undefined ? { path } : { path, clip: part });
    },
  };
}

async function readsWelcome(page: Page, wanted: RegExp): Promise<void> {
  const paragraphs = page.locator('.part.sidebar .welcome-view-content p');
  await until(`the view to say ${wanted.source} in place of rows`, async () => {
    const text = (await paragraphs.allInnerTexts()).join('\n');
    if (!wanted.test(text)) throw new Error(`The view says: ${text}`);
    return true;
  });
}

async function hasTabs(page: Page, names: readonly string[]): Promise<void> {
  const tabs = page.locator('.tabs-container .tab .label-name');
  await until(`the tabs ${names.join(', ')}`, async () => {
    const open = await tabs.allInnerTexts();
    if (open.join() !== names.join()) throw new Error(`The tabs are: ${open.join(', ')}`);
    return true;
  });
}

/** Between the side of a part and the middle of the gap to the next, where the mouse takes hold of it. */
const edge = 2;

/** Drags the right edge of the side bar, or the upper edge of the panel. */
async function resize(page: Page, part: 'sidebar' | 'panel', pixels: number): Promise<void> {
  const locator = page.locator(`.part.${part}`);
  const box = async (): Promise<PicturePart> => {
    const found = await locator.boundingBox();
    if (found === null) throw new Error(`The ${part} is not shown.`);
    return found;
  };
  const { x, y, width, height } = await box();
  const [from, to] =
    part === 'sidebar'
      ? [
          { x: x + width + edge, y: y + height / 2 },
          { x: x + pixels, y: y + height / 2 },
        ]
      : [
          { x: x + width / 2, y: y - edge },
          { x: x + width / 2, y: y + height - pixels },
        ];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
  await until(`a ${part} of ${pixels} pixels`, async () => {
    const now = await box();
    const reached = part === 'sidebar' ? now.width : now.height;
    return Math.abs(reached - pixels) < 5 ? true : undefined;
  });
}

/** VS Code keeps a channel's text in `N-NAME.log` or, for a log channel, `NAME.log`. */
function readOutput(dataFolder: string, channel: string): string {
  const [newest] = globSync('data/logs/**/*.log', { cwd: dataFolder })
    .filter((file) => basename(file, '.log').replace(/^\d+-/, '') === channel)
    .map((file) => join(dataFolder, file))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  return newest === undefined ? '' : readFileSync(newest, 'utf8');
}
