import { inProject } from '../project.ts';
import { run } from '../processes.ts';
import type { OpenMesh } from './mesh.ts';

const limitMs = 60_000;

/** Prints the namespaces of the mesh with their modes, as the command line does. Throws with its words if it cannot. */
export async function printModes(mesh: OpenMesh, signal: AbortSignal): Promise<void> {
  const ending = await run(
    process.execPath,
    [inProject('dist/cli.js'), 'effective', ...mesh.args],
    { timeoutMs: limitMs, signal, env: mesh.env },
  );
  if (ending.kind !== 'exited' || ending.code !== 0) {
    throw new Error(
      `The modes of ${mesh.name} could not be read (${ending.kind}).\n${ending.output}`,
    );
  }
  // The table of all workloads, which follows, would push everything else off the screen.
  const [namespaces] = ending.output.split(/^WORKLOAD/m);
  console.log(`\nMutual TLS in ${mesh.name}:\n\n${namespaces?.trim() ?? ''}\n`);
}
