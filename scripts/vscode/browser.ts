import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { installDebianPackages, errorLine } from '../machine/debianPackages.ts';
import { isExecutable, programOnPath } from '../machine/programOnPath.ts';
import { run } from '../processes.ts';
import { inProject } from '../project.ts';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
];

/** Where Chrome, Edge and Chromium are installed on systems that do not put programs on the PATH. */
const applications: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

const downloadMs = 10 * 60_000;

/** Keeps Chromium from talking to anybody but the page's own server, and lets it run as root in a container. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a browser without a window. It is ended by `close()`. */
export async function launchBrowser(signal: AbortSignal): Promise<Browser> {
  return chromium.launch({
    executablePath: await browserExecutable(signal),
    args: quiet,
    // Whoever started the browser ends it, in one place, also on a signal.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

/**
 * An installed Chromium, Chrome or Edge; else Debian's package, if we may install it; else Playwright's own download.
 * Throws an Error with one sentence if none can be had.
 */
export async function browserExecutable(signal: AbortSignal): Promise<string> {
  const installed = installedBrowser() ?? playwrightsOwn();
  if (installed !== undefined) return installed;
  const packages = ['chromium', 'fonts-dejavu-core'];
  const tried = [await installDebianPackages(packages, signal)];
  const packaged = installedBrowser();
  if (packaged !== undefined) return packaged;
  tried.push(await downloadWithPlaywright(signal));
  const downloaded = playwrightsOwn();
  if (downloaded !== undefined) return downloaded;
  throw new Error(
    `These tests need Chromium, Chrome or Edge, and none is installed. ${tried.join(' ')} Install one and run again.`,
  );
}

function installedBrowser(): string | undefined {
  return programOnPath(names) ?? applications[process.platform]?.find(isExecutable);
}

function playwrightsOwn(): string | undefined {
  const own = chromium.executablePath();
  return existsSync(own) ? own : undefined;
}

async function downloadWithPlaywright(signal: AbortSignal): Promise<string> {
  console.log('Downloading Chromium with Playwright ...');
  const cli = inProject('node_modules', 'playwright-core', 'cli.js');
  const ending = await run(process.execPath, [cli, 'install', '--no-shell', 'chromium'], {
    timeoutMs: downloadMs,
    signal,
  });
  return `playwright-core install chromium said "${errorLine(ending.output)}".`;
}
