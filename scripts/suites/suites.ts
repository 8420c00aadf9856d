import { globSync } from 'node:fs';
import { sep } from 'node:path';
import { inProject, root } from '../project.ts';

/** A part of `npm test`: one program, run as a child. */
export interface Suite {
  readonly name: string;
  readonly limitMinutes: number;
  /**
   * `exit-code`: the whole suite is one test, passed if the program ends with 0.
   * `report-file`: the program writes a report to the named file, and at least one test must have run.
   */
  readonly counting: 'exit-code' | 'report-file';
  /** The suite that must have run before, because this one uses what it makes. */
  readonly needs?: string;
  /** Arguments to the project's Node. */
  readonly args: (run: SuiteRun) => readonly string[];
}

export interface SuiteRun {
  readonly reportFile: string;
  /** The test files that the person asked for; empty for all. */
  readonly files: readonly string[];
}

/** Folders of test/ with a suite of their own below, or a command of their own. Everything else is run by `unit`. */
const notUnit = ['package', 'host', 'ui', 'start', 'apiserver', 'bench'];

/** A test that hangs fails by its name before the whole suite is ended. */
const testLimitMs = 120_000;

/** What `npm test` runs, in this order. */
export const suites: readonly Suite[] = [
  tool('types', ['typescript', 'bin', 'tsc'], ['--noEmit', '--pretty', 'false']),
  tool('lint', ['eslint', 'bin', 'eslint.js'], ['--max-warnings=0', '.']),
  tool('format', ['prettier', 'bin', 'prettier.cjs'], ['--check', '--log-level=warn', '.']),
  {
    name: 'unit',
    limitMinutes: 5,
    counting: 'report-file',
    args: (run) => nodeTest(run, unitTests(), 2),
  },
  {
    name: 'package',
    limitMinutes: 3,
    counting: 'report-file',
    args: (run) => nodeTest(run, testsIn('package'), 1),
  },
  {
    name: 'host',
    limitMinutes: 15,
    counting: 'report-file',
    needs: 'package',
    args: ({ reportFile, files }) => [inProject('scripts/testHost.ts'), reportFile, ...files],
  },
  {
    name: 'ui',
    limitMinutes: 15,
    counting: 'report-file',
    needs: 'package',
    // One at a time: a workbench in a browser keeps two cores busy.
    args: (run) => nodeTest(run, testsIn('ui'), 1),
  },
  {
    name: 'start',
    limitMinutes: 10,
    counting: 'report-file',
    args: (run) => nodeTest(run, testsIn('start'), 1),
  },
];

function tool(name: string, bin: readonly string[], args: readonly string[]): Suite {
  return {
    name,
    limitMinutes: 5,
    counting: 'exit-code',
    args: () => [inProject('node_modules', ...bin), ...args],
  };
}

function testsIn(folder: string): readonly string[] {
  return globSync(`test/${folder}/**/*.test.ts`, { cwd: root }).sort();
}

function unitTests(): readonly string[] {
  return testsIn('*').filter((file) => !notUnit.includes(file.split(sep)[1] ?? ''));
}

function nodeTest(run: SuiteRun, all: readonly string[], concurrency: number): readonly string[] {
  return [
    '--test',
    `--test-timeout=${testLimitMs}`,
    `--test-concurrency=${concurrency}`,
    `--test-reporter=${inProject('scripts/suites/failuresReporter.ts')}`,
    '--test-reporter-destination=stdout',
    `--test-reporter=${inProject('scripts/suites/countsReporter.ts')}`,
    `--test-reporter-destination=${run.reportFile}`,
    ...(run.files.length > 0 ? run.files : all),
  ];
}
