import type { Ending } from '../processes.ts';
import { none, sum } from './counts.ts';
import type { Counts, Report } from './counts.ts';
import type { Suite } from './suite.ts';

/** How a suite ended, for the person and for the sum. */
export interface SuiteResult {
  readonly counts: Counts;
  /** What the person needs to read; empty if all is well. */
  readonly trouble: string;
  readonly note: string;
  /** Each test that failed, and the suite itself if it failed as a whole. */
  readonly failedTests: readonly string[];
}

const onePass: Counts = { ...none, passed: 1 };
const oneFailure: Counts = { ...none, failed: 1 };

/**
 * Judges a suite by how its program ended and what it reported. A suite that did not run to its end, or in which nothing
 * ran, is a failure, whatever else it says.
 */
export function resultOf(
  suite: Pick<Suite, 'name' | 'counting' | 'limitMinutes'>,
  ending: Ending,
  report: Report | undefined,
): SuiteResult {
  const failed = (why: string): SuiteResult => ({
    counts: sum(report ?? none, oneFailure),
    trouble: `${ending.output}\n${suite.name}: ${why}\n`,
    note: '',
    failedTests: [...(report?.failedTests ?? []), `${suite.name}: ${why}`],
  });
  switch (ending.kind) {
    case 'timed-out':
      return failed(`ended after its limit of ${suite.limitMinutes} minutes.`);
    case 'cancelled':
      return failed('stopped on request.');
    case 'not-started':
      return failed(`could not be started: ${ending.cause}`);
    case 'exited':
      break;
  }
  const trouble = ending.code === 0 ? '' : ending.output;
  if (suite.counting === 'exit-code') {
    return ending.code === 0
      ? { counts: onePass, trouble, note: '', failedTests: [] }
      : { counts: oneFailure, trouble, note: '', failedTests: [suite.name] };
  }
  if (report === undefined) return failed(`ended with code ${ending.code} and reported no result.`);
  if (report.passed + report.failed === 0) return failed('no test ran.');
  if (ending.code !== 0 && report.failed === 0) {
    return failed(`every test passed, but the run ended with code ${ending.code}.`);
  }
  const { passed, failed: failures, skipped, note = '', failedTests = [] } = report;
  return { counts: { passed, failed: failures, skipped }, trouble, note, failedTests };
}
