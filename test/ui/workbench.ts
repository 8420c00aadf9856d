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
import { installExtension, startServer } from '../../scripts/vscode/server.ts';
import type { VsCodeServer } from '../../scripts/vscode/server.ts';
import { modalOf, notificationsOf, toastOf } from './pageObjects/dialogs.ts';
import type { Prompt } from './pageObjects/dialogs.ts';
import { editorOf } from './pageObjects/editor.ts';
import type { Editor } from './pageObjects/editor.ts';
import { eventually } from './pageObjects/eventually.ts';
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
  readonly toast: Prompt;
  readonly quickInput: QuickInput;
  /** Opens a file of the workspace by its path in it. */
  openFile(path: string): Promise<void>;
  /** Runs a command by its title in the palette, category included. */
  command(title: string): Promise<void>;
  /** Everything that was written to an output channel so far; empty if there is no such channel yet. */
  outputText(channel: string): string;
  /** Waits until an output channel contains the text, and returns all of the channel. */
  outputShows(channel: string, text: string): Promise<string>;
  notifications(): Promise<readonly string[]>;
  /** Takes a picture: into out/pictures, or the folder named by PICTURES. */
  screenshot(name: string): Promise<void>;
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
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'window.commandCenter': false,
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
    await installExtension(product, dataFolder, packageFile);
    writeSettings(dataFolder, { ...quietSettings, ...options.settings });
    const { env = {}, workspaceTrust = false } = options;
    server = await startServer({ product, dataFolder, env, workspaceTrust });
    browser = await launchBrowser(signal);
    const page = await browser.newPage({ viewport: size, deviceScaleFactor: 2 });
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
  return {
    page,
    quickInput,
    editor: editorOf(page),
    modal: modalOf(page),
    toast: toastOf(page),
    tree: (viewName) => treeOf(page, viewName),
    notifications: () => notificationsOf(page),
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
    command: async (title) => {
      await page.keyboard.press('F1');
      await quickInput.type(`>${title}`);
      await quickInput.choose(title);
    },
    outputText: (channel) => readOutput(dataFolder, channel),
    outputShows: (channel, text) =>
      eventually(`"${text}" in the output channel ${channel}`, () => {
        const all = readOutput(dataFolder, channel);
        return all.includes(text) ? Promise.resolve(all) : Promise.reject(new Error(all));
      }),
    screenshot: async (name) => {
      const folder = process.env['PICTURES'] ?? join(outFolder, 'pictures');
      await page.screenshot({ path: join(folder, `${name}.png`) });
    },
  };
}

/** VS Code keeps a channel's text in `N-NAME.log` or, for a log channel, `NAME.log`. */
function readOutput(dataFolder: string, channel: string): string {
  const [newest] = globSync('data/logs/**/*.log', { cwd: dataFolder })
    .filter((file) => basename(file, '.log').replace(/^\d+-/, '') === channel)
    .map((file) => join(dataFolder, file))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  return newest === undefined ? '' : readFileSync(newest, 'utf8');
}
