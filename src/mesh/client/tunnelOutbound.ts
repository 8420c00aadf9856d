import type { Mesh } from '../snapshot/mesh.ts';
import { kindsDeciding, type ObjectKind } from '../model/kinds.ts';
import type { Wire } from '../server/acceptance.ts';
import { clusterFor } from './envoyCluster.ts';
import type { Endpoint } from '../destination/destination.ts';
import type { MissingFact, Reason } from '../model/explanation.ts';
import { takesHbone } from '../destination/hbone.ts';
import { ownTls, raw, withoutAuthorities, type Call, type Outbound } from './call.ts';

/** ztunnel and waypoints: HBONE to whoever takes it, else the bytes as they are (R98, R101). */
export function fromTunnel(mesh: Mesh, call: Call, endpoint: Endpoint | undefined): Outbound {
  const { client } = call;
  const dataPlane = client.dataPlane === 'waypoint' ? 'waypoint' : 'ambient';
  const because: Reason[] = [];
  const inner = dataPlane === 'waypoint' ? originated(mesh, call, because) : undefined;
  const missing = inner?.missing ?? [];
  if (inner?.blocked === true) return withoutAuthorities(dataPlane, because, missing);
  // ztunnel knows of an address that no object names as a pod's neither identity nor HBONE.
  if (endpoint !== undefined && endpoint.isAddress !== true && takesHbone(endpoint.variant)) {
    because.push({ kind: 'hbone' });
    const innerTls = inner?.wire !== undefined;
    return { wire: { kind: 'hbone', innerTls }, proxy: dataPlane, because, missing };
  }
  if (endpoint?.variant.dataPlane === 'sidecar') {
    because.push({ kind: 'no-hbone-at-server', workload: endpoint.workload.ref });
  }
  if (inner?.wire === undefined) because.push(...ownTls(call));
  return { wire: inner?.wire ?? raw(call), proxy: dataPlane, because, missing };
}

/** At a waypoint a rule counts only where it originates TLS of its own (R99). */
function originated(mesh: Mesh, call: Call, because: Reason[]): Originated {
  const cluster = clusterFor(mesh, call.client, call);
  const missing = cluster.missing.filter(({ kind }) => RULE_KINDS.includes(kind));
  for (const reason of cluster.because) {
    if (reason.kind === 'authorities-unreadable') because.push(reason);
    if (reason.kind !== 'destination-rule') continue;
    const counts = reason.tls === 'SIMPLE' || reason.tls === 'MUTUAL';
    because.push(counts ? reason : { ...reason, kind: 'rule-without-effect' });
  }
  const fixed = cluster.kind === 'fixed' && cluster.wire !== 'istio-mtls';
  const wire = fixed ? ({ kind: cluster.wire } as const) : undefined;
  return { wire, missing, blocked: cluster.kind === 'no-authorities' };
}

/** TLS of a waypoint’s own inside or instead of its tunnel. */
interface Originated {
  readonly wire: Wire | undefined;
  readonly missing: readonly MissingFact[];
  readonly blocked: boolean;
}

/** Kinds that rules are made of, and istiod, which says of which (R160). */
const RULE_KINDS: readonly ObjectKind[] = [...kindsDeciding('client-tls'), 'Deployment'];
