import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cellLabel, viewOf, type ViewChoice } from '../../../../src/surfaces/matrix/matrixView.ts';
import { exampleMatrix, noneSeen } from './exampleMatrix.ts';

const everything: ViewChoice = {
  by: 'workload',
  from: '',
  to: '',
  unlikeOnly: false,
  sort: 'name',
};

const seen = {
  observed: new Map([
    [
      1,
      { fate: { symbol: 'P', words: 'plaintext, 3 times', tone: 'plain' as const }, unlike: true },
    ],
  ]),
  probed: new Map(),
};

describe('the matrix that is shown', () => {
  const rows: readonly {
    readonly name: string;
    readonly choice: Partial<ViewChoice>;
    readonly rows: readonly string[];
    readonly columns: readonly string[];
  }[] = [
    {
      name: 'is every client by every server',
      choice: {},
      rows: ['foo/sleep', 'legacy/sleep', 'outside'],
      columns: ['httpbin.bar:8000', 'httpbin.foo:8000'],
    },
    {
      name: 'is filtered by parts of names, whatever their case',
      choice: { from: 'LEGACY', to: '.foo' },
      rows: ['legacy/sleep'],
      columns: ['httpbin.foo:8000'],
    },
    {
      name: 'puts together what belongs to one namespace',
      choice: { by: 'namespace' },
      rows: ['foo', 'legacy', '(none)'],
      columns: ['bar', 'foo'],
    },
    {
      name: 'has the most refused first where that is asked for',
      choice: { sort: 'worst' },
      rows: ['legacy/sleep', 'outside', 'foo/sleep'],
      columns: ['httpbin.foo:8000', 'httpbin.bar:8000'],
    },
    {
      name: 'can be only what was seen otherwise than predicted',
      choice: { unlikeOnly: true },
      rows: ['foo/sleep'],
      columns: ['httpbin.foo:8000'],
    },
  ];
  for (const row of rows)
    it(row.name, () => {
      const view = viewOf(exampleMatrix, seen, { ...everything, ...row.choice });
      assert.deepEqual(view.rows, row.rows);
      assert.deepEqual(view.columns, row.columns);
    });

  it('counts fates where a cell stands for many', () => {
    const data = {
      ...exampleMatrix,
      servers: exampleMatrix.servers.map((one) => ({ ...one, namespace: 'all' })),
    };
    const view = viewOf(data, noneSeen, { ...everything, by: 'namespace' });
    const { pair, predicted } = view.cell(1, 0);
    assert.equal(pair, undefined);
    assert.deepEqual(
      predicted.map(({ fate, count }) => `${fate.symbol} ${count}`),
      ['P 1', 'X 1'],
    );
  });

  it('marks what a change alters', () => {
    const data = { ...exampleMatrix, after: [0, 0, 2, 2, 1, 2] };
    const view = viewOf(data, noneSeen, { ...everything, unlikeOnly: true });
    assert.deepEqual([view.rows, view.columns], [['legacy/sleep'], ['httpbin.bar:8000']]);
    assert.equal(view.cell(0, 0).unlike, true);
  });

  it('is read out as predicted, observed and probed', () => {
    const view = viewOf(exampleMatrix, seen, everything);
    assert.equal(
      cellLabel('foo/sleep', 'httpbin.foo:8000', view.cell(0, 1)),
      'foo/sleep to httpbin.foo:8000: predicted mutual TLS; observed plaintext, 3 times; unlike',
    );
  });
});
