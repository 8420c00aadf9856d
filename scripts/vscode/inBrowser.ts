// VS Code in a browser, with the command line of the desktop program as far as extension tests use it:
//
//   node scripts/vscode/inBrowser.ts FOLDER --extensionDevelopmentPath=PATH --extensionTestsPath=FILE --user-data-dir=DIR
//
// So @vscode/test-electron runs a suite in it as it does in the desktop program. Exits with the code of the tests.

import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { stopRequested } from '../processes.ts';
import { launchBrowser } from './browser.ts';
import { codeServer } from './codeServer.ts';
import { startServer } from './server.ts';

interface CommandLine {
  readonly folder: string;
  readonly developmentPath: string;
  readonly testsPath: string;
  readonly dataFolder: string;
}

function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    // The desktop program's many other options mean nothing here.
    strict: false,
    allowPositionals: true,
    options: {
      extensionDevelopmentPath: { type: 'string' },
      extensionTestsPath: { type: 'string' },
      'user-data-dir': { type: 'string' },
    },
  });
  const [folder] = positionals;
  const developmentPath = values.extensionDevelopmentPath;
  const testsPath = values.extensionTestsPath;
  const dataFolder = values['user-data-dir'];
  if (
    folder === undefined ||
    typeof developmentPath !== 'string' ||
    typeof testsPath !== 'string' ||
    typeof dataFolder !== 'string'
  ) {
    throw new Error(
      'Needs FOLDER, --extensionDevelopmentPath=, --extensionTestsPath= and --user-data-dir=.',
    );
  }
  return { folder, developmentPath, testsPath, dataFolder };
}

/** The page that opens the folder and starts the extension host with the extension and its tests. */
function pageUrl(server: string, { folder, developmentPath, testsPath }: CommandLine): string {
  const remote = (path: string): string => `vscode-remote://${new URL(server).host}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(developmentPath)],
    ['extensionTestsPath', remote(testsPath)],
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
  return `${server}/?${query.toString()}`;
}

/** Resolves to the exit code of the tests' `run()`, which VS Code hands to the page. */
async function testsEnd(page: Page, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    page.once('crash', () => {
      reject(new Error('The page crashed.'));
    });
    page.once('close', () => {
      reject(new Error('The page was closed.'));
    });
    const open = async (): Promise<void> => {
      await page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) => {
        console.log(`[${type}]`, ...args);
      });
      await page.exposeFunction('codeAutomationExit', (code: number) => {
        resolve(code);
      });
      await page.goto(url, { timeout: 60_000 });
    };
    open().catch(reject);
  });
}

async function main(): Promise<number> {
  const commandLine = readCommandLine(process.argv.slice(2));
  const signal = stopRequested();
  const product = await codeServer(signal);
  const server = await startServer({
    product,
    dataFolder: commandLine.dataFolder,
    forExtensionTests: true,
    signal,
  });
  let browser: Browser | undefined;
  try {
    browser = await launchBrowser(signal);
    const page = await browser.newPage();
    const stopped = new Promise<number>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve(130);
      });
    });
    return await Promise.race([testsEnd(page, pageUrl(server.url, commandLine)), stopped]);
  } finally {
    await browser?.close();
    await server.dispose();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
