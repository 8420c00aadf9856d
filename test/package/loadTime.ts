import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Rounds of which the quickest counts: whatever else the machine does makes a round slower, and none quicker. */
const rounds = 9;
const roundLimitMs = 20_000;

const program = `
  const before = process.cpuUsage();
  require(process.argv[1]);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(String((user + system) / 1000));
`;

/**
 * Milliseconds of processor time that it takes to load a CommonJS file, beyond what an empty one takes in the same run. Each
 * round is a process of its own.
 */
export function loadTime(file: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-load-'));
  try {
    const empty = join(folder, 'empty.js');
    writeFileSync(empty, `'use strict';\n`);
    const times = Array.from({ length: rounds }, () => ({ file: once(file), empty: once(empty) }));
    const quickest = (of: readonly number[]): number => Math.min(...of);
    return quickest(times.map((time) => time.file)) - quickest(times.map((time) => time.empty));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function once(file: string): number {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program, file], {
    encoding: 'utf8',
    timeout: roundLimitMs,
  });
  if (stdout === '') throw new Error(`${file} could not be loaded: ${stderr.slice(-1000)}`);
  return Number(stdout);
}
