import type { TestEvent } from 'node:test/reporters';

/** A node:test reporter that says of each test, when it ends, how it ended and how long it took. */
export default async function* progressReporter(
  source: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details.type === 'suite') continue;
    const seconds = (data.details.duration_ms / 1000).toFixed(1);
    yield `${type === 'test:pass' ? '✔' : '✖'} ${seconds.padStart(5)} s  ${data.name}\n`;
  }
}
