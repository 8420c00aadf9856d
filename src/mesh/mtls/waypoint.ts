import { namespaceLabels, partOf, workloadsIn, type Mesh } from '../model/mesh.ts';
import type { Labels } from '../model/objects.ts';
import type { Destination } from './destination.ts';
import type { Reason } from './explanation.ts';
import { senderOf, senderReason, type Sender } from './sender.ts';

const USE = 'istio.io/use-waypoint';
const USE_NAMESPACE = 'istio.io/use-waypoint-namespace';

/** A waypoint that ztunnel sends a service's traffic through: to the server it is the client (R97, R98). */
export interface OnTheWay {
  readonly sender: Sender;
  readonly because: readonly Reason[];
}

/** The running waypoint that the destination's Service or namespace names, if there is one. */
export function waypointFor(mesh: Mesh, destination: Destination): OnTheWay | undefined {
  const { owner, namespace } = destination;
  if (owner === undefined) return undefined;
  const part = partOf(mesh, namespace);
  const own = owner.kind === 'Service' ? part.services.get(owner.name)?.labels : undefined;
  const named = nameIn(own, namespace) ?? nameIn(namespaceLabels(mesh, namespace), namespace);
  if (named === undefined) return undefined;
  const workload = workloadsIn(mesh, named.namespace).find(
    (candidate) =>
      candidate.dataPlane === 'waypoint' &&
      candidate.labels['gateway.networking.k8s.io/gateway-name'] === named.name,
  );
  if (workload === undefined) return undefined;
  const sender = senderOf(mesh, workload, workload.variants[0]);
  const through: Reason = { kind: 'through-waypoint', waypoint: workload.ref };
  return { sender, because: [through, senderReason(sender)] };
}

function nameIn(
  labels: Labels | undefined,
  namespace: string,
): { readonly namespace: string; readonly name: string } | undefined {
  const name = labels?.[USE];
  if (name === undefined || name === 'none' || name === '') return undefined;
  return { namespace: labels?.[USE_NAMESPACE] ?? namespace, name };
}
