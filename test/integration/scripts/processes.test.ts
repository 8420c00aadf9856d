import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../../scripts/processes.ts';

const limit = { timeoutMs: 10_000 };

/** Prints the id of a grandchild that would live for a minute, and lives itself. */
const startsAnother = `
  const { spawn } = require('node:child_process');
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  console.log(child.pid);
  setTimeout(() => {}, 60_000);
`;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('running a program', () => {
  it('gives its exit code and everything it printed', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
    const ending = await run(process.execPath, ['-e', script], limit);
    assert.equal(ending.kind === 'exited' && ending.code, 3);
    assert.deepEqual(ending.output.trim().split('\n').sort(), ['err', 'out']);
  });

  it('says that there is no such program', async () => {
    const ending = await run('no-such-program-anywhere', [], limit);
    assert.equal(ending.kind, 'not-started');
  });

  it('ends it at its time limit, with what it started', async () => {
    const ending = await run(process.execPath, ['-e', startsAnother], { timeoutMs: 700 });
    assert.equal(ending.kind, 'timed-out');
    const grandchild = Number(ending.output);
    assert.ok(grandchild > 0, ending.output);
    // It has been told to end; the system may take a moment to clear it away.
    const deadline = performance.now() + 3_000;
    while (isRunning(grandchild) && performance.now() < deadline) await delay(20);
    assert.equal(isRunning(grandchild), false);
  });

  it('ends it when it is no longer wanted', async () => {
    const signal = AbortSignal.timeout(100);
    const ending = await run(process.execPath, ['-e', startsAnother], { ...limit, signal });
    assert.equal(ending.kind, 'cancelled');
  });
});
