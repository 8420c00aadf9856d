// node scripts/testMesh.ts [--minutes=N] COMMAND [ARGUMENT...]
//
// Brings up a real Istio mesh in namespaces of its own, runs a command in them beside it, and ends with the command's
// exit code. Nothing of the mesh outlives this process, however it ends.

import { takeName, spawnInNamespaces } from './mesh/namespaces.ts';
import { inProject } from './project.ts';
import { minutesVariable } from '../test/mesh/environment/programPaths.ts';

const up = inProject('test', 'mesh', 'environment', 'up.ts');
const oncePerMachine = 'istio-mtls-mesh';
const orphanCheckMs = 500;

/** Takes away the first argument if it says for how long random meshes are tried, and hands it on. */
function withoutMinutes([first = '', ...rest]: readonly string[]): readonly string[] {
  if (!first.startsWith('--minutes=')) return [first, ...rest];
  process.env[minutesVariable] = first.slice('--minutes='.length);
  return rest;
}

async function main(command: readonly string[]): Promise<number> {
  if (!(await takeName(oncePerMachine))) {
    console.error('A mesh is up on this machine already: wait until its run has ended.');
    return 1;
  }
  const child = spawnInNamespaces([process.execPath, up, ...command]);
  const end = (): void => {
    child.kill('SIGKILL');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  // Whoever runs this may be killed without a chance to say so.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, orphanCheckMs).unref();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

process.exitCode = await main(withoutMinutes(process.argv.slice(2)));
