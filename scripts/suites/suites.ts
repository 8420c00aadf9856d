import { globSync } from 'node:fs';
import { binariesAtHand } from '../apiserver/binaries.ts';
import { prepareApiServer } from '../apiserver/prepare.ts';
import { prepareCurl } from '../machine/curl.ts';
import { inProject, root } from '../project.ts';
import { inOneProcess, nodeTest } from './nodeTest.ts';
import type { Suite, SuiteRun } from './suite.ts';

/** What `npm test` runs, in this order. */
export const suites: readonly Suite[] = [
  tool('types', ['typescript', 'bin', 'tsc'], ['--noEmit', '--pretty', 'false']),
  tool('lint', ['eslint', 'bin', 'eslint.js'], ['--max-warnings=0', '.']),
  tool('format', ['prettier', 'bin', 'prettier.cjs'], ['--check', '--log-level=warn', '.']),
  {
    name: 'unit',
    limitMinutes: 3,
    counting: 'report-file',
    args: (run) => nodeTest(named(run, testsIn('unit')), inOneProcess),
  },
  {
    name: 'integration',
    prepare: prepareCurl,
    limitMinutes: 10,
    counting: 'report-file',
    args: (run) => testFiles(run, testsIn('integration'), 2),
  },
  {
    name: 'conformance',
    limitMinutes: 10,
    counting: 'report-file',
    args: (run) => testFiles(run, testsIn('conformance'), 2),
  },
  {
    name: 'properties',
    // For the many random meshes of CI on a busy machine; else it takes a minute.
    limitMinutes: 30,
    counting: 'report-file',
    args: (run) => testFiles(run, testsIn('properties'), 2),
  },
  {
    name: 'package',
    limitMinutes: 3,
    counting: 'report-file',
    args: (run) => testFiles(run, testsIn('package'), 1),
  },
  {
    name: 'host',
    prepare: prepareCurl,
    limitMinutes: 15,
    counting: 'report-file',
    needs: 'package',
    args: ({ reportFile, files }) => [inProject('scripts/testHost.ts'), reportFile, ...files],
  },
  {
    name: 'ui',
    prepare: prepareCurl,
    limitMinutes: 15,
    counting: 'report-file',
    needs: 'package',
    // One at a time: a workbench in a browser keeps two cores busy.
    args: (run) => testFiles(run, testsIn('ui'), 1),
  },
  {
    name: 'start',
    limitMinutes: 10,
    counting: 'report-file',
    args: (run) => testFiles(run, testsIn('start'), 1),
  },
  {
    name: 'apiserver',
    limitMinutes: 9,
    counting: 'report-file',
    isAtHand: () => binariesAtHand(),
    prepare: prepareApiServer,
    args: (run) => nodeTest(named(run, testsIn('apiserver')), { concurrency: 1 }),
  },
  {
    name: 'logs',
    limitMinutes: 3,
    counting: 'report-file',
    // The last one: it reads what all others left.
    args: (run) => testFiles(run, testsIn('logs'), 1),
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

function testFiles(run: SuiteRun, all: readonly string[], concurrency: number): readonly string[] {
  return nodeTest(named(run, all), { concurrency, testLimitMs: 120_000 });
}

/** The run with its test files: all, if the person asked for none. */
function named(run: SuiteRun, all: readonly string[]): SuiteRun {
  return run.files.length > 0 ? run : { ...run, files: all };
}
