import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../processes.ts';
import { cacheFolder } from '../project.ts';

/** The npm package that carries VS Code as a server with the workbench for a browser; 4.139.1 is VS Code 1.139.1. */
const version = '4.139.1';
const folder = join(cacheFolder, `code-server-${version}`);
const product = join('node_modules', 'code-server', 'lib', 'vscode');
const installMs = 10 * 60_000;

/**
 * The folder of the VS Code server, installed from npm into the cache if it is not there yet (590 MB once). VS Code's own
 * server is used, not code-server's; no install script runs and nothing is compiled.
 * Throws an Error with one sentence if npm cannot bring it.
 */
export async function codeServer(signal: AbortSignal): Promise<string> {
  if (existsSync(folder)) return join(folder, product);
  const unfinished = `${folder}.${process.pid}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  try {
    writeFileSync(join(unfinished, 'package.json'), '{ "private": true }\n');
    await npmInstall(unfinished, [`code-server@${version}`], signal);
    await npmInstall(join(unfinished, product), ['--omit=dev'], signal);
    replaceCompiledModules(join(unfinished, product));
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return join(folder, product);
}

/** The two compiled modules that matter here have stand-ins in JavaScript, so that no compiler is needed. */
function replaceCompiledModules(server: string): void {
  const standIns = join(import.meta.dirname, 'standIns');
  const modules = join(server, 'node_modules', '@vscode');
  copyFileSync(join(standIns, 'spdlog.cjs'), join(modules, 'spdlog', 'index.js'));
  copyFileSync(join(standIns, 'nativeWatchdog.cjs'), join(modules, 'native-watchdog', 'index.js'));
}

async function npmInstall(
  cwd: string,
  what: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const ending = await run('npm', ['install', ...quiet, ...what], {
    cwd,
    timeoutMs: installMs,
    signal,
  });
  if (ending.kind === 'exited' && ending.code === 0) return;
  throw new Error(
    `VS Code's server could not be installed from npm (code-server ${version}, ${ending.kind}): ${ending.output.trim()}`,
  );
}
