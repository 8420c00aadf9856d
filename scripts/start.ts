// npm start                       builds, starts the demo mesh, prints its modes and opens VS Code on it
// npm start -- --context NAME     the same on a context of your own kubeconfig, without the demo mesh
// npm start -- --browser          VS Code in the browser, also where the desktop program is installed
//
// Stays until Ctrl-C and then ends everything that it started.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stopRequested } from './processes.ts';
import { packageExtension } from './package.ts';
import { openDemoMesh, ownMesh } from './start/mesh.ts';
import type { OpenMesh } from './start/mesh.ts';
import { openVsCode } from './start/openVsCode.ts';
import type { OpenVsCodeOptions } from './start/openVsCode.ts';
import { printModes } from './start/printModes.ts';
import { sampleWorkspace } from './start/sampleWorkspace.ts';

/** Something that is running and must be ended, the last one first. */
type Cleanup = () => Promise<void> | void;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { context: { type: 'string' }, browser: { type: 'boolean', default: false } },
  });
  const stopped = stopRequested();
  const broken = uncaughtError();
  const cleanups: Cleanup[] = [];
  try {
    console.log('Building ...');
    await packageExtension();
    const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-'));
    cleanups.push(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const mesh =
      values.context === undefined ? await openDemoMesh(folder) : ownMesh(values.context);
    cleanups.push(() => mesh.dispose());
    const failed = AbortSignal.any([broken, mesh.crashed]);
    const signal = AbortSignal.any([stopped, failed]);
    const { browser } = values;
    await show(mesh, { folder, browser, signal }, cleanups).finally(() => {
      failed.throwIfAborted();
    });
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

type ShowOptions = Omit<OpenVsCodeOptions, 'workspace'>;

/** Shows the mesh until the person closes VS Code or the signal is aborted. */
async function show(mesh: OpenMesh, options: ShowOptions, cleanups: Cleanup[]): Promise<void> {
  const { folder, signal } = options;
  await printModes(mesh, signal);
  const workspace = sampleWorkspace(folder, mesh);
  const vsCode = await openVsCode({ ...options, workspace });
  cleanups.push(() => vsCode.dispose());
  console.log(`\n${vsCode.opened}\nPress Ctrl-C to stop.`);
  await Promise.race([vsCode.ended, untilAborted(signal)]);
}

/** Aborts on an error that nothing caught, such as that of printing to a terminal that has gone; the reason is that error. */
function uncaughtError(): AbortSignal {
  const controller = new AbortController();
  process.on('uncaughtException', (error) => {
    controller.abort(error);
  });
  return controller.signal;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
