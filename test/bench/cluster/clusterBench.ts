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
  Paged,
  RowsAsked,
  ServerQuestion,
  ServerReport,
  Watched,
} from './messages.ts';

/** The processes of one run. */
interface Processes {
  readonly server: Child<ServerQuestion>;
  readonly host: Child<HostQuestion>;
}

/** Namespaces that are expanded in the tree, with every workload in them. */
const expanded = 10;
const eventsPerSecond = 200;
/** All of these are STRICT to begin with; so is the first one that is expanded. */
const collapsedNamespaces = Array.from({ length: 18 }, (_, change) => 100 + change * 50);
const modes = new Map<number, string>();
const idleMs = 12_000;
const busyMs = 8_000;
const rounds = 5;
const pagedNamespaces = 10_000;

/**
 * What the cluster side costs on a cluster of 1 000 namespaces, 10 000 workloads, 20 000 pods, 5 000 Services and
 * 3 000 policies: an API server, a bare download and the product's own code, each in a process of its own.
 */
export async function clusterFigures(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'istio-mtls-bench-'));
  const server = startChild<ServerQuestion>('syntheticApiServer.ts');
  try {
    const { kubeconfig } = await report(server);
    const kubeconfigPath = join(folder, 'kubeconfig');
    await writeFile(kubeconfigPath, kubeconfig);
    const sync = await syncFigures(server, kubeconfigPath);
    const steady = await withHost((host) => measure({ server, host }, kubeconfigPath));
    return [...sync, ...steady, ...(await pageFigures())];
  } finally {
    await server.dispose();
    await rm(folder, { recursive: true });
  }
}

async function withHost<T>(use: (host: Child<HostQuestion>) => Promise<T>): Promise<T> {
  const host = startChild<HostQuestion>('extensionHost.ts', ['--expose-gc']);
  try {
    return await use(host);
  } finally {
    await host.dispose();
  }
}

async function measure(processes: Processes, kubeconfigPath: string): Promise<readonly Figure[]> {
  await processes.host.ask({ kind: 'open', kubeconfigPath, expanded });
  const heap = await heapFigure(processes);
  const idle = await idleFigure(processes);
  return [heap, idle, ...(await quietFigures(processes)), ...(await busyFigures(processes))];
}

/** One complete sync, the bare download right before it, and both seen from the same moment. */
interface Round {
  readonly opened: Opened;
  readonly bare: Downloaded;
  readonly paintMs: number;
  readonly syncMs: number;
}

async function syncFigures(
  server: Child<ServerQuestion>,
  kubeconfigPath: string,
): Promise<Figure[]> {
  const all: Round[] = [];
  for (let round = 0; round < rounds; round++) all.push(await syncOnce(server, kubeconfigPath));
  // Of the middle round, so that the two times belong together.
  const ratio = median(all.map(({ syncMs, bare }) => syncMs / bare.ms));
  const middle = all.find(({ syncMs, bare }) => syncMs / bare.ms === ratio);
  if (middle === undefined) throw new Error('nothing was measured');
  const { opened, bare, syncMs } = middle;
  return [
    figure('first paint after the first answer', [
      median(all.map(({ paintMs }) => paintMs)),
      'ms',
      1000,
    ]),
    {
      name: `complete sync: ${opened.workloads} workloads, ${opened.pods} pods, ${opened.rows} rows`,
      value: `${syncMs.toFixed(0)} ms`,
      against: `bare download ${bare.ms.toFixed(0)} ms, ${(bare.bytes / 1e6).toFixed(0)} MB`,
      ratio,
      budget: 3,
    },
  ];
}

async function syncOnce(server: Child<ServerQuestion>, kubeconfigPath: string): Promise<Round> {
  const bare = await bareDownload(kubeconfigPath);
  return withHost(async (host) => {
    const opened = (await host.ask({ kind: 'open', kubeconfigPath, expanded })) as Opened;
    const { firstAnswerAt } = await report(server);
    const paintMs = opened.firstPaintAt - firstAnswerAt;
    return { opened, bare, paintMs, syncMs: opened.syncedAt - opened.startedAt };
  });
}

