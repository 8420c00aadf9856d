import { fqdnOf, resolveHost, serviceNamed, type Host } from '../snapshot/host.ts';
import {
  objectsIn,
  workloadOfPod,
  workloadsBehind,
  workloadsWithLabels,
  type Mesh,
} from '../snapshot/mesh.ts';
import { memo } from '../snapshot/memo.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import type { EndpointSlice, Service, ServiceEntry, ServicePort } from '../model/objects.ts';
import {
  protocolOf,
  protocolOfWord,
  serviceExportTo,
  type PortProtocol,
} from '../model/protocol.ts';
import type { ObjectRef } from '../model/reference.ts';
import { entryTargetPort, targetPortOf } from '../snapshot/targetPort.ts';
import type { Variant, Workload } from '../snapshot/workload.ts';
import { aliased } from './alias.ts';
import type { MissingFact, Reason } from '../model/explanation.ts';
import { entryWorkloads } from './entryEndpoints.ts';
import { missingFact } from '../known/missing.ts';
import { hiddenHost, missingBehind } from './missingEndpoints.ts';

/** Pods alike of one workload that a connection may reach. */
export interface Endpoint {
  readonly workload: Workload;
  readonly variant: Variant;
  readonly port: number;
  /** Pods, at least one: a template without pods counts as one. */
  readonly count: number;
}

/** What a host and port lead to. */
export interface Destination {
  readonly host: string;
  /** The namespace that owns the host: whose policies and rules count. */
  readonly namespace: string;
  readonly port: number;
  readonly protocol: PortProtocol;
  /** Absent for a pod's address and for what an ExternalName names outside: no proxy knows it as a service (R144). */
  readonly owner: (ObjectRef & { readonly kind: 'Service' | 'ServiceEntry' }) | undefined;
  readonly exportTo: readonly string[] | undefined;
  readonly headless: boolean;
  /** Outside the mesh: auto mTLS never applies (R145). */
  readonly external: boolean;
  /** The ExternalName that it was called by. */
  readonly alias?: ObjectRef & { readonly kind: 'Service' | 'ServiceEntry' };
  readonly endpoints: readonly Endpoint[];
}

/** A destination, or the reason why there is none. */
export type FoundDestination =
  | { readonly kind: 'found'; readonly destination: Destination }
  | { readonly kind: 'not-found'; readonly reason: Reason; readonly missing: MissingFact };

/** What a host and a Service port lead to, seen from a namespace. */
export function findDestination(
  mesh: Mesh,
  server: { readonly host: string; readonly port: number },
  from: string | undefined,
): FoundDestination {
  const host = resolveHost(mesh, server.host, from);
  switch (host.kind) {
    case 'service':
      return ofService(mesh, host.service, server.port);
    case 'service-entry': {
      const { namespace } = serviceNamed(host.host, from) ?? {};
      const hidden = namespace === undefined ? undefined : missingFact(mesh, 'Service', namespace);
      return unlessHidden(hidden, ofServiceEntry(mesh, host, server.port));
    }
    case 'pod':
      return found(ofPod(host, server.port));
    case 'no-service': {
      const { namespace, name } = host;
      const reason = { kind: 'unknown-host', host: server.host } as const;
      const nowhere = notFound(reason, 'Service', { namespace, name });
      return unlessHidden(missingFact(mesh, 'Service', namespace), nowhere);
    }
    case 'undefined': {
      const reason = { kind: 'unknown-host', host: host.host } as const;
      return unlessHidden(
        hiddenHost(mesh, host.host),
        notFound(reason, 'Service', { name: host.host }),
      );
    }
  }
}

/** What may exist without our being allowed to see it is not the same as what does not. */
function unlessHidden(
  fact: MissingFact | undefined,
  otherwise: FoundDestination,
): FoundDestination {
  if (fact === undefined) return otherwise;
  return { kind: 'not-found', reason: { kind: 'not-readable', fact }, missing: fact };
}

function found(destination: Destination): FoundDestination {
  return { kind: 'found', destination };
}

function notFound(
  reason: Reason,
  kind: MissingFact['kind'],
  at: { readonly namespace?: string; readonly name?: string },
): FoundDestination {
  const missing: MissingFact = { kind, namespace: '', ...at, why: 'not-found' };
  return { kind: 'not-found', reason, missing };
}

function refOf(service: Service | ServiceEntry): NonNullable<Destination['owner']> {
  return { kind: service.kind, namespace: service.namespace, name: service.name };
}

