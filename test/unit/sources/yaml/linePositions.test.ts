import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linePositions } from '../../../../src/sources/yaml/linePositions.ts';

test('every offset of a text is on the line and at the character where editors have it', () => {
  const text = 'a\nbc\n\nd';
  const at = linePositions(text);
  const places = [0, 1, 2, 3, 4, 5, 6, 7].map((offset) => {
    const { line, character } = at(offset);
    return `${line}:${character}`;
  });
  assert.deepEqual(places, ['0:0', '0:1', '1:0', '1:1', '1:2', '2:0', '3:0', '3:1']);
});
