import { memo } from '../model/kept.ts';
import {
  namespaceLabels,
  objectsIn,
  workloadsIn,
  allWorkloads,
  type Mesh,
} from '../snapshot/mesh.ts';
import type { Labels } from '../model/objects.ts';
import type { Workload } from '../snapshot/workload.ts';
import type { Destination } from '../destination/destination.ts';
import type { MissingFact, Reason } from '../model/explanation.ts';
import { missingFact, missingPods } from '../known/missing.ts';
import { clientVariantOf, type ClientVariant } from '../destination/clientVariant.ts';

const USE = 'istio.io/use-waypoint';
const USE_NAMESPACE = 'istio.io/use-waypoint-namespace';

/** How ztunnel's traffic for a service gets there: through a waypoint, which is the server's client then (R97, R98). */
export type WaypointRoute =
  | { readonly kind: 'direct' }
  | {
      readonly kind: 'through';
      readonly client: ClientVariant;
      readonly because: readonly Reason[];
    }
  /** Whether a waypoint runs where one may be named cannot be told. */
  | { readonly kind: 'unknown'; readonly missing: MissingFact };

const DIRECT: WaypointRoute = Object.freeze({ kind: 'direct' });

/** The running waypoint that the destination's Service or namespace names, if there is one. */
export function waypointRoute(mesh: Mesh, { owner, namespace }: Destination): WaypointRoute {
  if (owner === undefined) return DIRECT;
  const objects = objectsIn(mesh, namespace);
  const owners = owner.kind === 'Service' ? objects.services : objects.serviceEntries;
  const own = owners.get(owner.name)?.labels;
  if (own?.[USE] !== undefined) return throughNamed(mesh, own, namespace);
  const unread = missingFact(mesh, 'Namespace', namespace);
  if (objects.namespace === undefined && unread !== undefined) {
    return mayHaveWaypoints(mesh) ? { kind: 'unknown', missing: unread } : DIRECT;
  }
  return throughNamed(mesh, namespaceLabels(mesh, namespace), namespace);
}

/** A name without a running waypoint is as good as none, and `none` keeps the namespace's away. */
function throughNamed(mesh: Mesh, labels: Labels, home: string): WaypointRoute {
  const name = labels[USE];
  if (name === undefined || name === 'none' || name === '') return DIRECT;
  const namespace = labels[USE_NAMESPACE] ?? home;
  const workload = workloadsIn(mesh, namespace).find(
    (candidate) =>
      candidate.dataPlane === 'waypoint' &&
      candidate.labels['gateway.networking.k8s.io/gateway-name'] === name,
  );
  if (workload === undefined) {
    const missing = missingFact(mesh, 'Pod', namespace);
    return missing === undefined ? DIRECT : { kind: 'unknown', missing };
  }
  const missing = missingPods(mesh, workload);
  return missing === undefined ? through(mesh, workload) : { kind: 'unknown', missing };
}

function through(mesh: Mesh, workload: Workload): WaypointRoute {
  const client = clientVariantOf(mesh, workload, workload.variants[0]);
  const reason: Reason = { kind: 'through-waypoint', waypoint: workload.ref };
  return { kind: 'through', client, because: [reason] };
}

/** A waypoint was seen, or may run unseen. */
const mayHaveWaypoints = memo((mesh: Mesh): boolean => {
  if (mesh.missing.some(({ kind, why }) => kind === 'Pod' && why !== 'not-found')) return true;
  for (const { dataPlane } of allWorkloads(mesh)) if (dataPlane === 'waypoint') return true;
  return false;
});
