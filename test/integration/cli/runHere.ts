import { run } from '../../../src/cli/run.ts';
import type { CliRun } from './runCli.ts';

/** Runs `istio-mtls` in this process: the same as the program, but for what a process of its own would be needed for. */
export async function runHere(args: readonly string[], stdin = ''): Promise<CliRun> {
  const written = { stdout: '', stderr: '' };
  const exitCode = await run(args, {
    write: (answer) => {
      written.stdout += answer;
    },
    complain: (sentence) => {
      written.stderr += `${sentence}\n`;
    },
    progress: () => undefined,
    readStandardInput: () => Promise.resolve(Buffer.from(stdin)),
    signal: new AbortController().signal,
  });
  return { exitCode, ...written };
}
