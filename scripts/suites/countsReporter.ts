import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { root } from '../project.ts';
import type { Report } from './counts.ts';

/** A node:test reporter that writes a {@link Report} as JSON when the run is over. */
export default async function* countsReporter(
  source: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  const failedTests = new Set<string>();
  const path: string[] = [];
  for await (const event of source) {
    // The events of one file come in order: a suite starts before the tests in it.
    if (event.type === 'test:start') path[event.data.nesting] = event.data.name;
    if (event.type === 'test:fail' && event.data.details.type !== 'suite') {
      const names = [...path.slice(0, event.data.nesting), event.data.name];
      const file = event.data.file === undefined ? '' : `${relative(root, event.data.file)}: `;
      failedTests.add(file + names.join(' › '));
    }
    // The summaries of single files name their file; the one of the whole run does not.
    if (event.type !== 'test:summary' || event.data.file !== undefined) continue;
    const { passed, skipped, todo, tests } = event.data.counts;
    const report: Report = {
      passed,
      failed: tests - passed - skipped - todo,
      skipped: skipped + todo,
      failedTests: [...failedTests],
    };
    yield JSON.stringify(report);
  }
}