function ofService(mesh: Mesh, service: Service, port: number): FoundDestination {
  if (service.externalName !== undefined) return ofExternalName(mesh, service, port);
  const servicePort = service.ports.find(
    (candidate) => candidate.port === port && candidate.protocol === 'TCP',
  );
  const owner = refOf(service);
  if (servicePort === undefined) {
    const reason = { kind: 'no-such-port', service: owner, port } as const;
    return notFound(reason, 'Service', { namespace: service.namespace, name: service.name });
  }
  const endpoints = endpointsOf(mesh, service, servicePort);
  if (endpoints.length === 0) return noEndpoints(mesh, service);
  return found({
    host: fqdnOf(service),
    namespace: service.namespace,
    port,
    protocol: protocolOf(servicePort),
    owner,
    exportTo: exportToOf(service),
    headless: service.headless,
    external: false,
    endpoints,
  });
}

/** Undefined stands for the mesh default, which only the client's revision knows. */
function exportToOf(service: Service): readonly string[] | undefined {
  const none: readonly string[] = [];
  const own = serviceExportTo(service.annotations, none);
  return own === none ? undefined : own;
}

function noEndpoints(mesh: Mesh, service: Service | ServiceEntry): FoundDestination {
  const reason = { kind: 'no-endpoints', service: refOf(service) } as const;
  return unlessHidden(
    missingBehind(mesh, service),
    notFound(reason, 'Pod', { namespace: service.namespace }),
  );
}

/** The pods behind a Service port, workload by workload; finished pods serve nothing. */
function endpointsOf(mesh: Mesh, service: Service, port: ServicePort): readonly Endpoint[] {
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

function endpointOf(workload: Workload, variant: Variant, port: number): Endpoint {
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

/**
 * Another name for a host: proxies have no cluster for it, and it leads to the address of what it stands
 * for (pilot/pkg/model/push_context.go:resolveServiceAliases, networking/core/cluster.go). What no
 * registry knows is outside the mesh.
 */
function ofExternalName(mesh: Mesh, service: Service, port: number): FoundDestination {
  const { host, known } = aliased(mesh, service);
  const alias = refOf(service);
  if (known === 'nowhere')
    return notFound({ kind: 'unknown-host', host }, 'Service', { name: host });
  if (known !== undefined) {
    const target =
      known.kind === 'Service'
        ? ofService(mesh, known, port)
        : ofServiceEntry(mesh, { entry: known, host }, port);
    if (target.kind === 'not-found') return target;
    return found({ ...target.destination, alias });
  }
  const declared = service.ports.find((candidate) => candidate.port === port);
  const outside = found({
    ...{ host, port, alias, owner: undefined, exportTo: undefined },
    namespace: service.namespace,
    protocol: protocolOf(declared ?? { port, name: '', appProtocol: undefined }),
    headless: false,
    external: true,
    endpoints: [],
  });
  const named = serviceNamed(host, undefined);
  const hidden = named?.isFull === true ? missingFact(mesh, 'Service', named.namespace) : undefined;
  return unlessHidden(hidden ?? hiddenHost(mesh, host), outside);
}

function ofPod(host: Extract<Host, { kind: 'pod' }>, port: number): Destination {
  const { workload, pod, address } = host;
  const variant =
    workload.variants.find((candidate) => candidate.pods.includes(pod)) ?? workload.variants[0];
  return {
    host: address,
    namespace: workload.namespace,
    port,
    protocol: { class: 'AUTO', applicationTls: false },
    owner: undefined,
    exportTo: undefined,
    headless: false,
    external: false,
    endpoints: [{ workload, variant, port, count: 1 }],
  };
}

function ofServiceEntry(
  mesh: Mesh,
  { entry, host }: { readonly entry: ServiceEntry; readonly host: string },
  port: number,
): FoundDestination {
  const declared = entry.ports.find((candidate) => candidate.port === port);
  const owner = refOf(entry);
  if (declared === undefined) {
    const reason = { kind: 'no-such-port', service: owner, port } as const;
    return notFound(reason, 'ServiceEntry', { namespace: entry.namespace, name: entry.name });
  }
  const selected =
    entry.workloadSelector === undefined
      ? entryWorkloads(entry)
      : workloadsWithLabels(mesh, entry.namespace, entry.workloadSelector);
  const endpoints = selected.flatMap((workload) =>
    workload.variants.map((variant) =>
      endpointOf(workload, variant, entryTargetPort(declared, variant.shape)),
    ),
  );
  // Only its own name can stand for endpoints that nobody wrote down.
  const standsForItself = entry.workloadSelector === undefined && entry.resolution !== 'STATIC';
  if (endpoints.length === 0 && !standsForItself) return noEndpoints(mesh, entry);
  return found({
    host,
    namespace: entry.namespace,
    port,
    protocol: protocolOfWord(declared.protocol),
    owner,
    exportTo: entry.exportTo.length === 0 ? undefined : entry.exportTo,
    headless: entry.resolution === 'NONE',
    external: entry.external,
    endpoints,
  });
}
