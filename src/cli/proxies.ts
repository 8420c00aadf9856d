import type { ClusterConnection } from '../kube.ts';
import type { FoundProxy, Mesh, ProxyReport } from '../mesh/index.ts';
import {
  describeNoProxy,
  proxiesOf,
  proxyOf,
  proxySentences,
  proxyTables,
  unlikeRoots,
  workloadsIn,
} from '../mesh/index.ts';
import { clusterFailure, withCluster } from './clusterMesh.ts';
import type { MeshOptions } from './commandLine.ts';
import { badInput } from './inputFile.ts';
import { readOverrides } from './openMesh.ts';
import type { Answer } from './printAnswer.ts';
import type { Terminal } from './terminal.ts';
import { textTable } from './textTable.ts';
import { proxyJson } from './proxyJson.ts';

/** Whose proxies are asked, and where. */
export interface ProxyQuestion extends MeshOptions {
  /** `NAMESPACE/POD` of each, or `NAMESPACE/WORKLOAD` for all its pods. */
  readonly pods: readonly string[];
  readonly onContext: string;
}

/** Milliseconds for each command in a pod. */
const COMMAND_LIMIT_MS = 30_000;

/** What running proxies have, and whether any of it is wrong. */
export async function proxies(
  question: ProxyQuestion,
  terminal: Terminal,
): Promise<Answer & { readonly isWrong: boolean }> {
  const { pods, onContext } = question;
  const overrides = await readOverrides(question);
  const reports = await withCluster(
    { context: onContext, overrides },
    terminal,
    async (mesh, cluster) => {
      const all: ProxyReport[] = [];
      for (const found of pods.flatMap((name) => proxiesNamed(mesh, name)))
        all.push(await reportOf(mesh, cluster, { found, terminal }));
      return all;
    },
  );
  const roots = unlikeRoots(
    new Map(reports.map(({ place, state }) => [`${place.namespace}/${place.pod}`, state])),
  );
  const isWrong =
    roots.length > 0 ||
    reports.some(({ comparison, findings }) => comparison.differences + findings.length > 0);
  return {
    document: { version: 1, proxies: reports.map(proxyJson), unlikeRoots: roots },
    table: () =>
      [...reports.map(reportText), rootsText(roots)].filter((text) => text !== '').join('\n'),
    isWrong,
  };
}

type Asked = Extract<FoundProxy, { readonly kind: 'found' }>;

/** The proxy of the pod of that name, or those of all running pods of the workload. */
function proxiesNamed(mesh: Mesh, name: string): readonly Asked[] {
  const [namespace, podName, ...rest] = name.split('/');
  if (namespace === undefined || podName === undefined || rest.length > 0)
    throw badInput(
      `"${name}" names no pod: write NAMESPACE/POD, or NAMESPACE/WORKLOAD for all its pods.`,
    );
  const found = proxyOf(mesh, namespace, podName);
  if (found.kind === 'found') return [found];
  const workload = workloadsIn(mesh, namespace).find((one) => one.name === podName);
  const all = workload === undefined ? [] : proxiesOf(workload);
  if (all.length > 0) return all;
  const what = workload === undefined || found.why !== 'no-such-pod' ? 'pod' : 'workload';
  const why =
    what === 'pod' ? describeNoProxy(found.why) : 'has no running pod whose proxy can be asked.';
  throw badInput(`The ${what} ${name} ${why}`);
}

async function reportOf(
  mesh: Mesh,
  cluster: ClusterConnection,
  { found, terminal }: { readonly found: Asked; readonly terminal: Terminal },
): Promise<ProxyReport> {
  const { namespace, pod } = found.place;
  terminal.progress(`Asking the proxy of ${namespace}/${pod} …`);
  const { signal } = terminal;
  const reading = await cluster.actions.readProxy(mesh, found, {
    timeoutMs: COMMAND_LIMIT_MS,
    signal,
  });
  switch (reading.kind) {
    case 'forbidden':
      throw clusterFailure(
        `This context may not run commands in pods of the namespace ${reading.namespace}, which reading a proxy needs: create on pods/exec.`,
      );
    case 'cancelled':
      throw clusterFailure('It was called off.');
    case 'read':
      return reading.report;
  }
}

function reportText(report: ProxyReport): string {
  const { namespace, pod } = report.place;
  const tables = proxyTables(report).map(({ title, heading, rows, empty }) => {
    const body = rows.length === 0 ? `${empty}\n` : textTable(heading, rows);
    return `${title}:\n${body}`;
  });
  const sentences = proxySentences(report).map((sentence) => `${sentence}\n`);
  return `The proxy of ${namespace}/${pod}\n${sentences.join('')}\n${tables.join('\n')}`;
}

function rootsText(roots: ReturnType<typeof unlikeRoots>): string {
  if (roots.length === 0) return '';
  const lines = roots.map(({ serial, proxies: who }) => `  ${serial}: ${who.join(', ')}\n`);
  return `Not all of these proxies trust the same roots:\n${lines.join('')}`;
}
