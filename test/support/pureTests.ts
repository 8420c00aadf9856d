// Loaded before the unit tests, which share one process: what leaves the process fails by name.

import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/** A function that only says what a unit test may not do. */
function refuse(what: string): () => never {
  return () => {
    throw new Error(`A unit test ${what}: it belongs in test/integration.`);
  };
}

Object.assign(net.Server.prototype, { listen: refuse('opens a socket') });
Object.assign(net.Socket.prototype, { connect: refuse('opens a connection') });
Object.assign(fs, { mkdtempSync: refuse('writes files') });
Object.assign(fs.promises, { mkdtemp: refuse('writes files') });
for (const name of ['spawn', 'exec', 'execFile', 'fork', 'spawnSync', 'execSync', 'execFileSync']) {
  Object.assign(childProcess, { [name]: refuse('starts a program') });
}
// So that `import { spawn } from 'node:child_process'` gets the above, too.
syncBuiltinESMExports();
