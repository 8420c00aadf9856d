import { pathToFileURL } from 'node:url';
import { inProject } from '../project.ts';
import type { SuiteRun } from './suite.ts';

export interface NodeTestOptions {
  /** How many files run side by side, each in a process of its own; `one-process`: all in one, one after another. */
  readonly concurrency: number | 'one-process';
  /** Whether each test that ends is told on standard error. */
  readonly progress?: boolean;
  /** A module that is loaded before the tests. */
  readonly preload?: string;
  /** A test that hangs fails by its name before the whole suite is ended. */
  readonly testLimitMs?: number;
}

/** Pure tests: no process is started for a file, and the engine is loaded once for all. */
export const inOneProcess: NodeTestOptions = {
  concurrency: 'one-process',
  preload: inProject('test', 'support', 'pureTests.ts'),
  testLimitMs: 120_000,
};

/** Arguments to Node that run test files with its own runner: failures are told, and counts reported. */
export function nodeTest(
  { reportFile, files }: SuiteRun,
  { concurrency, preload, progress, testLimitMs }: NodeTestOptions,
): readonly string[] {
  const reporters = {
    failuresReporter: 'stdout',
    countsReporter: reportFile,
    ...(progress === true && { progressReporter: 'stderr' }),
  };
  return [
    ...(preload === undefined ? [] : ['--import', pathToFileURL(preload).href]),
    '--test',
    ...(testLimitMs === undefined ? [] : [`--test-timeout=${testLimitMs}`]),
    concurrency === 'one-process' ? '--test-isolation=none' : `--test-concurrency=${concurrency}`,
    ...Object.entries(reporters).flatMap(([name, destination]) => [
      `--test-reporter=${inProject('scripts', 'suites', `${name}.ts`)}`,
      `--test-reporter-destination=${destination}`,
    ]),
    ...files,
  ];
}
