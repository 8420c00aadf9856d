import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { MatrixData } from '../../src/surfaces/matrix/matrixData.ts';
import { until } from '../support/until.ts';
import { exampleMatrix } from '../unit/surfaces/matrix/exampleMatrix.ts';
import { MatrixPage } from './matrixPage.ts';

/** So many clients and servers that all of their cells would keep a browser busy for seconds. */
function large(count: number): MatrixData {
  const names = Array.from({ length: count }, (_, index) => String(index).padStart(3, '0'));
  return {
    ...exampleMatrix,
    title: `Connections of ${count} clients`,
    clients: names.map((name) => ({ name: `team-${name}/app`, namespace: `team-${name}` })),
    servers: names.map((name) => ({ name: `app.team-${name}:8080`, namespace: `team-${name}` })),
    predicted: Array.from({ length: count * count }, (_, pair) => pair % 3),
  };
}

const probed = {
  kind: 'probed',
  pair: 3,
  seen: { fate: { symbol: '200', words: 'Not as predicted', tone: 'plain' }, unlike: true },
  words: 'Not as predicted: the server answered in plaintext.',
} as const;

describe('the page of the matrix', () => {
  let matrix: MatrixPage;

  before(async () => {
    matrix = await MatrixPage.open('dark');
    await matrix.show(exampleMatrix);
  });
  after(() => matrix.close());

  it('is a grid that says its size, with headings for rows and columns', async () => {
    const grid = matrix.page.getByRole('grid', { name: 'Connections' });
    assert.equal(await grid.getAttribute('aria-rowcount'), '4');
    assert.equal(await grid.getAttribute('aria-colcount'), '3');
    assert.deepEqual(await matrix.page.getByRole('columnheader').allTextContents(), [
      'from \\ to',
      'httpbin.bar:8000',
      'httpbin.foo:8000',
    ]);
    assert.deepEqual(await matrix.page.getByRole('rowheader').allTextContents(), [
      'foo/sleep',
      'legacy/sleep',
      'outside',
    ]);
  });

  it('moves by arrows, says why on Enter and probes on P', async () => {
    const { page } = matrix;
    await page.getByRole('grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    const active = await page.getByRole('grid').getAttribute('aria-activedescendant');
    assert.equal(active, 'cell-1-1');
    await page.keyboard.press('Enter');
    await page.keyboard.press('p');
    assert.deepEqual((await matrix.posted()).slice(-2), [
      { kind: 'explain', pair: 3 },
      { kind: 'probe', pair: 3 },
    ]);
  });

  it('says the reasons as text, whatever is in them', async () => {
    const lines = ['Refused by the server:', '<img src=x onerror=alert(1)>'];
    await matrix.tell({ kind: 'reasons', pair: 3, lines });
    await matrix.page.getByText('<img src=x onerror=alert(1)>').waitFor();
    assert.equal(await matrix.page.locator('img').count(), 0);
    await matrix.page.getByRole('heading', { name: 'legacy/sleep → httpbin.foo:8000' }).waitFor();
  });

  it('marks a probe that was not as predicted, and can show only such', async () => {
    const { page } = matrix;
    await matrix.tell(probed);
    const cell = page.getByRole('gridcell', {
      name: 'legacy/sleep to httpbin.foo:8000: predicted refused; probed Not as predicted; unlike',
    });
    await cell.waitFor();
    await page.getByLabel('only unlike').check();
    assert.equal(await page.getByRole('gridcell').count(), 1);
    await page.getByLabel('only unlike').uncheck();
  });

  it('filters by names, sorts by what is worst and puts namespaces together', async () => {
    const { page } = matrix;
    await page.getByLabel('From').fill('legacy');
    assert.deepEqual(await page.getByRole('rowheader').allTextContents(), ['legacy/sleep']);
    await page.getByLabel('From').fill('nobody');
    await page.getByText('Nothing here fits what is shown.').waitFor();
    await page.getByLabel('From').fill('');
    await page.getByRole('combobox', { name: 'Sort' }).selectOption('worst');
    assert.equal((await page.getByRole('columnheader').allTextContents())[1], 'httpbin.foo:8000');
    await page.getByRole('combobox', { name: 'Sort' }).selectOption('name');
    await page.getByLabel('Show').selectOption('namespace');
    assert.deepEqual(await page.getByRole('rowheader').allTextContents(), [
      'foo',
      'legacy',
      '(none)',
    ]);
    await page.getByLabel('Show').selectOption('workload');
  });

  it('asks for an export of what is shown', async () => {
    const { page } = matrix;
    await page.getByLabel('From').fill('legacy');
    await page.getByLabel('Export').selectOption('csv');
    assert.deepEqual((await matrix.posted()).at(-1), {
      kind: 'export',
      format: 'csv',
      pairs: [2, 3],
    });
    await page.getByLabel('From').fill('');
  });

  it('shows before and after a change in one cell', async () => {
    await matrix.show({ ...exampleMatrix, title: 'If foo were STRICT', after: [0, 0, 2, 2, 1, 2] });
    const cell = matrix.page.getByRole('gridcell', {
      name: 'legacy/sleep to httpbin.bar:8000: predicted plaintext; after the change refused; unlike',
    });
    assert.match((await cell.textContent()) ?? '', /^P→X/);
    await matrix.picture('matrix-page-dark');
    await matrix.paint('light');
    await matrix.picture('matrix-page-light');
  });

  it('draws of 500 by 500 only what is in sight, wherever that is', async () => {
    const { page } = matrix;
    await matrix.show(large(500));
    assert.ok((await page.getByRole('gridcell').count()) < 600);
    await page.getByRole('grid').focus();
    await page.keyboard.press('Control+End');
    await page.getByRole('rowheader', { name: 'team-499/app' }).waitFor();
    await until('the last cell is the active one', async () => {
      const active = await page.getByRole('grid').getAttribute('aria-activedescendant');
      return active === 'cell-499-499';
    });
    assert.ok((await page.getByRole('gridcell').count()) < 600);
    await matrix.picture('matrix-page-large');
  });

  it('needs nothing that its content security policy keeps out', () => {
    assert.deepEqual(matrix.complaints, []);
  });
});
