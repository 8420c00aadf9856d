// npm run debug    bundles the product, again on every change, and runs a demo mesh with a workspace of its own in out/debug
//
// What F5 in VS Code needs (.vscode/launch.json). Stays until Ctrl-C or until the demo mesh ends.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { watch } from './build.ts';
import { outFolder } from './project.ts';
import { stopRequested } from './processes.ts';
import { openDemoMesh } from './start/mesh.ts';
import { sampleWorkspace } from './start/sampleWorkspace.ts';

/** Keeps the sources bundled and the demo mesh running until one of the signals aborts. */
async function main(stopped: AbortSignal): Promise<void> {
  console.log('Building ...');
  const watching = await watch();
  const folder = join(outFolder, 'debug');
  mkdirSync(folder, { recursive: true });
  const demo = await openDemoMesh(folder);
  try {
    const workspace = sampleWorkspace(folder, demo);
    console.log(`Ready for F5. This is ${demo.name}; its workspace is ${workspace}.`);
    await aborted(AbortSignal.any([stopped, demo.crashed]));
    demo.crashed.throwIfAborted();
  } finally {
    await demo.dispose();
    await watching.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

try {
  await main(stopRequested());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
