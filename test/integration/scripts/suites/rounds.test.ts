import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { nodeTest } from '../../../../scripts/suites/nodeTest.ts';
import { runRounds, unsteadyLines } from '../../../../scripts/suites/rounds.ts';
import type { RoundsOptions, RoundsResult } from '../../../../scripts/suites/rounds.ts';
import type { Suite } from '../../../../scripts/suites/suite.ts';
import { inProject } from '../../../../scripts/project.ts';

/** Counts its runs in a file beside it, and fails in the second. */
const flaky = `
  import { appendFileSync, readFileSync } from 'node:fs';
  import { describe, it } from 'node:test';
  const file = new URL('runs', import.meta.url);
  appendFileSync(file, 'x');
  const runs = readFileSync(file, 'utf8').length;
  describe('a door', () => {
    it('opens', () => {});
    it('closes', () => {
      if (runs === 2) throw new Error('it jams');
    });
  });
`;

/** Ends before it reports anything, each time. */
const crashing: Suite = {
  name: 'crashing-example',
  limitMinutes: 1,
  counting: 'report-file',
  args: () => ['-e', 'process.exit(3)'],
};

let folder = '';
before(() => {
  // A runner that finds this believes that it is one of the runner's own test files, and runs nothing.
  delete process.env['NODE_TEST_CONTEXT'];
  folder = mkdtempSync(join(tmpdir(), 'istio-mtls-rounds-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'door.test.js'), flaky);
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const suite of ['flaky-example', 'crashing-example']) {
    rmSync(inProject('out', 'logs', suite), { recursive: true, force: true });
    rmSync(inProject('out', `${suite}.report.json`), { force: true });
  }
});

function flakySuite(): Suite {
  const files = [join(folder, 'door.test.js')];
  return {
    name: 'flaky-example',
    limitMinutes: 1,
    counting: 'report-file',
    args: ({ reportFile }) => nodeTest({ reportFile, files }, { concurrency: 1 }),
  };
}

function rounds(suite: Suite, options: Partial<RoundsOptions>): Promise<RoundsResult> {
  const signal = new AbortController().signal;
  rmSync(join(folder, 'runs'), { force: true });
  return runRounds([suite], {
    ...{ rounds: 1, busyRounds: 0, files: [], named: [], signal },
    ...options,
  });
}

describe('running suites again and again', () => {
  it('names the test that failed once, with its round, and no other', async () => {
    const result = await rounds(flakySuite(), { rounds: 3, busyRounds: 2 });
    assert.deepEqual(result.counts, { passed: 5, failed: 1, skipped: 0 });
    const [title = '', test = '', ...rest] = unsteadyLines(result);
    assert.equal(title, 'These did not pass every time:');
    assert.match(test, /^ {2}flaky-example: .*door\.test\.js: a door › closes\n/);
    assert.match(test, /\n {4}failed in 1 of 3 rounds: 2 \(busy\)$/);
    assert.deepEqual(rest, []);
  });

  it('says so when every test passed every time', async () => {
    const result = await rounds(flakySuite(), { rounds: 1 });
    assert.deepEqual(unsteadyLines(result), ['Every test passed in each of 1 rounds.']);
  });

  it('names a suite that ended before it reported', async () => {
    const result = await rounds(crashing, { rounds: 2 });
    assert.equal(result.counts.failed, 2);
    const expected =
      'crashing-example: crashing-example: ended with code 3 and reported no result.';
    assert.deepEqual([...result.failures], [[expected, [1, 2]]]);
  });
});
