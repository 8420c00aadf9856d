// npm run test:steady [-- [--rounds N] [--busy N] [SUITE...] [-- TEST FILE...]]
//
// Runs every suite that needs no long preparation five times, the last two of them beside four processes that keep all
// cores busy, and prints each test that did not pass every time. Exit code 1 if there is one.

import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { stopRequested } from './processes.ts';
import { outFolder } from './project.ts';
import { choose } from './suites/choose.ts';
import { countLine } from './suites/counts.ts';
import { runRounds, unsteadyLines } from './suites/rounds.ts';
import { suites } from './suites/suites.ts';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '5' },
      busy: { type: 'string', default: '2' },
    },
  });
  const files = positionals.filter((each) => each.includes('/'));
  const names = positionals.filter((each) => !each.includes('/'));
  const [rounds, busyRounds] = [count('rounds', values.rounds), count('busy', values.busy)];
  const known = suites.filter(({ isAtHand }) => isAtHand === undefined);
  const { chosen } = await choose(names.length === 0 ? ['all'] : names, known);
  mkdirSync(outFolder, { recursive: true });
  const signal = stopRequested();
  const result = await runRounds(chosen, { rounds, busyRounds, files, named: names, signal });
  console.log(unsteadyLines(result).join('\n'));
  console.log(countLine(result.counts));
  process.exitCode = result.counts.failed > 0 || result.counts.passed === 0 ? 1 : 0;
}

/** How many rounds an option says. */
function count(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`--${option} must be a number of rounds, not "${text}".`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
