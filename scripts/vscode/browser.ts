import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
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

const installMs = 10 * 60_000;

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
  const tried = [await installWithApt(signal), await downloadWithPlaywright(signal)];
  const found = installedBrowser() ?? playwrightsOwn();
  if (found !== undefined) return found;
  throw new Error(
    `These tests need Chromium, Chrome or Edge, and none is installed. ${tried.join(' ')} Install one and run again.`,
  );
}

function installedBrowser(): string | undefined {
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...(applications[process.platform] ?? [])].find(isExecutable);
}

function playwrightsOwn(): string | undefined {
  const own = chromium.executablePath();
  return existsSync(own) ? own : undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function installWithApt(signal: AbortSignal): Promise<string> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return 'It was not installed with apt-get (that is done as root on Debian only).';
  }
  console.log('Installing chromium with apt-get ...');
  const options = { timeoutMs: installMs, signal, env: { DEBIAN_FRONTEND: 'noninteractive' } };
  await run('apt-get', ['update'], options);
  const ending = await run(
    'apt-get',
    ['install', '--yes', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
    options,
  );
  return `apt-get install chromium: ${lastLine(ending.output)}`;
}

async function downloadWithPlaywright(signal: AbortSignal): Promise<string> {
  if (installedBrowser() !== undefined) return '';
  console.log('Downloading Chromium with Playwright ...');
  const cli = inProject('node_modules', 'playwright-core', 'cli.js');
  const ending = await run(process.execPath, [cli, 'install', 'chromium'], {
    timeoutMs: installMs,
    signal,
  });
  return `playwright-core install chromium: ${lastLine(ending.output)}`;
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}
