import { NO_LABELS } from '../model/json.ts';
import { matchesLabels } from '../model/labels.ts';
import { isAddress, resolveHost } from '../snapshot/host.ts';
import { memo } from '../model/kept.ts';
import { objectsIn, workloadOfPod, workloadsBehind, type Mesh } from '../snapshot/mesh.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import { targetPortOf } from '../snapshot/targetPort.ts';
import { workloadOfEntry, type Variant, type Workload } from '../snapshot/workload.ts';
import type { EndpointSlice, Pod, Service, ServicePort, SliceEndpoint } from '../model/objects.ts';

/** Pods alike of one workload that a connection may reach, as Istio's registry has them. */
export interface Endpoint {
  readonly workload: Workload;
  readonly variant: Variant;
  readonly port: number;
  /** Pods, at least one: a template without pods counts as one. */
  readonly count: number;
  /** The pods that really have the address, where the registry takes it for another's or nobody's. */
  readonly behind?: { readonly workload: Workload; readonly variant: Variant };
  /** No object names the pod: it is known by its address, by which ztunnel learns of no identity. */
  readonly isAddress?: true;
}

/** The pods behind a Service port, workload by workload; what is at rest serves nothing. */
export function endpointsOf(mesh: Mesh, service: Service, port: ServicePort): readonly Endpoint[] {
  const { selector } = service;
  if (selector === undefined) return endpointsOfSlices(mesh, service, port);
  const endpoints: Endpoint[] = [];
  for (const workload of workloadsBehind(mesh, service)) {
    // Clients of a headless service resolve its name, and names lead to pods alone.
    if (service.headless && workload.ref.kind === 'WorkloadEntry') continue;
    if (workload.isAtRest) continue;
    for (const variant of workload.variants) {
      // In a rollout only some of the pods may carry what the Service selects.
      if (!matchesLabels(selector, variant.shape.labels)) continue;
      const target = targetPortOf(port, variant.shape);
      if (target !== undefined) endpoints.push(endpointOf(workload, variant, target));
    }
  }
  return service.publishesUnready ? endpoints : inUse(endpoints);
}

/** Endpoints without the pods that are not ready; where none is, all, for those are what will be called. */
function inUse(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  if (endpoints.every(({ variant }) => variant.pods.every(isReady))) return endpoints;
  const ready = endpoints.flatMap((endpoint): readonly Endpoint[] => {
    const { pods } = endpoint.variant;
    const count = pods.length === 0 ? endpoint.count : pods.filter(isReady).length;
    return count === 0 ? [] : [{ ...endpoint, count }];
  });
  return ready.length === 0 ? endpoints : ready;
}

/** A manifest that no cluster has run says nothing about readiness. */
function isReady({ ready, phase }: Pod): boolean {
  return ready || phase === '';
}

export function endpointOf(workload: Workload, variant: Variant, port: number): Endpoint {
  return { workload, variant, port, count: Math.max(1, variant.pods.length) };
}

const slicesOf = memo(
  (objects: NamespaceObjects): ReadonlyMap<string, readonly EndpointSlice[]> => {
    const byService = new Map<string, EndpointSlice[]>();
    for (const slice of objects.endpointSlices.values()) {
      const { serviceName } = slice;
      if (serviceName === undefined) continue;
      byService.set(serviceName, [...(byService.get(serviceName) ?? []), slice]);
    }
    return byService;
  },
);

/** A Service without selector: its endpoints are written by hand and may still be pods of the mesh. */
function endpointsOfSlices(mesh: Mesh, service: Service, port: ServicePort): readonly Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (const slice of slicesOf(objectsIn(mesh, service.namespace)).get(service.name) ?? []) {
    const target = slice.ports.find((candidate) => candidate.name === port.name)?.port;
    if (target === undefined) continue;
    for (const written of slice.endpoints) {
      const found = written.ready ? endpointWritten(mesh, slice, written) : undefined;
      if (found !== undefined) endpoints.push({ ...found, port: target, count: 1 });
    }
  }
  return endpoints;
}

/** The pod that is named, else the pod of the slice's own namespace with the address, else nobody whom istiod knows. */
function endpointWritten(
  mesh: Mesh,
  slice: EndpointSlice,
  { pod, addresses: [address] }: SliceEndpoint,
): Omit<Endpoint, 'port' | 'count'> | undefined {
  const named = pod && podsNamed(mesh, pod);
  if (named !== undefined) return named;
  if (address === undefined) return undefined;
  const behind = podsAt(mesh, address);
  if (behind?.workload.namespace === slice.namespace) return { ...behind, isAddress: true };
  return { ...stranger(slice, address), isAddress: true, ...(behind !== undefined && { behind }) };
}

function podsNamed(
  mesh: Mesh,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Endpoint['behind'] {
  const workload = workloadOfPod(mesh, namespace, name);
  const variant = workload?.variants.find(({ pods }) => pods.some((pod) => pod.name === name));
  return workload === undefined || variant === undefined ? undefined : { workload, variant };
}

/** The pods of the mesh that have an address; pods that share the host's network share its address. */
export function podsAt(mesh: Mesh, address: string): Endpoint['behind'] {
  const host = isAddress(address) ? resolveHost(mesh, address, undefined) : undefined;
  if (host?.kind !== 'pod') return undefined;
  const { workload, pod } = host;
  const variant = workload.variants.find(({ pods }) => pods.includes(pod));
  return variant === undefined ? undefined : { workload, variant };
}

/** Whoever has an address that no pod of the mesh is known to have: a machine without labels. */
function stranger(slice: EndpointSlice, address: string): NonNullable<Endpoint['behind']> {
  const workload = strangersOf(slice).get(address) ?? workloadOfAddress(slice, address);
  return { workload, variant: workload.variants[0] };
}

const strangersOf = memo(
  (slice: EndpointSlice): ReadonlyMap<string, Workload> =>
    new Map(
      slice.endpoints.flatMap(({ addresses: [address] }) =>
        address === undefined ? [] : [[address, workloadOfAddress(slice, address)] as const],
      ),
    ),
);

function workloadOfAddress(slice: EndpointSlice, address: string): Workload {
  const { namespace, uid, annotations, createdAt, origin } = slice;
  return workloadOfEntry({
    kind: 'WorkloadEntry',
    ...{ namespace, uid, annotations, createdAt, origin, address },
    name: address,
    labels: NO_LABELS,
    serviceAccount: undefined,
    ports: {},
  });
}
