import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../processes.ts';
import { inProject, outFolder } from '../project.ts';
import { none, readReport } from './counts.ts';
import { freshLogs, keptLogs, keptLogsVariable } from './keptLogs.ts';
import { resultOf } from './result.ts';
import type { SuiteResult } from './result.ts';
import { withLeaks } from './secretScan.ts';
import type { Suite } from './suite.ts';

export interface SuiteOptions {
  /** The test files that the person asked for; empty for all. */
  readonly files: readonly string[];
  /** For how long a suite that tries random cases should do so; its own choice if absent. */
  readonly minutes?: number;
  readonly signal: AbortSignal;
  /** Hears what a suite with progress says while it runs. */
  readonly onProgress: (text: string) => void;
}

/** A suite that was run. */
export interface SuiteEnd extends SuiteResult {
  readonly seconds: number;
}

/** Prepares a suite, runs its program to the end, keeps its logs, and judges both. */
export async function runSuite(suite: Suite, options: SuiteOptions): Promise<SuiteEnd> {
  const since = performance.now();
  const result = await resultOfRun(suite, options);
  return { ...result, seconds: (performance.now() - since) / 1000 };
}

async function resultOfRun(
  suite: Suite,
  { files, minutes, signal, onProgress }: SuiteOptions,
): Promise<SuiteResult> {
  const reportFile = join(outFolder, `${suite.name}.report.json`);
  rmSync(reportFile, { force: true });
  const logs = freshLogs(suite.name);
  const prepared = (await suite.prepare?.(signal)) ?? { kind: 'ready' };
  if (prepared.kind === 'missing') {
    return resultOf(suite, { kind: 'not-started', cause: prepared.why, output: '' }, undefined);
  }
  if (prepared.kind === 'skipped') return skipped(prepared.why);
  const asked = { reportFile, files, ...(minutes !== undefined && { minutes }) };
  const ending = await run(process.execPath, suite.args(asked), {
    cwd: inProject(),
    timeoutMs: (suite.limitMinutes + (minutes ?? 0)) * 60_000,
    signal,
    env: { ...prepared.env, [keptLogsVariable]: logs },
    ...(suite.progress === true && { onErrorOutput: onProgress }),
  });
  writeFileSync(join(logs, 'output.log'), ending.output);
  const result = resultOf(suite, ending, readReport(reportFile));
  const left = keptLogs().filter((log) => log.suite === suite.name);
  return withLeaks({ ...result, note: prepared.note ?? result.note }, left);
}

/** The result of a suite that this machine has no use for. */
function skipped(why: string): SuiteResult {
  return { counts: { ...none, skipped: 1 }, trouble: '', note: why, failedTests: [] };
}
