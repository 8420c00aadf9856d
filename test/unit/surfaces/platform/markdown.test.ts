import assert from 'node:assert/strict';
import { test } from 'node:test';
import { list, paragraph, shortList, type Line } from '../../../../src/mesh/topic/blocks.ts';
import { openIn } from '../../../../src/surfaces/hover/openIn.ts';
import { commandsIn, markdownOf } from '../../../../src/surfaces/platform/markdown.ts';

const cases: readonly { readonly name: string; readonly line: Line; readonly markdown: string }[] =
  [
    {
      name: 'text from a cluster cannot become a link',
      line: ['[x](command:evil)'],
      markdown: '\\[x\\]\\(command\\:evil\\)',
    },
    {
      name: 'text from a cluster cannot become HTML or an entity',
      line: ['<img src=x>&amp;'],
      markdown: '&lt;img src=x\\>&amp;amp;',
    },
    {
      name: 'text from a cluster cannot start a new block',
      line: ['a\n\n# b'],
      markdown: 'a \\# b',
    },
    {
      name: 'addresses are not turned into links',
      line: ['https://x.y'],
      markdown: 'https\\://x\\.y',
    },
    {
      name: 'code with a backtick stays one piece of code',
      line: [{ code: 'a`b' }],
      markdown: '`` a`b ``',
    },
    { name: 'code cannot leave its line', line: [{ code: 'a\n\nb' }], markdown: '`a b`' },
    { name: 'strong text is escaped too', line: [{ strong: 'a*b' }], markdown: '**a\\*b**' },
    {
      name: 'a way to an object is a link behind the line; it carries the name encoded, parentheses included',
      line: ['x', { open: { kind: 'Service', namespace: 'n', name: 'a) [b](c' } }],
      markdown:
        'x · [Open](command:istioMtls.openManifest?%5B%7B%22kind%22%3A%22object%22%2C%22context%22%3A%22demo%3Ad%22%2C%22object%22%3A%7B%22kind%22%3A%22Service%22%2C%22namespace%22%3A%22n%22%2C%22name%22%3A%22a%29%20%5Bb%5D%28c%22%7D%7D%5D)',
    },
  ];

for (const { name, line, markdown } of cases) {
  test(name, () => {
    assert.equal(markdownOf([paragraph(...line)], openIn('demo:d')), markdown);
  });
}

test('blocks stand apart and list items below each other', () => {
  const blocks = [paragraph('a'), ...list([['b'], ['c']]), paragraph('d')];
  assert.equal(markdownOf(blocks), 'a\n\n- b\n- c\n\nd');
});

test('a long list ends in how many more there are', () => {
  assert.equal(markdownOf(shortList([['a'], ['b'], ['c']], 2)), '- a\n- b\n- and 1 more');
  assert.deepEqual(shortList([], 2), []);
});

test('the commands of all lines are known, each once', () => {
  const link = { open: { kind: 'Service', namespace: 'n', name: 's' } } as const;
  const blocks = [paragraph(link), ...list([[link], ['x']])];
  assert.deepEqual(commandsIn(blocks, openIn('demo:d')), ['istioMtls.openManifest']);
});

test('without a cluster there is nothing to open, and no command to trust', () => {
  const blocks = [paragraph('x', { open: { kind: 'Service', namespace: 'n', name: 's' } })];
  assert.equal(markdownOf(blocks, openIn(undefined)), 'x');
  assert.deepEqual(commandsIn(blocks, openIn(undefined)), []);
});