async function bareDownload(kubeconfigPath: string): Promise<Downloaded> {
  const child = startChild<{ readonly kubeconfigPath: string }>('bareDownload.ts');
  try {
    return (await child.ask({ kubeconfigPath })) as Downloaded;
  } finally {
    await child.dispose();
  }
}

async function heapFigure({ host }: Processes): Promise<Figure> {
  const bytes = (await host.ask({ kind: 'heap' })) as number;
  return figure('heap of the extension host', [bytes / 1e6, 'MB', 150]);
}

async function idleFigure({ host }: Processes): Promise<Figure> {
  const { processor } = (await host.ask({ kind: 'watch', forMs: idleMs })) as Watched;
  return figure('processor while idle', [processor * 100, '% of a core', 3]);
}

async function pageFigures(): Promise<readonly Figure[]> {
  const child = startChild<{ readonly namespaces: number }>('pagedTree.ts');
  try {
    const paged = (await child.ask({ namespaces: pagedNamespaces })) as Paged;
    return [
      figure(`first page of ${pagedNamespaces} namespaces`, [paged.firstPageMs, 'ms', 1000]),
      figure('a policy on a later page to its count', [paged.policyMs, 'ms', 250]),
      figure('a filter over all of them', [paged.filterMs, 'ms', 250]),
    ];
  } finally {
    await child.dispose();
  }
}

async function quietFigures(processes: Processes): Promise<readonly Figure[]> {
  const collapsed = await changePolicies(processes, collapsedNamespaces.slice(0, 4));
  const open = await changePolicies(processes, [0]);
  const most = (rows: readonly ChangedRow[]): number => Math.max(...rows.map(({ asked }) => asked));
  return [
    figure('rows asked for after a policy, at most', [most(collapsed), 'rows', 3]),
    figure('the same in an expanded namespace', [most(open), 'rows', 100]),
  ];
}

async function busyFigures(processes: Processes): Promise<readonly Figure[]> {
  const { server, host } = processes;
  const before = await report(server, { kind: 'pod-events', perSecond: eventsPerSecond });
  const busy = (await host.ask({ kind: 'watch', forMs: busyMs })) as Watched;
  const rows = await changePolicies(processes, collapsedNamespaces);
  const after = await report(server, { kind: 'pod-events', perSecond: 0 });
  const seconds = (after.now - before.now) / 1000;
  const rate = (after.podEvents - before.podEvents) / seconds;
  const delays = rows.map(({ delay }) => delay).toSorted((left, right) => left - right);
  return [
    unlimited(
      `processor under ${rate.toFixed(0)} pod events a second`,
      `${(busy.processor * 100).toFixed(0)} % of a core`,
    ),
    unlimited(
      'rows asked for a second meanwhile',
      `${perSecond(busy.rowsAsked)} in ${perSecond(busy.refreshes)} refreshes`,
    ),
    figure('policy event to row, at 95 %', [percentile95(delays), 'ms', 250], {
      said: `, median ${median(delays).toFixed(0)} ms`,
    }),
    figure('full refreshes under load', [busy.fullRefreshes, 'times', 0]),
  ];
}

function perSecond(count: number): number {
  return Math.round(count / (busyMs / 1000));
}

interface ChangedRow extends RowsAsked {
  readonly delay: number;
}

/** Changes the mode of one namespace after the other and sees how long its row takes. */
async function changePolicies(
  { server, host }: Processes,
  namespaces: readonly number[],
): Promise<readonly ChangedRow[]> {
  const rows: ChangedRow[] = [];
  for (const index of namespaces) {
    const repainted = host.ask({ kind: 'await-row', namespace: namespaceName(index) });
    // Not in step with anything that is collected for a while.
    await wait(300 + ((index * 37) % 80));
    modes.set(index, modes.get(index) === 'DISABLE' ? 'STRICT' : 'DISABLE');
    const mode = modes.get(index) ?? 'STRICT';
    const { now: sentAt } = await report(server, { kind: 'change-policy', index, mode });
    const row = (await repainted) as RowsAsked;
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
