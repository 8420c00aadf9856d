// node scripts/testHost.ts REPORT_FILE [TEST FILE...]
//
// Runs test/host inside VS Code, on the bundles in dist/. The desktop program is used where there is a display and it is
// installed or can be downloaded; else the same workbench and extension host in a browser.

import {
  createWriteStream,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { inProject, root } from './project.ts';
import { readReport } from './suites/counts.ts';
import type { Report } from './suites/counts.ts';
import { keepLogsOf, inKeptLogs } from './suites/keptLogs.ts';
import { codeCommand, codeProgram, hasDisplay, isDownloadable } from './vscode/desktop.ts';

/** Bundles the tests: the extension host loads CommonJS, and VS Code's `vscode` module exists only there. */
async function bundleTests(files: readonly string[], outdir: string): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['test/host/run.ts', ...files],
    outbase: 'test/host',
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['vscode', 'mocha', 'playwright-core', 'esbuild'],
    loader: { '.yaml': 'text' },
    logLevel: 'warning',
    sourcemap: 'inline',
  });
}

interface Host {
  readonly name: string;
  /** For test-electron; undefined to download VS Code. */
  readonly program: string | undefined;
  /** Which VS Code to download; the newest one when absent. */
  readonly version?: string;
  /** What comes before VS Code's own arguments. */
  readonly args: readonly string[];
}

/** The version that `--vscode` asks for, which is downloaded. */
async function hostOfVersion(version: string): Promise<Host> {
  if (!hasDisplay()) throw new Error(`VS Code ${version} needs a display, such as xvfb-run gives.`);
  if (!(await isDownloadable()))
    throw new Error(`VS Code ${version} cannot be downloaded: its update service does not answer.`);
  return { name: `VS Code ${version}`, program: undefined, version, args: [] };
}

async function chooseHost(): Promise<Host> {
  const asked = process.env['ISTIO_MTLS_VSCODE'];
  if (asked !== undefined) return await hostOfVersion(asked);
  if (hasDisplay()) {
    const command = codeCommand();
    const program = command === undefined ? undefined : codeProgram(command);
    if (program !== undefined)
      return { name: `the installed VS Code, ${program}`, program, args: [] };
    if (await isDownloadable())
      return { name: 'a downloaded VS Code', program: undefined, args: [] };
  }
  return {
    name: 'VS Code in a browser',
    program: process.execPath,
    args: [inProject('scripts/vscode/inBrowser.ts')],
  };
}

/** A folder for one run: a copy of the fixture workspace, settings and user data. */
function prepareRun(): {
  readonly folder: string;
  readonly workspace: string;
  readonly data: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-host-'));
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  const fixture = inProject('test/fixtures/workspace');
  if (existsSync(fixture)) cpSync(fixture, workspace, { recursive: true });
  const data = join(folder, 'data');
  mkdirSync(data);
  return { folder, workspace, data };
}

async function main([reportFile, ...chosen]: readonly string[]): Promise<void> {
  if (reportFile === undefined) throw new Error('Needs the file to write the report to.');
  const all = globSync('test/host/**/*.test.ts', { cwd: root }).sort();
  // It stays, because failures name places in it; inside the checkout mocha is found.
  const bundles = inKeptLogs('bundles');
  const files = chosen.length > 0 ? chosen.map((file) => relative(root, inProject(file))) : all;
  await bundleTests(files, bundles);
  const host = await chooseHost();
  const run = prepareRun();
  const logFile = inKeptLogs('vscode.log');
  const log = createWriteStream(logFile);
  try {
    await runTests({
      stdout: log,
      stderr: log,
      ...(host.program === undefined ? {} : { vscodeExecutablePath: host.program }),
      ...(host.version === undefined ? {} : { version: host.version }),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(bundles, 'run.js'),
      extensionTestsEnv: { TEST_REPORT: reportFile },
      launchArgs: [
        ...host.args,
        run.workspace,
        `--user-data-dir=${run.data}`,
        `--extensions-dir=${join(run.folder, 'extensions')}`,
        '--disable-extensions',
      ],
    });
  } finally {
    log.end();
    // What runs in a browser has kept its logs already.
    if (host.program !== process.execPath) keepLogsOf(run.data);
    rmSync(run.folder, { recursive: true, force: true });
    tell(reportFile, host.name, logFile);
  }
}

/** Prints what failed, and adds to the report where the tests ran. */
function tell(reportFile: string, hostName: string, logFile: string): void {
  const report = readReport(reportFile);
  if (report === undefined) {
    console.log(
      `No result came from ${hostName}; what it printed is in ${relative(root, logFile)}.`,
    );
    return;
  }
  for (const failure of report.failures ?? []) console.log(`\n${failure}`);
  const noted: Report = { ...report, note: `in ${hostName}` };
  writeFileSync(reportFile, JSON.stringify(noted));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
