import type { TestEvent } from 'node:test/reporters';
import type { Counts } from './counts.ts';

/** A node:test reporter that writes {@link Counts} as JSON when the run is over. */
export default async function* countsReporter(
  source: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  for await (const event of source) {
    // The summaries of single files name their file; the one of the whole run does not.
    if (event.type !== 'test:summary' || event.data.file !== undefined) continue;
    const { passed, skipped, todo, tests } = event.data.counts;
    const counts: Counts = {
      passed,
      failed: tests - passed - skipped - todo,
      skipped: skipped + todo,
    };
    yield JSON.stringify(counts);
  }
}
