import { spawn } from 'node:child_process';
import { endTree, ownGroup } from '../processes.ts';

/** Computes until the process that started it is gone: it must not outlive a run that was killed. */
const program = `
  const parent = process.ppid;
  while (process.ppid === parent) for (let n = 0; n < 1e7; n += 1) Math.sqrt(n);
`;

/** Starts processes that each keep a core busy, until they are disposed of. */
export function keepCoresBusy(processes: number): { readonly dispose: () => Promise<void> } {
  const children = Array.from({ length: processes }, () =>
    spawn(process.execPath, ['-e', program], { ...ownGroup, stdio: 'ignore' }),
  );
  return {
    dispose: async () => {
      await Promise.all(children.map(endTree));
    },
  };
}
