import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';
import { root } from '../project.ts';

/** A node:test reporter that is silent about what passes and tells each failure with its file and cause. */
export default async function* failuresReporter(
  source: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  for await (const event of source) {
    if (event.type !== 'test:fail') continue;
    const { name, file, line, details } = event.data;
    const error: unknown = details.error.cause;
    // A suite that fails because a test in it failed has nothing to add.
    if (details.type === 'suite' && /subtests? failed/.test(inspect(error))) continue;
    const place = file === undefined ? '' : `${relative(root, file)}:${line}`;
    yield `\n✖ ${name}  ${place}\n${indent(inspect(error, { depth: 8 }))}\n`;
  }
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
