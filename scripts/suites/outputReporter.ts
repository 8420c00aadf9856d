import type { TestEvent } from 'node:test/reporters';

/** A node:test reporter that keeps everything that the tests print themselves. */
export default async function* outputReporter(
  source: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type === 'test:stdout' || event.type === 'test:stderr') yield event.data.message;
  }
}
