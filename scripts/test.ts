// npm test                                    every suite that needs no cluster and no long preparation
// npm test -- all                             every suite, whatever must be built for it
// npm run check | test:unit | test:host | ... some of them: node scripts/test.ts [SUITE...] [-- TEST FILE...]
//
// Ends with one line, `N passed, N failed, N skipped`, over all suites that were asked for, and with exit code 1 if
// anything failed or a suite did not run. A suite that is left out counts as skipped.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject, outFolder } from './project.ts';
import { run, stopRequested } from './processes.ts';
import { choose } from './suites/choose.ts';
import { countLine, none, readReport, sum } from './suites/counts.ts';
import { freshLogs, keptLogs, keptLogsVariable } from './suites/keptLogs.ts';
import { resultOf } from './suites/result.ts';
import type { SuiteResult } from './suites/result.ts';
import { withLeaks } from './suites/secretScan.ts';
import type { Suite } from './suites/suite.ts';
import { suites } from './suites/suites.ts';

async function runSuite(
  suite: Suite,
  files: readonly string[],
  signal: AbortSignal,
): Promise<SuiteResult> {
  const reportFile = join(outFolder, `${suite.name}.report.json`);
  rmSync(reportFile, { force: true });
  const logs = freshLogs(suite.name);
  const prepared = (await suite.prepare?.(signal)) ?? { kind: 'ready' };
  if (prepared.kind === 'missing') {
    return resultOf(suite, { kind: 'not-started', cause: prepared.why, output: '' }, undefined);
  }
  const ending = await run(process.execPath, suite.args({ reportFile, files }), {
    cwd: inProject(),
    timeoutMs: suite.limitMinutes * 60_000,
    signal,
    env: { ...prepared.env, [keptLogsVariable]: logs },
  });
  writeFileSync(join(logs, 'output.log'), ending.output);
  const result = resultOf(suite, ending, readReport(reportFile));
  const left = keptLogs().filter((log) => log.suite === suite.name);
  return withLeaks({ ...result, note: prepared.note ?? result.note }, left);
}

function say(suite: Suite, seconds: string, { counts, note }: Omit<SuiteResult, 'trouble'>): void {
  const columns = [
    suite.name.padEnd(11),
    `${seconds.padStart(6)} s`,
    ` ${countLine(counts)}`,
    ` ${note}`,
  ];
  console.log(columns.join(' ').trimEnd());
}

async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => !arg.includes('/') && arg !== '--');
  const files = args.filter((arg) => arg.includes('/'));
  mkdirSync(outFolder, { recursive: true });
  const signal = stopRequested();
  const { chosen, leftOut } = await choose(names, suites);
  let total = none;
  for (const suite of chosen) {
    const since = performance.now();
    const result = await runSuite(suite, names.includes(suite.name) ? files : [], signal);
    process.stdout.write(result.trouble);
    say(suite, ((performance.now() - since) / 1000).toFixed(1), result);
    total = sum(total, result.counts);
    if (signal.aborted) break;
  }
  for (const suite of leftOut) {
    const counts = { ...none, skipped: 1 };
    say(suite, '0.0', {
      counts,
      note: `left out: npm run test:${suite.name} prepares and runs it`,
    });
    total = sum(total, counts);
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
