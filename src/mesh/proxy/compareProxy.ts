import type { Mesh } from '../snapshot/mesh.ts';
import { workloadMtls } from '../server/workloadMtls.ts';
import { hostPortsIn, type HostPort } from '../connection/hostPorts.ts';
import { namespacesOf } from '../snapshot/mesh.ts';
import { takenAt } from './inboundListener.ts';
import {
  predictedCluster,
  predictedPort,
  type PredictedCluster,
  type PredictedPort,
  type ProxyOwner,
} from './predictedProxy.ts';
import type { PortTaken, ProxyCluster, ProxyState, SentShare } from './proxyState.ts';

/** How what a proxy has stands to what the objects of the mesh say. */
export type Agreement = 'same' | 'differs' | 'not-compared';

/** One port of a pod; `port` is undefined for all that nothing lists. */
export interface ComparedPort {
  readonly port: number | undefined;
  /** Undefined where the proxy takes nothing. */
  readonly has: PortTaken | undefined;
  readonly predicted: PredictedPort | undefined;
  readonly agreement: Agreement;
}

/** One host and port as a pod’s proxy reaches it. */
export interface ComparedCluster {
  readonly to: HostPort;
  /** Undefined where the proxy has no such cluster. */
  readonly has: ProxyCluster | undefined;
  readonly predicted: PredictedCluster;
  readonly agreement: Agreement;
}

/** What a running proxy has beside what is predicted of it. */
export interface ProxyComparison {
  readonly ports: readonly ComparedPort[];
  readonly clusters: readonly ComparedCluster[];
  /** How many of the ports and clusters differ. */
  readonly differences: number;
}

/** Compares a running proxy with the prediction for its pod, port by port and host by host. */
export function compareProxy(mesh: Mesh, owner: ProxyOwner, state: ProxyState): ProxyComparison {
  const ports = comparedPorts(mesh, owner, state);
  const clusters = comparedClusters(mesh, owner, state);
  const differences = [...ports, ...clusters].filter(({ agreement }) => agreement === 'differs');
  return { ports, clusters, differences: differences.length };
}

function comparedPorts(
  mesh: Mesh,
  owner: ProxyOwner,
  { inbound }: ProxyState,
): readonly ComparedPort[] {
  if (inbound.kind === 'unread') return [];
  const known = workloadMtls(mesh, owner.workload).ports.map(({ port }) => port);
  const listed = inbound.value.ports.map(({ port }) => port);
  const numbers = [...new Set([...known, ...listed])].sort((left, right) => left - right);
  const all = owner.variant.dataPlane === 'gateway' ? listed : [...numbers, undefined];
  return all.map((port): ComparedPort => {
    const has = port === undefined ? inbound.value.others : takenAt(inbound.value, port);
    const predicted = predictedPort(mesh, owner, port);
    return { port, has, predicted, agreement: portAgreement(owner, has, predicted) };
  });
}

/** No policy says what a gateway takes (R61), and what is not captured never meets the listener (R54). */
function portAgreement(
  { variant }: ProxyOwner,
  has: PortTaken | undefined,
  predicted: PredictedPort | undefined,
): Agreement {
  if (variant.dataPlane !== 'sidecar' || predicted === undefined) return 'not-compared';
  if (!predicted.captured || predicted.missing.length > 0) return 'not-compared';
  const same =
    has?.mode === predicted.mode &&
    has.accepts.length === predicted.accepts.length &&
    has.accepts.every((kind) => predicted.accepts.includes(kind));
  return same ? 'same' : 'differs';
}

function comparedClusters(
  mesh: Mesh,
  owner: ProxyOwner,
  { clusters }: ProxyState,
): readonly ComparedCluster[] {
  if (clusters.kind === 'unread') return [];
  const has = new Map(clusters.value.map((cluster) => [keyOf(cluster.to), cluster]));
  const ofProxy = clusters.value.map(({ to }) => to);
  const missed = namespacesOf(mesh)
    .flatMap(({ name }) => hostPortsIn(mesh, name))
    .filter((to) => !has.has(keyOf(to)));
  return [...ofProxy, ...missed].flatMap((to): readonly ComparedCluster[] => {
    const own = has.get(keyOf(to));
    const predicted = predictedCluster(mesh, owner, to);
    const agreement = clusterAgreement(own, predicted);
    // What neither the proxy nor the prediction knows is no row.
    if (own === undefined && agreement !== 'differs') return [];
    return [{ to, has: own, predicted, agreement }];
  });
}

function keyOf({ host, port, subset = '' }: HostPort): string {
  return `${host}:${port}|${subset}`;
}

function clusterAgreement(has: ProxyCluster | undefined, predicted: PredictedCluster): Agreement {
  switch (predicted.kind) {
    case 'not-predicted':
      return 'not-compared';
    case 'no-cluster':
      return has === undefined ? 'same' : 'differs';
    case 'sends':
      if (predicted.missing.length > 0) return 'not-compared';
      return has === undefined ? missedCluster(predicted) : sentAgreement(has, predicted);
  }
}

/** A host without pods to send to may be one that istiod leaves out. */
function missedCluster({ shares }: Extract<PredictedCluster, { kind: 'sends' }>): Agreement {
  return shares.some(({ endpoints }) => endpoints > 0) ? 'differs' : 'not-compared';
}

/** What is sent, whatever the number of endpoints: pods that are not ready are none of a proxy’s. */
function sentAgreement(
  { shares }: ProxyCluster,
  predicted: Extract<PredictedCluster, { kind: 'sends' }>,
): Agreement {
  if (shares.length === 0 || predicted.shares.length === 0) return 'not-compared';
  return sameKinds(shares, predicted.shares) ? 'same' : 'differs';
}

function sameKinds(left: readonly SentShare[], right: readonly SentShare[]): boolean {
  const kinds = (shares: readonly SentShare[]): string =>
    [...new Set(shares.map(({ sent }) => sent))].sort().join();
  return kinds(left) === kinds(right);
}
