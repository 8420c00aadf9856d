import { countLine } from './counts.ts';
import type { SuiteEnd } from './runSuite.ts';

/** A suite's seconds and counts in columns. */
export function endLine(
  name: string,
  { seconds, counts, note }: Pick<SuiteEnd, 'seconds' | 'counts' | 'note'>,
): string {
  const columns = [
    name.padEnd(11),
    `${seconds.toFixed(1).padStart(6)} s`,
    ` ${countLine(counts)}`,
    ` ${note}`,
  ];
  return columns.join(' ').trimEnd();
}

/** Prints what a suite says of its progress, a line at a time, with the suite's name before it. */
export function progressPrinter(suite: string): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) console.log(`${suite.padEnd(11)} ${line}`);
  };
}
