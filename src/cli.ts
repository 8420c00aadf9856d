import { exitCodes } from './cli/exitCode.ts';
import { complainOfCrash, run } from './cli/run.ts';
import { processTerminal } from './cli/terminal.ts';

// The composition root in a terminal: dist/cli.js, installed as `istio-mtls`.
const terminal = processTerminal();
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`| head`) is no failure, and nobody waits for the rest.
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
});
// Node itself would end with 1, which means to `diff` that something changes.
process.on('uncaughtException', (error) => {
  process.exit(complainOfCrash(error, terminal));
});
void run(process.argv.slice(2), terminal).then((exitCode) => {
  process.exitCode = exitCode;
});
