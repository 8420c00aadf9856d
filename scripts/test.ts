// npm test                                    every suite that needs no cluster
// npm run check | test:unit | test:host | ... some of them: node scripts/test.ts [SUITE...] [-- TEST FILE...]
//
// Ends with one line, `N passed, N failed, N skipped`, over all suites that were asked for, and with exit code 1 if
// anything failed or a suite did not run.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inProject, outFolder } from './project.ts';
import { run, stopRequested } from './processes.ts';
import { countLine, none, readReport, sum } from './suites/counts.ts';
import { resultOf } from './suites/result.ts';
import type { SuiteResult } from './suites/result.ts';
import { suites } from './suites/suites.ts';
import type { Suite } from './suites/suites.ts';

async function runSuite(
  suite: Suite,
  files: readonly string[],
  signal: AbortSignal,
): Promise<SuiteResult> {
  const reportFile = join(outFolder, `${suite.name}.report.json`);
  rmSync(reportFile, { force: true });
  const ending = await run(process.execPath, suite.args({ reportFile, files }), {
    cwd: inProject(),
    timeoutMs: suite.limitMinutes * 60_000,
    signal,
  });
  return resultOf(suite, ending, readReport(reportFile));
}

/** The suites named, with those that they need; all if none is named. */
function chosen(names: readonly string[]): readonly Suite[] {
  const unknown = names.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown !== undefined) {
    const known = suites.map(({ name }) => name).join(', ');
    throw new RangeError(`There is no suite "${unknown}". Suites: ${known}.`);
  }
  const wanted = new Set(names);
  for (const { name, needs } of suites)
    if (wanted.has(name) && needs !== undefined) wanted.add(needs);
  return wanted.size === 0 ? suites : suites.filter(({ name }) => wanted.has(name));
}

async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => !arg.includes('/') && arg !== '--');
  const files = args.filter((arg) => arg.includes('/'));
  mkdirSync(outFolder, { recursive: true });
  const signal = stopRequested();
  let total = none;
  for (const suite of chosen(names)) {
    const since = performance.now();
    const { counts, trouble, note } = await runSuite(
      suite,
      names.includes(suite.name) ? files : [],
      signal,
    );
    const seconds = ((performance.now() - since) / 1000).toFixed(1).padStart(6);
    process.stdout.write(trouble);
    console.log(`${suite.name.padEnd(8)} ${seconds} s   ${countLine(counts)}   ${note}`.trimEnd());
    total = sum(total, counts);
    if (signal.aborted) break;
  }
  console.log(countLine(total));
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
