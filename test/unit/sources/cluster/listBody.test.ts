import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseList } from '../../../../src/sources/cluster/listBody.ts';

/** What was handed over item by item, and what the whole said beside its items. */
function parsed(text: string): { readonly items: readonly unknown[]; readonly list: unknown } {
  const items: unknown[] = [];
  const list = parseList(Buffer.from(text), (item) => items.push(item));
  return { items, list };
}

const claim = '{"metadata":{"name":"data"}}';

interface Row {
  readonly name: string;
  readonly text: string;
  readonly items: readonly unknown[];
}

const rows: readonly Row[] = [
  { name: 'no items', text: '{"metadata":{},"items":[]}', items: [] },
  { name: 'null instead of items', text: '{"metadata":{},"items":null}', items: [] },
  { name: 'one item', text: `{"items":[${claim}]}`, items: [JSON.parse(claim)] },
  {
    name: 'items that hold lists of what looks like items',
    text: `{"items":[{"metadata":{},"claims":[${claim},${claim}]},{"metadata":{},"claims":[${claim},${claim}]}]}`,
    items: Array.from({ length: 2 }, () => ({
      metadata: {},
      claims: [JSON.parse(claim), JSON.parse(claim)] as unknown,
    })),
  },
  {
    name: 'texts that hold the text of items',
    text: `{"items":[{"metadata":${JSON.stringify(`},${claim}`)}},{"metadata":"é,{"}]}`,
    items: [{ metadata: `},${claim}` }, { metadata: 'é,{' }],
  },
  {
    name: 'what is formatted for reading',
    text: JSON.stringify({ items: [{ metadata: 1 }, { metadata: 2 }] }, null, 2),
    items: [{ metadata: 1 }, { metadata: 2 }],
  },
];

describe('a list is read item by item:', () => {
  for (const { name, text, items } of rows) {
    it(name, () => {
      assert.deepEqual(parsed(text).items, items);
    });
  }

  it('any values, as JSON.parse reads them, wherever the rest of the list stands', () => {
    const item = fc.record({ metadata: fc.jsonValue(), spec: fc.jsonValue() });
    fc.assert(
      fc.property(fc.array(item), fc.boolean(), (items, sorted) => {
        const metadata = { resourceVersion: '7', continue: 'x' };
        // Custom resources come with their fields sorted, the others with the items last.
        const text = JSON.stringify(sorted ? { items, metadata } : { metadata, items });
        const read = parsed(text);
        assert.deepEqual(read.items, (JSON.parse(text) as { items: unknown }).items);
        assert.deepEqual((read.list as { metadata: unknown }).metadata, metadata);
      }),
    );
  });

  it('in one pass, whatever looks like items within them', (t) => {
    const references = Array.from({ length: 4_000 }, () => ({ apiVersion: 'v1', uid: 'x' }));
    const item = { apiVersion: 'v1', metadata: { ownerReferences: references } };
    const text = JSON.stringify({ items: [item, item] });
    const parse = t.mock.method(JSON, 'parse');
    assert.equal(parsed(text).items.length, 2);
    const read = parse.mock.calls.map(({ arguments: [part] }) => part.length);
    assert.ok(
      read.reduce((sum, length) => sum + length) < 1.1 * text.length,
      `${read.length} times`,
    );
  });

  it('not at all, when it is cut short or damaged', () => {
    const text = JSON.stringify({
      items: [{ metadata: [1] }, { metadata: [2] }, { metadata: [3] }],
    });
    for (let end = 1; end < text.length; end++) {
      assert.throws(() => parsed(text.slice(0, end)), SyntaxError, text.slice(0, end));
    }
    assert.throws(() => parsed(text.replace('2', '}')), SyntaxError);
  });
});
