import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import * as esbuild from 'esbuild';
import type { Page } from 'playwright-core';
import { bundleOptions, bundles } from '../../scripts/bundles.ts';
import { inProject } from '../../scripts/project.ts';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import type {
  MatrixData,
  PageMessage,
  PanelMessage,
} from '../../src/surfaces/matrix/matrixData.ts';
import { matrixHtml } from '../../src/surfaces/matrix/matrixHtml.ts';

/** Nobody has this address: every request to it is answered here. */
const origin = 'http://matrix.invalid';

/** The colours of VS Code's two default themes that the page uses. */
export const themes = {
  dark: {
    '--vscode-editor-background': '#1f1f1f',
    '--vscode-foreground': '#cccccc',
    '--vscode-descriptionForeground': '#9d9d9d',
    '--vscode-focusBorder': '#0078d4',
    '--vscode-widget-border': '#313131',
    '--vscode-input-background': '#313131',
    '--vscode-input-foreground': '#cccccc',
    '--vscode-input-border': '#3c3c3c',
    '--vscode-dropdown-background': '#313131',
    '--vscode-dropdown-foreground': '#cccccc',
    '--vscode-dropdown-border': '#3c3c3c',
    '--vscode-testing-iconPassed': '#73c991',
    '--vscode-editorWarning-foreground': '#cca700',
    '--vscode-editorError-foreground': '#f14c4c',
    '--vscode-inputValidation-warningBackground': '#352a05',
    '--vscode-button-background': '#0078d4',
    '--vscode-button-foreground': '#ffffff',
    '--vscode-font-family': 'sans-serif',
  },
  light: {
    '--vscode-editor-background': '#ffffff',
    '--vscode-foreground': '#3b3b3b',
    '--vscode-descriptionForeground': '#3b3b3b',
    '--vscode-focusBorder': '#005fb8',
    '--vscode-widget-border': '#e5e5e5',
    '--vscode-input-background': '#ffffff',
    '--vscode-input-foreground': '#3b3b3b',
    '--vscode-input-border': '#cecece',
    '--vscode-dropdown-background': '#ffffff',
    '--vscode-dropdown-foreground': '#3b3b3b',
    '--vscode-dropdown-border': '#cecece',
    '--vscode-testing-iconPassed': '#007100',
    '--vscode-editorWarning-foreground': '#8a6000',
    '--vscode-editorError-foreground': '#c72e0f',
    '--vscode-inputValidation-warningBackground': '#f6f5d2',
    '--vscode-button-background': '#005fb8',
    '--vscode-button-foreground': '#ffffff',
    '--vscode-font-family': 'sans-serif',
  },
} as const;

/** The page of the matrix in a browser, under the content security policy that it has in VS Code. */
export class MatrixPage {
  readonly page: Page;
  /** What the browser said in its console, and what the policy kept out. */
  readonly complaints: readonly string[];
  readonly #close: () => Promise<void>;

  private constructor(page: Page, complaints: readonly string[], close: () => Promise<void>) {
    this.page = page;
    this.complaints = complaints;
    this.#close = close;
  }

  static async open(theme: keyof typeof themes): Promise<MatrixPage> {
    const browser = await launchBrowser(AbortSignal.timeout(60_000));
    const page = await browser.newPage({ viewport: { width: 1100, height: 640 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const nonce = randomBytes(16).toString('hex');
    const html = matrixHtml({ script: `${origin}/matrixPage.js`, nonce, source: origin });
    const script = await pageScript();
    await page.route('**', async (route) => {
      const isScript = route.request().url().endsWith('.js');
      await route.fulfill({
        contentType: isScript ? 'text/javascript' : 'text/html',
        body: isScript ? script : html,
      });
    });
    await page.addInitScript(
      'window.posted = []; window.acquireVsCodeApi = () => ({ postMessage: (message) => window.posted.push(message) });',
    );
    await page.goto(`${origin}/`);
    const shown = new MatrixPage(page, complaints, () => browser.close());
    await shown.paint(theme);
    return shown;
  }

  /** Gives the page the colours of a theme, as VS Code does. */
  async paint(theme: keyof typeof themes): Promise<void> {
    const colours = JSON.stringify(themes[theme]);
    await this.page.evaluate(
      `for (const [name, value] of Object.entries(${colours})) document.documentElement.style.setProperty(name, value)`,
    );
  }

  /** Tells the page something, as the extension does. */
  async tell(message: PanelMessage): Promise<void> {
    await this.page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`);
  }

  async show(data: MatrixData): Promise<void> {
    await this.tell({ kind: 'matrix', data });
    await this.page.getByRole('heading', { name: data.title, exact: true }).waitFor();
  }

  /** What the page sent to the extension so far. */
  async posted(): Promise<readonly PageMessage[]> {
    return this.page.evaluate<readonly PageMessage[]>('window.posted');
  }

  async picture(name: string): Promise<void> {
    mkdirSync(inProject('out/pictures'), { recursive: true });
    await this.page.screenshot({ path: inProject(`out/pictures/${name}.png`) });
  }

  close(): Promise<void> {
    return this.#close();
  }
}

async function pageScript(): Promise<string> {
  const bundle = bundles.find(({ page }) => page === true);
  if (bundle === undefined) throw new Error('there is no bundle for a page');
  const { outputFiles } = await esbuild.build({ ...bundleOptions(bundle, true), write: false });
  return outputFiles[0]?.text ?? '';
}
