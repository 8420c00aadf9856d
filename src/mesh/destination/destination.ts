import { matchesLabels } from '../model/labels.ts';
import type { Variant } from '../snapshot/workload.ts';
import { fqdnOf, resolveHost, serviceNamed, type Host } from '../snapshot/host.ts';
import { workloadsWithLabels, type Mesh } from '../snapshot/mesh.ts';
import type { Pod, Service, ServiceEntry } from '../model/objects.ts';
import { protocolOf, protocolOfWord, type PortProtocol } from '../model/protocol.ts';
import type { ObjectRef } from '../model/reference.ts';
import { entryTargetPort } from '../snapshot/targetPort.ts';
import { aliased } from './alias.ts';
import { definitionFor, exportToOf, type AskingClient } from './hostVisibility.ts';
import { endpointOf, endpointsOf, podsAt, type Endpoint } from './endpoints.ts';
import type { MissingFact, Reason } from '../model/explanation.ts';
import { entryWorkloads } from './entryEndpoints.ts';
import { missingFact } from '../known/missing.ts';
import { hiddenHost, missingBehind } from './missingEndpoints.ts';

export type { Endpoint } from './endpoints.ts';

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
  /** The pod whose address was called. */
  readonly calledPod?: Pod;
  readonly endpoints: readonly Endpoint[];
  /** All of the service's, where `endpoints` are those of a subset (R164). */
  readonly allEndpoints?: readonly Endpoint[];
}

/** A destination, or the reason why there is none. */
export type FoundDestination =
  | { readonly kind: 'found'; readonly destination: Destination }
  | {
      readonly kind: 'not-found';
      readonly reason: Reason;
      readonly missing: MissingFact;
      /** What was found but for endpoints: there are none, which is known (R149). */
      readonly nobody?: Destination;
    };

/** What a host and a Service port lead to, seen from a namespace. */
export function findDestination(
  mesh: Mesh,
  server: { readonly host: string; readonly port: number },
  from: string | undefined,
  client?: HostClient,
): FoundDestination {
  const host = resolveHost(mesh, server.host, from, choiceOf(mesh, server, client));
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

/** A client whose proxy chooses among several objects that define one host. */
export type HostClient = AskingClient & { readonly isGateway: boolean };

function choiceOf(
  mesh: Mesh,
  { host, port }: { readonly host: string; readonly port: number },
  client: HostClient | undefined,
): Parameters<typeof resolveHost>[3] {
  if (client === undefined) return undefined;
  return (candidates) => definitionFor(mesh, client, { candidates, host, port });
}

/**
 * A destination as a client meets it that was given the address of an endpoint: nothing translates the port on the way,
 * so the one that it called counts, not the target port (R172).
 */
export function atCalledPort(destination: Destination): Destination {
  const { port, endpoints } = destination;
  if (endpoints.every((endpoint) => endpoint.port === port)) return destination;
  return { ...destination, endpoints: endpoints.map((endpoint) => ({ ...endpoint, port })) };
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
  const destination: Destination = {
    host: fqdnOf(service),
    namespace: service.namespace,
    port,
    protocol: protocolOf(servicePort),
    owner,
    exportTo: exportToOf(service),
    headless: service.headless,
    external: false,
    endpoints,
  };
  if (endpoints.length > 0) return found(destination);
  const none = noEndpoints(mesh, service);
  // DNS has no address for a headless name that leads to nobody.
  const isKnown = none.kind === 'not-found' && none.reason.kind === 'no-endpoints';
  return isKnown && !service.headless ? { ...none, nobody: destination } : none;
}

function noEndpoints(mesh: Mesh, service: Service | ServiceEntry): FoundDestination {
  const reason = { kind: 'no-endpoints', service: refOf(service) } as const;
  return unlessHidden(
    missingBehind(mesh, service),
    notFound(reason, 'Pod', { namespace: service.namespace }),
  );
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
    calledPod: pod,
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
  const isWritten = entry.workloadSelector === undefined;
  const endpoints = selected.flatMap((workload) => {
    const behind = isWritten ? podsAt(mesh, workload.name) : undefined;
    const { workloadSelector: selector } = entry;
    const variants: readonly Variant[] = workload.variants;
    const selected = variants.filter(
      ({ shape }) => selector === undefined || matchesLabels(selector, shape.labels),
    );
    return workload.isAtRest
      ? []
      : selected.map((variant): Endpoint => ({
          ...endpointOf(workload, variant, entryTargetPort(declared, variant.shape)),
          ...(behind !== undefined && { behind, isAddress: true }),
        }));
  });
  // Only its own name can stand for endpoints that nobody wrote down.
  const standsForItself = entry.workloadSelector === undefined && entry.resolution !== 'STATIC';
  if (endpoints.length === 0 && !standsForItself) return noEndpoints(mesh, entry);
  return found({
    host,
    namespace: entry.namespace,
    port,
    protocol: protocolOfWord(declared.protocol),
    owner,
    exportTo: exportToOf(entry),
    headless: entry.resolution === 'NONE',
    external: entry.external,
    endpoints,
  });
}
