import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { textTable } from '../../src/cli/textTable.ts';
import { composeAgainstIstio } from './againstIstio.ts';
import { engineFigures } from './engineBench.ts';
import { holds, type Figure } from './figures.ts';

/**
 * npm run bench [-- --against-istio]: prints a table and writes out/bench.json; ends with 1 if a figure
 * misses its budget. Each figure is a ratio measured in this run.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'against-istio': { type: 'boolean' } } });
  const figures = [
    ...(await engineFigures()),
    ...(values['against-istio'] === true ? await composeAgainstIstio() : []),
  ];
  process.stdout.write(table(figures));
  const out = new URL('../../out/', import.meta.url);
  mkdirSync(out, { recursive: true });
  const document = {
    version: 1,
    figures: figures.map((figure) => ({ ...figure, holds: holds(figure) })),
  };
  writeFileSync(new URL('bench.json', out), `${JSON.stringify(document, null, 2)}\n`);
  process.exitCode = figures.every(holds) ? 0 : 1;
}

function table(figures: readonly Figure[]): string {
  return textTable(
    ['FIGURE', 'MEASURED', 'AGAINST', 'RATIO', 'BUDGET', ''],
    figures.map((figure) => [
      figure.name,
      figure.value,
      figure.against,
      figure.ratio.toFixed(3),
      Number.isFinite(figure.budget) ? figure.budget.toString() : 'none',
      holds(figure) ? 'holds' : 'MISSED',
    ]),
  );
}

await main();
