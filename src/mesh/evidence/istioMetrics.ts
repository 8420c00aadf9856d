import { refKey } from '../model/reference.ts';
import type { Labels } from '../model/objects.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import type { Workload } from '../snapshot/workload.ts';
import { callerKey, callerNamed, workloadNamed } from './callers.ts';
import type { EvidenceKind, ObservedCalls } from './evidence.ts';

/** The counters of Istio's telemetry that tell who called whom, and how (R263). */
export const callMetrics = ['istio_requests_total', 'istio_tcp_connections_opened_total'] as const;

/** ztunnel's counter of connections that it refused; who closes them besides mutual TLS is an AuthorizationPolicy. */
export const refusalMetric = 'istio_tcp_connections_failed_total';

/** What one of the counters grew by in a window. */
export interface MetricGrowth {
  readonly metric: string;
  readonly labels: Labels;
  readonly count: number;
  /** When it last grew at the latest, in milliseconds since 1970. */
  readonly lastSeen?: number;
}

/** What counters tell. */
export interface MetricReading {
  readonly calls: readonly ObservedCalls[];
  /** Servers, by `refKey`, whose own side reported anything that says how it was called. */
  readonly heard: ReadonlySet<string>;
  /** Servers, by `refKey`, of whose calls it is not said whether they were mutual TLS. */
  readonly unlabelled: ReadonlySet<string>;
}

/**
 * Reads what the servers' own side reported (R263). What the client's side reports does not count: it says `unknown` of
 * every call. Nor does a waypoint's, which says nothing of the hop to its backend (R97).
 */
export function callsOfMetrics(
  mesh: Mesh,
  growths: readonly MetricGrowth[],
  source: EvidenceKind,
): MetricReading {
  const calls = new Map<string, ObservedCalls>();
  const heard = new Set<string>();
  const unlabelled = new Set<string>();
  for (const growth of growths) {
    const server = serverOf(mesh, growth.labels);
    if (server === undefined) continue;
    const wire = wireOf(growth, server);
    if (wire === undefined) {
      unlabelled.add(refKey(server.ref));
      continue;
    }
    heard.add(refKey(server.ref));
    if (growth.count > 0) addTo(calls, observed(mesh, growth, { server, wire, source }));
  }
  return { calls: [...calls.values()], heard, unlabelled };
}

function serverOf(mesh: Mesh, labels: Labels): Workload | undefined {
  if (labels['reporter'] !== 'destination') return undefined;
  const { destination_workload_namespace: namespace = '', destination_workload: name = '' } =
    labels;
  return workloadNamed(mesh, namespace, name);
}

/**
 * A sidecar says `mutual_tls` or `none`; ztunnel says `mutual_tls` or, of plaintext, `unknown` (R263). Undefined where
 * the label is missing, or says `unknown` of a server that ztunnel does not report for.
 */
function wireOf(
  { metric, labels }: MetricGrowth,
  server: Workload,
): ObservedCalls['wire'] | undefined {
  if (metric === refusalMetric) return 'refused';
  switch (labels['connection_security_policy']) {
    case 'mutual_tls':
      return 'mutual-tls';
    case 'none':
      return 'plaintext';
    case 'unknown':
      return isTunnelled(metric, server) ? 'plaintext' : undefined;
    default:
      return undefined;
  }
}

function isTunnelled(metric: string, { dataPlanes }: Workload): boolean {
  return (
    metric === 'istio_tcp_connections_opened_total' &&
    dataPlanes.some(({ dataPlane }) => dataPlane === 'ambient')
  );
}

interface Told {
  readonly server: Workload;
  readonly wire: ObservedCalls['wire'];
  readonly source: EvidenceKind;
}

function observed(mesh: Mesh, growth: MetricGrowth, { server, wire, source }: Told): ObservedCalls {
  const { metric, labels, count, lastSeen } = growth;
  const { source_workload_namespace: namespace = '', source_workload: name = '' } = labels;
  return {
    caller: callerNamed(mesh, namespace, name),
    server: server.ref,
    wire,
    ...(wire === 'refused' && { cause: 'unknown' as const }),
    // What grew by less than one was extrapolated from something that did happen.
    count: Math.max(1, Math.round(count)),
    unit: metric === 'istio_requests_total' ? 'requests' : 'connections',
    ...(lastSeen !== undefined && { lastSeen }),
    source,
  };
}

/** Replicas and Services of the same two workloads are one. */
function addTo(calls: Map<string, ObservedCalls>, added: ObservedCalls): void {
  const { caller, server, wire, unit } = added;
  const key = [callerKey(caller), refKey(server), wire, unit].join(' ');
  const known = calls.get(key);
  const lastSeen = latest([known?.lastSeen, added.lastSeen]);
  calls.set(key, {
    ...added,
    count: (known?.count ?? 0) + added.count,
    ...(lastSeen !== undefined && { lastSeen }),
  });
}

/** The latest of some times that may not be known. */
export function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
