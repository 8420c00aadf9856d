import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPageMessage } from '../../../../src/surfaces/matrix/matrixData.ts';
import { exportMatrix } from '../../../../src/surfaces/matrix/matrixExport.ts';
import { exampleMatrix } from './exampleMatrix.ts';

const all = [0, 1, 2, 3, 4, 5];

const probed = {
  ...exampleMatrix,
  probed: [
    [3, { fate: { symbol: '200', words: 'Not as predicted, "200"', tone: 'plain' }, unlike: true }],
  ] as const,
};

describe('a matrix that is exported', () => {
  it('is a line of CSV for each pair, whose fields stay text in spreadsheets', () => {
    const evil = {
      ...probed,
      clients: [{ name: '=1+1', namespace: '' }, ...probed.clients.slice(1)],
    };
    const lines = exportMatrix(evil, all, 'csv').split('\r\n');
    assert.equal(lines[0], 'from,to,predicted,observed,probed,unlike');
    assert.equal(lines[1], "'=1+1,httpbin.bar:8000,mutual TLS,,,no");
    assert.equal(
      lines[4],
      'legacy/sleep,httpbin.foo:8000,refused,,"Not as predicted, ""200""",yes',
    );
    assert.equal(lines.length, 8);
  });

  it('is a table of Markdown of what is shown only', () => {
    const text = exportMatrix(probed, [2, 3], 'markdown');
    assert.match(text, /^\| from \\ to \| `httpbin\.bar:8000` \| `httpbin\.foo:8000` \|$/m);
    assert.match(text, /^\| `legacy\/sleep` \| P \| X probed 200! \|$/m);
    assert.doesNotMatch(text, /outside/);
  });

  it('shows what a change alters', () => {
    const data = { ...exampleMatrix, after: [0, 0, 2, 2, 1, 2] };
    assert.match(exportMatrix(data, [2], 'markdown'), /\| P→X \|/);
    assert.match(exportMatrix(data, [2], 'csv'), /^from,to,predicted,after,/);
  });

  it('is a picture with every name and symbol in it, and no markup of theirs', () => {
    const evil = {
      ...probed,
      clients: [{ name: '<script>', namespace: '' }, ...probed.clients.slice(1)],
    };
    const svg = exportMatrix(evil, all, 'svg');
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.doesNotMatch(svg, /<script>/);
    assert.equal(svg.match(/fill="#b7e1cd"/g)?.length, 2);
  });
});

describe('what a page sends', () => {
  const rows: readonly (readonly [name: string, value: unknown, read: boolean])[] = [
    ['a question about a pair', { kind: 'explain', pair: 3 }, true],
    ['a probe of a pair', { kind: 'probe', pair: 0 }, true],
    ['an export', { kind: 'export', format: 'svg', pairs: [1, 2] }, true],
    ['a pair that is no number', { kind: 'probe', pair: '0' }, false],
    ['a pair that is none', { kind: 'probe', pair: -1 }, false],
    ['a format that there is not', { kind: 'export', format: 'exe', pairs: [] }, false],
    ['pairs that are none', { kind: 'export', format: 'csv', pairs: [{}] }, false],
    ['anything else', 'ready', false],
    ['nothing', null, false],
  ];
  for (const [name, value, read] of rows)
    it(`is ${read ? 'read' : 'left alone'}: ${name}`, () => {
      assert.equal(readPageMessage(value) !== undefined, read);
    });
});
