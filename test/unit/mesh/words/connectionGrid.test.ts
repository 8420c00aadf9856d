import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { foldGrid, gridLines, gridSymbol } from '../../../../src/mesh/words/connectionGrid.ts';

const row = (name: string, cells: string): { name: string; cells: readonly string[] } => ({
  name,
  cells: Array.from(cells),
});

describe('a grid', () => {
  test('has one row for clients that fare alike, and one column for servers that do', () => {
    const rows = [row('a', 'MMP'), row('b', 'XXP'), row('c', 'MMP')];
    assert.deepEqual(foldGrid(rows, ['s', 't', 'u']), {
      rows: [
        { names: ['a', 'c'], cells: ['M', 'P'] },
        { names: ['b'], cells: ['X', 'P'] },
      ],
      columns: [['s', 't'], ['u']],
    });
  });

  test('numbers its columns and names them below, so that long names make no line wide', () => {
    const rows = [row('foo/sleep', 'MP'), row('legacy/sleep', 'XP')];
    const servers = ['httpbin.foo.svc.cluster.local:8000', 'httpbin.legacy.svc.cluster.local:8000'];
    assert.deepEqual(gridLines(foldGrid(rows, servers), 'FROM'), [
      'FROM          1  2',
      'foo/sleep     M  P',
      'legacy/sleep  X  P',
      '',
      '1  httpbin.foo.svc.cluster.local:8000',
      '2  httpbin.legacy.svc.cluster.local:8000',
    ]);
  });

  test('says how many more a folded row stands for', () => {
    const rows = ['a', 'b', 'c', 'd', 'e'].map((name) => row(name, 'M'));
    assert.equal(gridLines(foldGrid(rows, ['s']), 'FROM')[1], 'a, b, c and 2 more  M');
  });

  test('names both outcomes where endpoints differ', () => {
    const refused = { kind: 'refused', by: 'server', symptom: 'server-resets-plaintext' } as const;
    assert.equal(gridSymbol([refused, { kind: 'plaintext' }, refused]), 'P/X');
  });
});
