import { globSync } from 'node:fs';
import { sep } from 'node:path';
import { binariesAtHand } from '../apiserver/binaries.ts';
import { prepareApiServer } from '../apiserver/prepare.ts';
import { prepareCurl } from '../machine/curl.ts';
import { inProject, root } from '../project.ts';
import { nodeTest } from './nodeTest.ts';
import type { Suite, SuiteRun } from './suite.ts';

/** Folders of test/ with a suite of their own below, or a command of their own. Everything else is run by `unit`. */
const notUnit = ['package', 'host', 'ui', 'start', 'apiserver', 'bench', 'logs'];

/** What `npm test` runs, in this order. */
export const suites: readonly Suite[] = [
  tool('types', ['typescript', 'bin', 'tsc'], ['--noEmit', '--pretty', 'false']),
  tool('lint', ['eslint', 'bin', 'eslint.js'], ['--max-warnings=0', '.']),
  tool('format', ['prettier', 'bin', 'prettier.cjs'], ['--check', '--log-level=warn', '.']),
  {
    name: 'unit',
    prepare: prepareCurl,
    // For the many random meshes of CI on a busy machine; else it takes a minute.
    limitMinutes: 15,
    counting: 'report-file',
    args: (run) => testFiles(run, unitTests(), 2),
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

function unitTests(): readonly string[] {
  return testsIn('*').filter((file) => !notUnit.includes(file.split(sep)[1] ?? ''));
}

function testFiles(run: SuiteRun, all: readonly string[], concurrency: number): readonly string[] {
  return nodeTest(named(run, all), { concurrency, testLimitMs: 120_000 });
}

/** The run with its test files: all, if the person asked for none. */
function named(run: SuiteRun, all: readonly string[]): SuiteRun {
  return run.files.length > 0 ? run : { ...run, files: all };
}
