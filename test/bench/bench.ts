import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { countLine } from '../../scripts/suites/counts.ts';
import { textTable } from '../../src/cli/textTable.ts';
import { activationFigures } from './activation/activationBench.ts';
import { composeAgainstIstio } from './againstIstio.ts';
import { checkAgainstIstioctl } from './againstIstioctl.ts';
import { clusterFigures } from './cluster/clusterBench.ts';
import { editorFigures } from './editorBench.ts';
import { engineFigures } from './engineBench.ts';
import { holds, type Figure } from './figures.ts';

/**
 * npm run bench [-- --against-istio | --against-istioctl | --activation | --cluster | --editor]: prints a table and writes out/bench.json, or
 * out/bench-cluster.json; ends with a line of counts, and with 1 if a figure misses its budget. Each figure is a ratio measured in this run.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      activation: { type: 'boolean' },
      'against-istio': { type: 'boolean' },
      'against-istioctl': { type: 'boolean' },
      cluster: { type: 'boolean' },
      editor: { type: 'boolean' },
    },
  });
  const ofCluster = values.cluster === true;
  const figures = await figuresAskedFor(values);
  process.stdout.write(table(figures));
  for (const { name, note } of figures) {
    if (note !== undefined) process.stdout.write(`${name}: ${note}\n`);
  }
  const out = new URL('../../out/', import.meta.url);
  mkdirSync(out, { recursive: true });
  const document = {
    version: 1,
    figures: figures.map((figure) => ({ ...figure, holds: holds(figure) })),
  };
  const file = ofCluster ? 'bench-cluster.json' : 'bench.json';
  writeFileSync(new URL(file, out), `${JSON.stringify(document, null, 2)}\n`);
  const passed = figures.filter(holds).length;
  process.stdout.write(`${countLine({ passed, failed: figures.length - passed, skipped: 0 })}\n`);
  process.exitCode = passed === figures.length ? 0 : 1;
}

interface Asked {
  readonly activation?: boolean;
  readonly 'against-istio'?: boolean;
  readonly 'against-istioctl'?: boolean;
  readonly cluster?: boolean;
  readonly editor?: boolean;
}

async function figuresAskedFor(asked: Asked): Promise<readonly Figure[]> {
  if (asked.cluster === true) return await clusterFigures();
  if (asked.editor === true) return editorFigures();
  if (asked['against-istioctl'] === true) return await checkAgainstIstioctl();
  const ofActivation = await activationFigures();
  if (asked.activation === true) return ofActivation;
  return [...ofActivation, ...(await ofEngine(asked['against-istio']))];
}

async function ofEngine(againstIstio = false): Promise<readonly Figure[]> {
  const figures = await engineFigures();
  return againstIstio ? [...figures, ...(await composeAgainstIstio())] : figures;
}

function table(figures: readonly Figure[]): string {
  return textTable(
    ['FIGURE', 'MEASURED', 'AGAINST', 'RATIO', 'BUDGET', ''],
    figures.map((figure) => [
      figure.name,
      figure.value,
      figure.against,
      figure.ratio.toFixed(3),
      Number.isFinite(figure.budget) ? Number(figure.budget.toPrecision(4)).toString() : 'none',
      holds(figure) ? 'holds' : 'MISSED',
    ]),
  );
}

await main();
