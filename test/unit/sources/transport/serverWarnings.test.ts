import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { serverWarnings } from '../../../../src/sources/transport/serverWarnings.ts';

const rows: readonly (readonly [string, string | undefined, readonly string[]])[] = [
  ['no header', undefined, []],
  ['one text', '299 - "v1beta1 is deprecated"', ['v1beta1 is deprecated']],
  [
    'two headers, which Node joins',
    '299 - "one, with a comma", 299 - "two"',
    ['one, with a comma', 'two'],
  ],
  [
    'quotes and backslashes',
    String.raw`299 - "unknown field \"spec.mtsl\" in C:\\x"`,
    ['unknown field "spec.mtsl" in C:\\x'],
  ],
  ['the same twice', '299 - "one", 299 - "one"', ['one']],
  ['a code that is of caches', '110 - "Response is Stale"', []],
  ['something else altogether', 'hello', []],
  ['a token', '299 - "your token: abc.def.ghi is old"', ['your token: (removed) is old']],
];

describe('the warnings of an answer', () => {
  for (const [name, header, expected] of rows) {
    it(`are read: ${name}`, () => {
      assert.deepEqual(serverWarnings(header), expected);
    });
  }

  it('stay on their line, short and few, whatever a webhook says', () => {
    const [one = ''] = serverWarnings(`299 - "${'x'.repeat(400)}"`);
    assert.equal(one.length, 301);
    assert.doesNotMatch(serverWarnings('299 - "a\u202eb\u0007c"').join(), /[\u202e\u0007]/);
    const many = Array.from({ length: 50 }, (_, index) => `299 - "w${index}"`).join(', ');
    assert.equal(serverWarnings(many).length, 10);
  });
});
