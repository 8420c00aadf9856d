import { inProject } from '../project.ts';
import type { SuiteRun } from './suite.ts';

export interface NodeTestOptions {
  /** How many files run side by side. */
  readonly concurrency: number;
  /** A test that hangs fails by its name before the whole suite is ended. */
  readonly testLimitMs?: number;
}

/** Arguments to Node that run test files with its own runner: failures are told, and counts reported. */
export function nodeTest(
  { reportFile, files }: SuiteRun,
  { concurrency, testLimitMs }: NodeTestOptions,
): readonly string[] {
  const reporters = { failuresReporter: 'stdout', countsReporter: reportFile };
  return [
    '--test',
    ...(testLimitMs === undefined ? [] : [`--test-timeout=${testLimitMs}`]),
    `--test-concurrency=${concurrency}`,
    ...Object.entries(reporters).flatMap(([name, destination]) => [
      `--test-reporter=${inProject('scripts', 'suites', `${name}.ts`)}`,
      `--test-reporter-destination=${destination}`,
    ]),
    ...files,
  ];
}
