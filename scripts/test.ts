// npm test                                    every suite that needs no cluster and no long preparation
// npm test -- all                             every suite, whatever must be built for it
// npm run check | test:unit | test:host | ... some of them: node scripts/test.ts [SUITE...] [-- TEST FILE...]
// npm run test:mesh -- --minutes 30           random meshes for so long
// npm run test:host -- --vscode 1.107.0       inside that version of VS Code, downloaded
//
// Ends with one line, `N passed, N failed, N skipped`, over all suites that were asked for, and with exit code 1 if
// anything failed or a suite did not run. A suite that is left out counts as skipped.

import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { outFolder } from './project.ts';
import { stopRequested } from './processes.ts';
import { choose } from './suites/choose.ts';
import { countLine, none, sum } from './suites/counts.ts';
import { endLine, progressPrinter } from './suites/print.ts';
import { runSuite } from './suites/runSuite.ts';
import type { SuiteEnd } from './suites/runSuite.ts';
import { sideBySide } from './suites/sideBySide.ts';
import type { Suite } from './suites/suite.ts';
import { suites } from './suites/suites.ts';

/** A suite that was not asked for by name and would have to be prepared for long. */
function leftOutEnd({ name }: Suite): SuiteEnd {
  const note = `left out: npm run test:${name} prepares and runs it`;
  return { counts: { ...none, skipped: 1 }, trouble: '', note, failedTests: [], seconds: 0 };
}

function minutesIn(text: string): number {
  const minutes = Number(text);
  if (minutes > 0) return minutes;
  throw new RangeError(`"${text}" is no number of minutes.`);
}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: args.filter((arg) => arg !== '--'),
    options: { minutes: { type: 'string' }, vscode: { type: 'string' } },
    allowPositionals: true,
  });
  const names = positionals.filter((arg) => !arg.includes('/'));
  const files = positionals.filter((arg) => arg.includes('/'));
  const minutes = values.minutes === undefined ? {} : { minutes: minutesIn(values.minutes) };
  if (values.vscode !== undefined) process.env['ISTIO_MTLS_VSCODE'] = values.vscode;
  mkdirSync(outFolder, { recursive: true });
  const signal = stopRequested();
  const { chosen, leftOut } = await choose(names, suites);
  const since = performance.now();
  const ends = new Map<Suite, SuiteEnd>();
  await sideBySide(chosen, availableParallelism(), async (suite) => {
    if (signal.aborted) return;
    const asked = names.includes(suite.name) ? files : [];
    const onProgress = progressPrinter(suite.name);
    const end = await runSuite(suite, { files: asked, ...minutes, signal, onProgress });
    ends.set(suite, end);
    process.stdout.write(end.trouble);
    console.log(endLine(suite.name, end));
  });
  for (const suite of leftOut) ends.set(suite, leftOutEnd(suite));
  tell([...chosen, ...leftOut], ends, (performance.now() - since) / 1000);
}

/** Prints a table of the suites, if there are several, and the closing line; sets the exit code. */
function tell(order: readonly Suite[], ends: ReadonlyMap<Suite, SuiteEnd>, seconds: number): void {
  const run = order.flatMap((suite) => {
    const end = ends.get(suite);
    return end === undefined ? [] : [{ suite, end }];
  });
  const counts = run.map(({ end }) => end.counts).reduce(sum, none);
  if (run.length > 1) {
    const lines = run.map(({ suite, end }) => endLine(suite.name, end));
    console.log(['', ...lines, endLine('in all', { counts, seconds, note: '' }), ''].join('\n'));
  }
  console.log(countLine(counts));
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
