import { globSync } from 'node:fs';
import { binariesAtHand } from '../apiserver/binaries.ts';
import { prepareApiServer } from '../apiserver/prepare.ts';
import { prepareCurl } from '../machine/curl.ts';
import { prepareCurlAndShells } from '../machine/shells.ts';
import { meshAtHand, prepareMesh } from '../mesh/prepare.ts';
import { inProject, root } from '../project.ts';
import { preparePrometheus, prometheusAtHand } from '../prometheus/prepare.ts';
import { inOneProcess, nodeTest } from './nodeTest.ts';
import type { Suite, SuiteRun } from './suite.ts';

/** Runs as long as it must for the many random meshes of CI; else a law takes seconds. */
const lawLimitMs = 20 * 60_000;

/** What `npm test` runs, in this order, the longest of those that run side by side first. */
export const suites: readonly Suite[] = [
  {
    name: 'properties',
    limitMinutes: 40,
    counting: 'report-file',
    progress: true,
    args: (run) =>
      nodeTest(named(run, testsIn('properties')), {
        concurrency: 1,
        progress: true,
        testLimitMs: lawLimitMs,
      }),
  },
  {
    name: 'conformance',
    limitMinutes: 10,
    counting: 'report-file',
    progress: true,
    args: (run) =>
      nodeTest(named(run, testsIn('conformance')), {
        concurrency: 1,
        progress: true,
        testLimitMs: lawLimitMs,
      }),
  },
  tool('types', ['typescript', 'bin', 'tsc'], ['--noEmit', '--pretty', 'false']),
  tool(
    'page-types',
    ['typescript', 'bin', 'tsc'],
    ['--noEmit', '--pretty', 'false', '-p', 'src/surfaces/matrix/page'],
  ),
  tool('lint', ['eslint', 'bin', 'eslint.js'], ['--max-warnings=0', '.']),
  tool(
    'format',
    ['prettier', 'bin', 'prettier.cjs'],
    ['--check', '--cache', '--log-level=warn', '.'],
  ),
  {
    name: 'unit',
    limitMinutes: 3,
    counting: 'report-file',
    args: (run) => nodeTest(named(run, testsIn('unit')), inOneProcess),
  },
  {
    name: 'package',
    limitMinutes: 6,
    counting: 'report-file',
    args: (run) => testFiles(run, testsIn('package'), 1),
  },
  {
    name: 'integration',
    prepare: prepareCurlAndShells,
    limitMinutes: 10,
    alone: true,
    counting: 'report-file',
    args: (run) => testFiles(run, testsIn('integration'), 2),
  },
  {
    name: 'host',
    prepare: prepareCurl,
    limitMinutes: 15,
    alone: true,
    counting: 'report-file',
    needs: 'package',
    args: ({ reportFile, files }) => [inProject('scripts/testHost.ts'), reportFile, ...files],
  },
  {
    name: 'ui',
    prepare: prepareCurl,
    limitMinutes: 15,
    alone: true,
    counting: 'report-file',
    needs: 'package',
    // One at a time: a workbench in a browser keeps two cores busy.
    args: (run) => testFiles(run, testsIn('ui'), 1),
  },
  {
    name: 'start',
    limitMinutes: 15,
    alone: true,
    counting: 'report-file',
    args: (run) => testFiles(run, testsIn('start'), 1),
  },
  {
    name: 'apiserver',
    limitMinutes: 9,
    alone: true,
    counting: 'report-file',
    isAtHand: () => binariesAtHand(),
    prepare: prepareApiServer,
    args: (run) => nodeTest(named(run, testsIn('apiserver')), { concurrency: 1 }),
  },
  {
    name: 'prometheus',
    limitMinutes: 5,
    counting: 'report-file',
    isAtHand: () => prometheusAtHand(),
    prepare: preparePrometheus,
    args: (run) => nodeTest(named(run, testsIn('prometheus')), { concurrency: 1 }),
  },
  {
    name: 'mesh',
    limitMinutes: 15,
    alone: true,
    counting: 'report-file',
    isAtHand: () => meshAtHand(),
    prepare: prepareMesh,
    args: (run) => [
      inProject('scripts/testMesh.ts'),
      ...(run.minutes === undefined ? [] : [`--minutes=${run.minutes}`]),
      process.execPath,
      ...nodeTest(named(run, testsIn('mesh')), { concurrency: 1 }),
    ],
  },
  {
    name: 'fuzz',
    limitMinutes: 60,
    counting: 'report-file',
    // Minutes of a hundred thousand inputs: by name, or with all.
    isAtHand: () => Promise.resolve(false),
    args: (run) =>
      nodeTest(named(run, testsIn('fuzz')), { concurrency: 1, testLimitMs: 3 * lawLimitMs }),
  },
  {
    name: 'logs',
    limitMinutes: 3,
    alone: true,
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
