import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';
import { root } from '../project.ts';

/**
 * A node:test reporter that is silent about what passes, tells each failure with its file and cause, and hands on what the
 * tests print themselves.
 */
export default async function* failuresReporter(
  source: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type === 'test:stdout' || event.type === 'test:stderr') yield event.data.message;
    if (event.type !== 'test:fail') continue;
    const { name, file, line, details } = event.data;
    const error: unknown = details.error.cause;
    // A suite that fails because a test in it failed has nothing to add.
    if (details.type === 'suite' && /subtests? failed/.test(inspect(error))) continue;
    const place = file === undefined ? '' : `${relative(root, file)}:${line}`;
    yield `\n✖ ${name}  ${place}\n${indent(explain(error))}\n`;
  }
}

/** What an error says, and where in the checkout it came from. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  const places = (error.stack ?? '')
    .split('\n')
    .filter(
      (line) => /^\s+at /.test(line) && line.includes(root) && !line.includes('node_modules'),
    );
  const cause = error.cause === undefined ? [] : [`because: ${explain(error.cause)}`];
  return [error.message, ...places.slice(0, 5), ...cause].join('\n');
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
