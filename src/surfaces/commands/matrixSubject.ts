import type { ClusterConnection } from '../../kube.ts';
import type {
  Client,
  Connection,
  HostPort,
  Mesh,
  ProbeTarget,
  WorkloadRef,
} from '../../mesh/index.ts';
import {
  allWorkloads,
  connect,
  curlProbe,
  describeReason,
  describeVerdict,
  hostPortsIn,
  namespacesOf,
  probePods,
  shortResult,
} from '../../mesh/index.ts';
import type {
  MatrixClient,
  MatrixPair,
  MatrixQuestion,
  MatrixServer,
} from '../matrix/buildMatrix.ts';
import { outcomeLine } from '../matrix/buildMatrix.ts';
import type { Fate } from '../matrix/matrixData.ts';
import type { MatrixSubject, Probed } from '../matrix/matrixPanel.ts';
import { setting } from '../platform/settings.ts';
import type { ProbeRun } from './probeReport.ts';
import { servedTargets } from './probeTarget.ts';
import { withProgress } from './progress.ts';
import { runProbe } from './runProbe.ts';

/** What a matrix is about, as somebody asked for it. */
export interface AskedMatrix {
  readonly title: string;
  /** Only these; everything without them. */
  readonly clients?: readonly WorkloadRef[];
  readonly targets?: readonly ProbeTarget[];
  /** The mesh after a change that is looked at. */
  readonly change?: (mesh: Mesh) => Mesh;
}

/** A matrix of a cluster, whose cells can be explained and probed. */
export function matrixSubject(cluster: ClusterConnection, asked: AskedMatrix): MatrixSubject {
  const question = (mesh: Mesh): MatrixQuestion => ({
    title: asked.title,
    clients: clientsOf(mesh, asked.clients),
    servers: asked.targets?.map(serverOf) ?? serversOf(mesh),
    ...(asked.change === undefined ? {} : { changed: asked.change(mesh) }),
  });
  return {
    source: cluster.source,
    question,
    explain: explained,
    probe: async (pair) => {
      const mesh = cluster.source.current?.mesh;
      return mesh === undefined
        ? { words: 'The mesh has not been read.' }
        : probePair(cluster, mesh, pair, asked.targets);
    },
  };
}

function clientsOf(
  mesh: Mesh,
  chosen: readonly WorkloadRef[] | undefined,
): readonly MatrixClient[] {
  const refs = chosen ?? [...allWorkloads(mesh)].map(({ ref }) => ref);
  const inside = refs.map((workload): MatrixClient => ({
    name: `${workload.namespace}/${workload.name}`,
    namespace: workload.namespace,
    client: { kind: 'workload', workload },
  }));
  if (chosen !== undefined) return inside;
  const outside: MatrixClient = { name: 'outside', namespace: '', client: { kind: 'outside' } };
  return [...inside.sort((left, right) => (left.name < right.name ? -1 : 1)), outside];
}

function serversOf(mesh: Mesh): readonly MatrixServer[] {
  const all = namespacesOf(mesh).flatMap(({ name }) =>
    hostPortsIn(mesh, name).map((to) => namedServer(to, name)),
  );
  return [...new Map(all.map((server) => [server.name, server])).values()];
}

/** A server under the name that a matrix of chosen targets shows. */
export function serverOf({ host, port }: ProbeTarget): MatrixServer {
  const [, namespace = ''] = host.split('.');
  const isShort = host.split('.').length === 2;
  return namedServer({ host: isShort ? `${host}.svc.cluster.local` : host, port }, namespace);
}

function namedServer(to: HostPort, namespace: string): MatrixServer {
  return { name: `${shortHost(to.host)}:${to.port}`, namespace, to };
}

function shortHost(host: string): string {
  return host.replace(/\.svc\.cluster\.local$/, '');
}

/** Why a connection ends as it does, and as it would after the change that is looked at. */
function explained(mesh: Mesh, { client, server, changed }: MatrixPair): readonly string[] {
  const lines = connect(mesh, client.client, server.to).flatMap(linesOf);
  if (changed === undefined) return lines;
  const after = connect(changed, client.client, server.to).flatMap(linesOf);
  return [...lines, 'After the change:', ...after];
}

function linesOf(connection: Connection): readonly string[] {
  return [`${outcomeLine(connection)}:`, ...connection.because.map(describeReason)];
}

async function probePair(
  cluster: ClusterConnection,
  mesh: Mesh,
  pair: MatrixPair,
  targets: readonly ProbeTarget[] | undefined,
): Promise<Probed> {
  const from = workloadOf(pair.client.client);
  if (from === undefined) return { words: 'A client outside the mesh has no pod to probe from.' };
  const [place] = probePods(mesh, from);
  if (place === undefined)
    return { words: `${pair.client.name} has no running pod to probe from.` };
  const { to } = pair.server;
  const target = [...(targets ?? []), ...servedTargets(mesh, {})].find(
    ({ host, port }) => host === shortHost(to.host) && port === to.port,
  ) ?? { scheme: 'http', host: shortHost(to.host), port: to.port, path: '/' };
  const seconds = setting('istioMtls.probe.timeoutSeconds');
  const probe = curlProbe(place, from, target, seconds);
  const run = await withProgress(`Probing ${pair.server.name}`, (signal) =>
    runProbe(cluster, probe, signal),
  );
  return probedWords(run);
}

function workloadOf(client: Client): WorkloadRef | undefined {
  return client.kind === 'workload' ? client.workload : undefined;
}

/** What a matrix shows of a probe that ran, or could not. */
export function probedWords({ seen, verdict, probe }: ProbeRun): Probed {
  const words = describeVerdict(verdict, probe.target);
  if (seen === undefined) return { words };
  const isAnswer = seen.exitCode === 0 && !seen.proxyFailure;
  const identity = seen.peerIdentity === undefined ? '' : '*';
  const fate: Fate = {
    symbol: `${shortResult(seen)}${identity}`,
    words,
    tone: isAnswer ? (identity === '' ? 'unknown' : 'safe') : 'refused',
  };
  return { words, seen: { fate, unlike: verdict.kind === 'contradicts' } };
}
