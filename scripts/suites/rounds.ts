import { none, sum } from './counts.ts';
import type { Counts } from './counts.ts';
import { keepCoresBusy } from './busyCores.ts';
import { endLine } from './print.ts';
import { runSuite } from './runSuite.ts';
import type { Suite } from './suite.ts';

export interface RoundsOptions {
  readonly rounds: number;
  /** How many of the rounds, the last ones, run beside processes that keep all cores busy. */
  readonly busyRounds: number;
  /** The test files that the person asked for; empty for all. They are of the suites in {@link named}. */
  readonly files: readonly string[];
  /** The suites that the person asked for by name. */
  readonly named: readonly string[];
  readonly signal: AbortSignal;
}

export interface RoundsResult {
  /** Over all rounds. */
  readonly counts: Counts;
  /** The rounds in which each test failed, counted from 1; a test that passed every time is not in it. */
  readonly failures: ReadonlyMap<string, readonly number[]>;
  readonly rounds: number;
  /** The first round that ran beside the busy processes; after the last if none did. */
  readonly firstBusy: number;
}

/** Processes that keep cores busy in a busy round. */
const busyProcesses = 4;

/** Runs suites again and again, one at a time, and keeps which tests failed in which round. */
export async function runRounds(
  suites: readonly Suite[],
  options: RoundsOptions,
): Promise<RoundsResult> {
  const { rounds, busyRounds, signal } = options;
  const firstBusy = rounds - Math.min(busyRounds, rounds) + 1;
  const failures = new Map<string, number[]>();
  let counts = none;
  for (let round = 1; round <= rounds && !signal.aborted; round += 1) {
    const isBusy = round >= firstBusy;
    console.log(`Round ${round} of ${rounds}${isBusy ? ', on busy cores' : ''}`);
    const busy = isBusy ? keepCoresBusy(busyProcesses) : undefined;
    try {
      const ended = await runRound(suites, options);
      counts = sum(counts, ended.counts);
      for (const test of ended.failedTests)
        failures.set(test, [...(failures.get(test) ?? []), round]);
    } finally {
      await busy?.dispose();
    }
  }
  return { counts, failures, rounds, firstBusy };
}

interface RoundEnd {
  readonly counts: Counts;
  readonly failedTests: ReadonlySet<string>;
}

async function runRound(suites: readonly Suite[], options: RoundsOptions): Promise<RoundEnd> {
  const { named, signal } = options;
  const failedTests = new Set<string>();
  let counts = none;
  for (const suite of suites) {
    if (signal.aborted) break;
    const files = named.includes(suite.name) ? options.files : [];
    const end = await runSuite(suite, { files, signal, onProgress: () => undefined });
    process.stdout.write(end.trouble);
    console.log(endLine(suite.name, end));
    counts = sum(counts, end.counts);
    for (const test of end.failedTests) failedTests.add(`${suite.name}: ${test}`);
  }
  return { counts, failedTests };
}

/** What the person reads: each test that did not pass every time, and when it failed. */
export function unsteadyLines({ failures, rounds, firstBusy }: RoundsResult): readonly string[] {
  if (failures.size === 0) return [`Every test passed in each of ${rounds} rounds.`];
  const lines = [...failures].map(([test, failed]) => {
    const when = failed.map((round) => (round >= firstBusy ? `${round} (busy)` : `${round}`));
    return `  ${test}\n    failed in ${failed.length} of ${rounds} rounds: ${when.join(', ')}`;
  });
  return ['These did not pass every time:', ...lines];
}
