import { resolveHost } from '../snapshot/host.ts';
import { memo } from '../snapshot/memo.ts';
import { objectsIn, workloadOfPod, workloadsBehind, type Mesh } from '../snapshot/mesh.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import { targetPortOf } from '../snapshot/targetPort.ts';
import type { Variant, Workload } from '../snapshot/workload.ts';
import type { EndpointSlice, Service, ServicePort } from '../model/objects.ts';

/** Pods alike of one workload that a connection may reach. */
export interface Endpoint {
  readonly workload: Workload;
  readonly variant: Variant;
  readonly port: number;
  /** Pods, at least one: a template without pods counts as one. */
  readonly count: number;
}

/** The pods behind a Service port, workload by workload; finished pods serve nothing. */
export function endpointsOf(mesh: Mesh, service: Service, port: ServicePort): readonly Endpoint[] {
  if (service.selector === undefined) return endpointsOfSlices(mesh, service, port);
  const endpoints: Endpoint[] = [];
  for (const workload of workloadsBehind(mesh, service)) {
    // Clients of a headless service resolve its name, and names lead to pods alone.
    if (service.headless && workload.ref.kind === 'WorkloadEntry') continue;
    for (const variant of workload.variants) {
      const target = targetPortOf(port, variant.shape);
      if (target !== undefined) endpoints.push(endpointOf(workload, variant, target));
    }
  }
  return endpoints;
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
    for (const { addresses, podName } of slice.endpoints) {
      const workload = workloadAt(mesh, service.namespace, podName ?? addresses[0]);
      const variant = workload?.variants[0];
      if (workload === undefined || variant === undefined) continue;
      endpoints.push({ ...endpointOf(workload, variant, target), count: 1 });
    }
  }
  return endpoints;
}

function workloadAt(
  mesh: Mesh,
  namespace: string,
  podOrAddress: string | undefined,
): Workload | undefined {
  if (podOrAddress === undefined) return undefined;
  const named = workloadOfPod(mesh, namespace, podOrAddress);
  if (named !== undefined) return named;
  const host = resolveHost(mesh, podOrAddress, namespace);
  return host.kind === 'pod' ? host.workload : undefined;
}
