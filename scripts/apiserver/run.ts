// npm run test:apiserver [-- TEST FILE...]     the suite against a real kube-apiserver
//
// Ends with one line, `N passed, N failed, N skipped`, and with exit code 1 if anything failed or the suite could not run.

import { globSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { programsVariable } from '../../test/apiserver/environment/programPaths.ts';
import { run, stopRequested } from '../processes.ts';
import { inProject, outFolder, root } from '../project.ts';
import { countLine, none, readReport } from '../suites/counts.ts';
import { findBinaries } from './binaries.ts';

const limitMinutes = 9;
const reportFile = join(outFolder, 'apiserver.report.json');

function testArguments(files: readonly string[]): readonly string[] {
  const all = globSync('test/apiserver/**/*.test.ts', { cwd: root }).sort();
  return [
    '--test',
    // One file at a time: each has clusters of its own.
    '--test-concurrency=1',
    `--test-reporter=${inProject('scripts/suites/failuresReporter.ts')}`,
    '--test-reporter-destination=stdout',
    `--test-reporter=${inProject('scripts/suites/countsReporter.ts')}`,
    `--test-reporter-destination=${reportFile}`,
    ...(files.length > 0 ? files : all),
  ];
}

/** Runs the suite and answers whether all is well. */
async function main(files: readonly string[]): Promise<boolean> {
  const search = await findBinaries(console.error);
  if (search.kind === 'missing') {
    console.error(`The API server suite could not run: ${search.why}`);
    console.log(countLine({ ...none, failed: 1 }));
    return false;
  }
  console.log(search.sources);
  mkdirSync(outFolder, { recursive: true });
  rmSync(reportFile, { force: true });
  const ending = await run(process.execPath, testArguments(files), {
    cwd: inProject(),
    timeoutMs: limitMinutes * 60_000,
    signal: stopRequested(),
    env: { [programsVariable]: JSON.stringify(search.paths) },
  });
  process.stdout.write(ending.output);
  const report = readReport(reportFile);
  const complete = ending.kind === 'exited' && report !== undefined && report.passed > 0;
  if (!complete) console.error(`The API server suite did not run to its end (${ending.kind}).`);
  const counts = report ?? none;
  console.log(countLine(complete ? counts : { ...counts, failed: counts.failed + 1 }));
  return complete && ending.code === 0;
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
