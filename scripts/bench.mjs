// npm run bench [-- --against-istio | --activation | --cluster]: measures in a process of its own, with a
// heap that holds the largest mesh and with garbage collection at hand.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bench = fileURLToPath(new URL('../test/bench/bench.ts', import.meta.url));
const flags = ['--expose-gc', '--max-old-space-size=8192'];
const { status } = spawnSync(process.execPath, [...flags, bench, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
