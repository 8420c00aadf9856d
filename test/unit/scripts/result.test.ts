import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Ending } from '../../../scripts/processes.ts';
import { countLine } from '../../../scripts/suites/counts.ts';
import type { Report } from '../../../scripts/suites/counts.ts';
import { resultOf } from '../../../scripts/suites/result.ts';
import type { Suite } from '../../../scripts/suites/suite.ts';

interface Row {
  readonly name: string;
  readonly counting: Suite['counting'];
  readonly ending: Ending;
  readonly report?: Report;
  readonly counts: string;
  readonly trouble: RegExp;
}

function exited(code: number): Ending {
  return { kind: 'exited', code, output: 'what it printed' };
}

const rows: readonly Row[] = [
  {
    name: 'a check that ends with 0 is one passed test, and silent',
    counting: 'exit-code',
    ending: exited(0),
    counts: '1 passed, 0 failed, 0 skipped',
    trouble: /^$/,
  },
  {
    name: 'a check that ends with another code is one failure, with what it printed',
    counting: 'exit-code',
    ending: exited(2),
    counts: '0 passed, 1 failed, 0 skipped',
    trouble: /what it printed/,
  },
  {
    name: 'a suite counts what it reports',
    counting: 'report-file',
    ending: exited(0),
    report: { passed: 5, failed: 0, skipped: 1 },
    counts: '5 passed, 0 failed, 1 skipped',
    trouble: /^$/,
  },
  {
    name: 'failures are shown',
    counting: 'report-file',
    ending: exited(1),
    report: { passed: 5, failed: 2, skipped: 0 },
    counts: '5 passed, 2 failed, 0 skipped',
    trouble: /what it printed/,
  },
  {
    name: 'a suite without a report did not run, though it ended with 0',
    counting: 'report-file',
    ending: exited(0),
    counts: '0 passed, 1 failed, 0 skipped',
    trouble: /reported no result/,
  },
  {
    name: 'a suite in which nothing ran is a failure',
    counting: 'report-file',
    ending: exited(0),
    report: { passed: 0, failed: 0, skipped: 3 },
    counts: '0 passed, 1 failed, 3 skipped',
    trouble: /no test ran/,
  },
  {
    name: 'a suite that passes and then crashes is a failure',
    counting: 'report-file',
    ending: exited(134),
    report: { passed: 5, failed: 0, skipped: 0 },
    counts: '5 passed, 1 failed, 0 skipped',
    trouble: /ended with code 134/,
  },
  {
    name: 'a suite that takes too long is a failure',
    counting: 'report-file',
    ending: { kind: 'timed-out', output: '' },
    counts: '0 passed, 1 failed, 0 skipped',
    trouble: /limit of 3 minutes/,
  },
  {
    name: 'a suite that is stopped is a failure',
    counting: 'exit-code',
    ending: { kind: 'cancelled', output: '' },
    counts: '0 passed, 1 failed, 0 skipped',
    trouble: /stopped on request/,
  },
  {
    name: 'a suite whose program is not there is a failure',
    counting: 'exit-code',
    ending: { kind: 'not-started', cause: 'ENOENT', output: '' },
    counts: '0 passed, 1 failed, 0 skipped',
    trouble: /could not be started: ENOENT/,
  },
];

describe('the result of a suite', () => {
  for (const { name, counting, ending, report, counts, trouble } of rows) {
    it(name, () => {
      const result = resultOf({ name: 'unit', counting, limitMinutes: 3 }, ending, report);
      assert.equal(countLine(result.counts), counts);
      assert.match(result.trouble, trouble);
    });
  }
});
