import { clientVariantOf, type ClientVariant } from '../destination/clientVariant.ts';
import type { Destination } from '../destination/destination.ts';
import { missingFact, missingLabels, missingPods } from '../known/missing.ts';
import type { MissingFact, Reason } from '../model/explanation.ts';
import { memo } from '../model/kept.ts';
import { matchesSelector } from '../model/labels.ts';
import type { KubernetesGateway, Labels } from '../model/objects.ts';
import { isExportedTo } from '../model/protocol.ts';
import { namespaceLabels, objectsIn, workloadsIn, type Mesh } from '../snapshot/mesh.ts';

const USE = 'istio.io/use-waypoint';
const USE_NAMESPACE = 'istio.io/use-waypoint-namespace';
const FOR = 'istio.io/waypoint-for';

/** How ztunnel's traffic for a service gets there: through a waypoint, which is the server's client then (R97, R98). */
export type WaypointRoute =
  | { readonly kind: 'direct' }
  | {
      readonly kind: 'through';
      readonly client: ClientVariant;
      readonly because: readonly Reason[];
      /** Why the waypoint knows no such service, and has nowhere to send the call (R144). */
      readonly hidden?: Reason;
    }
  /** Whether a waypoint runs where one may be named cannot be told. */
  | { readonly kind: 'unknown'; readonly missing: MissingFact };

const DIRECT: WaypointRoute = Object.freeze({ kind: 'direct' });

/** What asks for a waypoint: a service, or a pod that is called by its address. */
interface Waited {
  readonly traffic: 'service' | 'workload';
  readonly namespace: string;
  readonly labels: Labels;
}

/** The waypoint that a destination's Service, its pod or their namespace names, if it takes such traffic from there. */
export function waypointRoute(mesh: Mesh, destination: Destination): WaypointRoute {
  const waited = waitedFor(mesh, destination);
  if (waited === undefined) return DIRECT;
  const { labels, namespace } = waited;
  const route =
    labels[USE] === undefined ? byNamespace(mesh, waited) : throughNamed(mesh, labels, waited);
  if (route.kind !== 'through') return route;
  const hidden = whyUnknownTo(route.client, destination, namespace);
  return hidden === undefined ? route : { ...route, hidden };
}

/** ztunnel goes by the address that is called: of a headless service that is a pod's. Waypoints have none themselves. */
function waitedFor(
  mesh: Mesh,
  { owner, namespace, headless, endpoints, calledPod }: Destination,
): Waited | undefined {
  if (headless || calledPod !== undefined) {
    const [first] = endpoints;
    if (first === undefined || first.isAddress === true) return undefined;
    const { workload, variant } = first;
    return {
      traffic: 'workload',
      namespace: workload.namespace,
      labels: variant.shape.labels,
    };
  }
  if (owner === undefined) return undefined;
  const objects = objectsIn(mesh, namespace);
  const owners = owner.kind === 'Service' ? objects.services : objects.serviceEntries;
  const labels = owners.get(owner.name)?.labels ?? {};
  const isGateway = labels['gateway.istio.io/managed'] !== undefined;
  return isGateway ? undefined : { traffic: 'service', namespace, labels };
}

function byNamespace(mesh: Mesh, waited: Waited): WaypointRoute {
  const { namespace } = waited;
  const unread = missingLabels(mesh, namespace);
  if (unread !== undefined)
    return mayHaveWaypoints(mesh) ? { kind: 'unknown', missing: unread } : DIRECT;
  return throughNamed(mesh, namespaceLabels(mesh, namespace), waited);
}

/** A name without a Gateway that lets it in is as good as none, and `none` keeps the namespace's away. */
function throughNamed(mesh: Mesh, labels: Labels, waited: Waited): WaypointRoute {
  const name = labels[USE];
  if (name === undefined || name === 'none' || name === '') return DIRECT;
  const namespace = labels[USE_NAMESPACE] ?? waited.namespace;
  const gateway = objectsIn(mesh, namespace).kubernetesGateways.get(name);
  if (gateway === undefined) {
    const missing = missingFact(mesh, 'KubernetesGateway', namespace);
    return missing === undefined ? DIRECT : { kind: 'unknown', missing };
  }
  const unread = missingForAttachment(mesh, gateway, waited);
  if (unread !== undefined) return { kind: 'unknown', missing: unread };
  return gateway.hasAddress && takes(mesh, gateway, waited) ? through(mesh, gateway) : DIRECT;
}

/** The listener of a waypoint says from where it is used, and a label for what. */
function takes(mesh: Mesh, gateway: KubernetesGateway, { traffic, namespace }: Waited): boolean {
  const kinds = gateway.labels[FOR] ?? 'service';
  if (kinds !== 'all' && kinds !== traffic) return false;
  const allowed = allowedBy(gateway);
  switch (allowed?.from) {
    case 'All':
      return true;
    case 'Selector':
      return matchesSelector(allowed.selector, namespaceLabels(mesh, namespace));
    case 'Same':
    case undefined:
      return gateway.namespace === namespace;
  }
}

function allowedBy({
  listeners,
}: KubernetesGateway): KubernetesGateway['listeners'][number]['allowed'] | undefined {
  return listeners.find(({ protocol, port }) => protocol === 'HBONE' && port === 15008)?.allowed;
}

function missingForAttachment(
  mesh: Mesh,
  gateway: KubernetesGateway,
  { namespace }: Waited,
): MissingFact | undefined {
  return allowedBy(gateway)?.from === 'Selector' ? missingLabels(mesh, namespace) : undefined;
}

function through(mesh: Mesh, gateway: KubernetesGateway): WaypointRoute {
  const { kind, namespace, name } = gateway;
  const workload = workloadsIn(mesh, namespace).find(
    (candidate) =>
      candidate.dataPlane === 'waypoint' &&
      candidate.labels['gateway.networking.k8s.io/gateway-name'] === name,
  );
  if (workload === undefined) {
    const absent: MissingFact = { kind: 'Pod', namespace, why: 'not-found' };
    return { kind: 'unknown', missing: missingFact(mesh, 'Pod', namespace) ?? absent };
  }
  const missing = missingPods(mesh, workload);
  if (missing !== undefined) return { kind: 'unknown', missing };
  const client = clientVariantOf(mesh, workload, workload.variants[0]);
  const reason: Reason = {
    kind: 'through-waypoint',
    waypoint: workload.ref,
    gateway: { kind, namespace, name },
  };
  return { kind: 'through', client, because: [reason] };
}

/** A waypoint of another namespace knows what is exported to it, and no more. */
function whyUnknownTo(
  waypoint: ClientVariant,
  { owner, exportTo, host, headless, calledPod }: Destination,
  home: string,
): Reason | undefined {
  if (owner === undefined || headless || calledPod !== undefined) return undefined;
  const targets = exportTo ?? waypoint.revision.config.defaultServiceExportTo;
  return isExportedTo(targets, home, waypoint.namespace)
    ? undefined
    : { kind: 'host-not-exported', host, by: owner };
}

/** A Gateway was seen, or may be there unseen. */
const mayHaveWaypoints = memo(
  (mesh: Mesh): boolean =>
    mesh.missing.some(({ kind, why }) => kind === 'KubernetesGateway' && why !== 'not-installed') ||
    [...mesh.namespaces.values()].some(({ kubernetesGateways }) => kubernetesGateways.size > 0),
);
