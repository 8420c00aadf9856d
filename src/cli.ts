import { exitCodes } from './cli/exitCode.ts';
import { run } from './cli/run.ts';
import { processTerminal } from './cli/terminal.ts';

// The composition root in a terminal: dist/cli.js, installed as `istio-mtls`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`| head`) is no failure, and nobody waits for the rest.
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.ok);
});
void run(process.argv.slice(2), processTerminal()).then((exitCode) => {
  process.exitCode = exitCode;
});
