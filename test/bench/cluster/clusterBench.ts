import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import type { Figure } from '../figures.ts';
import { median } from '../figures.ts';
import { namespaceName } from '../largeMesh.ts';
import type { Child } from './child.ts';
import { startChild } from './child.ts';
import type {
  Downloaded,
  HostQuestion,
  Opened,
  RowRepainted,
  ServerQuestion,
  ServerReport,
  Watched,
} from './messages.ts';

/** The processes of one run. */
interface Processes {
  readonly server: Child<ServerQuestion>;
  readonly host: Child<HostQuestion>;
  readonly kubeconfigPath: string;
}

/** Namespaces that are expanded in the tree, with every workload in them. */
const expanded = 10;
const eventsPerSecond = 200;
const policyChanges = 24;
const idleMs = 12_000;
const busyMs = 8_000;
const bareRounds = 3;

/**
 * What the cluster side costs on a cluster of 1 000 namespaces, 10 000 workloads, 20 000 pods, 5 000 Services and
 * 3 000 policies: an API server, a bare download and the product's own code, each in a process of its own.
 */
export async function clusterFigures(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'istio-mtls-bench-'));
  const server = startChild<ServerQuestion>('syntheticApiServer.ts');
  const host = startChild<HostQuestion>('extensionHost.ts', ['--expose-gc']);
  try {
    const { kubeconfig } = await report(server);
    const kubeconfigPath = join(folder, 'kubeconfig');
    await writeFile(kubeconfigPath, kubeconfig);
    return await measure({ server, host, kubeconfigPath });
  } finally {
    await Promise.all([server.dispose(), host.dispose()]);
    await rm(folder, { recursive: true });
  }
}

async function measure(processes: Processes): Promise<readonly Figure[]> {
  const sync = await syncFigures(processes);
  const heap = await heapFigure(processes);
  const idle = await idleFigure(processes);
  const busy = await busyFigures(processes);
  return [...sync, heap, idle, ...busy];
}

async function syncFigures({ server, host, kubeconfigPath }: Processes): Promise<Figure[]> {
  const bare = await bareDownload(kubeconfigPath);
  const opened = (await host.ask({ kind: 'open', kubeconfigPath, expanded })) as Opened;
  const { firstAnswerAt } = await report(server);
  const { firstPaintAt, rowsAtFirstPaint, syncedAt, startedAt } = opened;
  const size = `${opened.workloads} workloads, ${opened.pods} pods, ${opened.rows} rows`;
  return [
    figure('first paint after the first answer', [firstPaintAt - firstAnswerAt, 'ms', 1000], {
      said: `, ${rowsAtFirstPaint} rows`,
    }),
    {
      name: `complete sync: ${size}`,
      value: `${(syncedAt - startedAt).toFixed(0)} ms`,
      against: `bare download ${bare.ms.toFixed(0)} ms, ${(bare.bytes / 1e6).toFixed(0)} MB`,
      ratio: (syncedAt - startedAt) / bare.ms,
      budget: 3,
    },
  ];
}

/** The median of several downloads, in one process, so that it is compiled like the product's code never is. */
async function bareDownload(kubeconfigPath: string): Promise<Downloaded> {
  const downloads: Downloaded[] = [];
  for (let round = 0; round < bareRounds; round++) {
    const child = startChild<{ readonly kubeconfigPath: string }>('bareDownload.ts');
    try {
      downloads.push((await child.ask({ kubeconfigPath })) as Downloaded);
    } finally {
      await child.dispose();
    }
  }
  const [any] = downloads;
  if (any === undefined) throw new Error('nothing was downloaded');
  return { ...any, ms: median(downloads.map(({ ms }) => ms)) };
}

async function heapFigure({ host }: Processes): Promise<Figure> {
  const bytes = (await host.ask({ kind: 'heap' })) as number;
  return figure('heap of the extension host', [bytes / 1e6, 'MB', 150]);
}

async function idleFigure({ host }: Processes): Promise<Figure> {
  const { processor } = (await host.ask({ kind: 'watch', forMs: idleMs })) as Watched;
  return figure('processor while idle', [processor * 100, '% of a core', 3]);
}

async function busyFigures(processes: Processes): Promise<readonly Figure[]> {
  const { server, host } = processes;
  const before = await report(server, { kind: 'pod-events', perSecond: eventsPerSecond });
  const busy = (await host.ask({ kind: 'watch', forMs: busyMs })) as Watched;
  const rows = await changePolicies(processes);
  const after = await report(server, { kind: 'pod-events', perSecond: 0 });
  const seconds = (after.now - before.now) / 1000;
  const rate = (after.podEvents - before.podEvents) / seconds;
  const delays = rows.map(({ delay }) => delay).toSorted((left, right) => left - right);
  const fired = Math.max(...rows.map(({ rowsFired }) => rowsFired));
  const asked = Math.max(...rows.map(({ rowsAskedAgain }) => rowsAskedAgain));
  return [
    unlimited(
      `processor under ${rate.toFixed(0)} pod events a second`,
      `${(busy.processor * 100).toFixed(0)} % of a core`,
    ),
    unlimited('rows repainted a second meanwhile', String(perSecond(busy.rowsAskedAgain))),
    figure('policy event to row, 95th of 100', [percentile95(delays), 'ms', 250], {
      said: `, median ${median(delays).toFixed(0)} ms`,
    }),
    figure('rows that a policy changes, at most', [fired, 'rows', 10], {
      said: `, ${asked} asked for`,
    }),
    figure('full refreshes under load', [busy.fullRefreshes, 'times', 0]),
  ];
}

function perSecond(count: number): number {
  return Math.round(count / (busyMs / 1000));
}

interface ChangedRow extends RowRepainted {
  readonly delay: number;
}

/** Changes the mode of one namespace after the other and sees how long its row takes. */
async function changePolicies({ server, host }: Processes): Promise<readonly ChangedRow[]> {
  const rows: ChangedRow[] = [];
  for (let change = 0; change < policyChanges; change++) {
    // All of these are STRICT to begin with; the row of the mesh counts every second one as such.
    const index = 100 + change * 25;
    const repainted = host.ask({ kind: 'await-row', namespace: namespaceName(index) });
    // Not in step with anything that is collected for a while.
    await wait(100 + ((change * 37) % 80));
    const { now: sentAt } = await report(server, { kind: 'change-policy', index, mode: 'DISABLE' });
    const row = (await repainted) as RowRepainted;
    rows.push({ ...row, delay: row.at - sentAt });
  }
  return rows;
}

function percentile95(sorted: readonly number[]): number {
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

async function report(
  server: Child<ServerQuestion>,
  question: ServerQuestion = { kind: 'report' },
): Promise<ServerReport> {
  return (await server.ask(question)) as ServerReport;
}

function figure(
  name: string,
  [value, unit, budget]: readonly [number, string, number],
  { said = '' } = {},
): Figure {
  const digits = value < 10 ? 1 : 0;
  return {
    name,
    value: `${value.toFixed(digits)} ${unit}${said}`,
    against: `budget ${budget} ${unit}`,
    ratio: budget === 0 ? value : value / budget,
    budget: budget === 0 ? 0 : 1,
  };
}

/** A figure that is shown and has no budget. */
function unlimited(name: string, value: string): Figure {
  return { name, value, against: '', ratio: 0, budget: Number.POSITIVE_INFINITY };
}
