import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../../../scripts/processes.ts';
import { until } from '../../support/until.ts';

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
    const ending = await run('sh', ['-c', 'sleep 60 & echo $!; wait'], { timeoutMs: 2_000 });
    assert.equal(ending.kind, 'timed-out');
    const grandchild = Number(ending.output);
    assert.ok(grandchild > 0, ending.output);
    // It has been told to end; the system may take a moment to clear it away.
    await until('the grandchild to be gone', () => !isRunning(grandchild));
  });

  it('ends it when it is no longer wanted', async () => {
    const signal = AbortSignal.timeout(100);
    const ending = await run(process.execPath, ['-e', startsAnother], { ...limit, signal });
    assert.equal(ending.kind, 'cancelled');
  });
});
