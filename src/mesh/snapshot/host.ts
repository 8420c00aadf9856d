import { memo } from '../model/kept.ts';
import { objectsIn, workloadsIn, type Mesh } from './mesh.ts';
import type { NamespaceObjects } from './namespaceObjects.ts';
import type { Pod, Service, ServiceEntry } from '../model/objects.ts';
import type { Workload } from './workload.ts';

/** What a host name or address stands for. */
export type Host =
  | { readonly kind: 'service'; readonly service: Service; readonly fqdn: string }
  | { readonly kind: 'service-entry'; readonly entry: ServiceEntry; readonly host: string }
  | {
      readonly kind: 'pod';
      readonly workload: Workload;
      readonly pod: Pod;
      readonly address: string;
    }
  /** A name of the form of a Service that does not exist, or of a namespace that could not be read. */
  | { readonly kind: 'no-service'; readonly namespace: string; readonly name: string }
  /** Nothing in the mesh defines it. */
  | { readonly kind: 'undefined'; readonly host: string };

export const CLUSTER_DOMAIN = 'cluster.local';

/** The full name by which Istio knows a Service. */
export function fqdnOf(service: { readonly name: string; readonly namespace: string }): string {
  return `${service.name}.${service.namespace}.svc.${CLUSTER_DOMAIN}`;
}

/**
 * What `host` stands for, seen from a namespace: a Service by short, partial or full name, a host of a
 * ServiceEntry, the address of a Service or a pod.
 */
export function resolveHost(
  mesh: Mesh,
  host: string,
  from: string | undefined,
  choose?: (definitions: readonly (Service | ServiceEntry)[]) => Service | ServiceEntry | undefined,
): Host {
  if (isAddress(host)) return resolveAddress(mesh, host);
  const chosen = choose && chosenHost(mesh, { host, from }, choose);
  if (chosen !== undefined) return chosen;
  const named = serviceNamed(host, from);
  const service = named && objectsIn(mesh, named.namespace).services.get(named.name);
  if (service !== undefined) return { kind: 'service', service, fqdn: fqdnOf(service) };
  const entry = entryFor(mesh, host, from);
  if (entry !== undefined) return { kind: 'service-entry', entry, host };
  const isOurs =
    named !== undefined &&
    (named.isFull || !host.includes('.') || mesh.namespaces.has(named.namespace));
  if (!isOurs) return { kind: 'undefined', host };
  return { kind: 'no-service', namespace: named.namespace, name: named.name };
}

/** What a client makes of a host that several objects define. */
function chosenHost(
  mesh: Mesh,
  { host, from }: { readonly host: string; readonly from: string | undefined },
  choose: NonNullable<Parameters<typeof resolveHost>[3]>,
): Host | undefined {
  const definitions = definitionsOf(mesh, host, from);
  const chosen = definitions.length > 1 ? choose(definitions) : undefined;
  if (chosen === undefined) return undefined;
  if (chosen.kind === 'ServiceEntry') return { kind: 'service-entry', entry: chosen, host };
  return { kind: 'service', service: chosen, fqdn: fqdnOf(chosen) };
}

/** All objects that define a host by its very name: a Service, and ServiceEntries of any namespace. */
export function definitionsOf(
  mesh: Mesh,
  host: string,
  from?: string,
): readonly (Service | ServiceEntry)[] {
  const named = serviceNamed(host, from);
  const service = named && objectsIn(mesh, named.namespace).services.get(named.name);
  const entries = entryIndex(mesh).exact;
  const full = service === undefined ? host : fqdnOf(service);
  const defining = entries.get(full) ?? [];
  return service === undefined ? defining : [service, ...defining];
}

/** The Service that a host names by its form, whether there is one or not; `isFull` where nothing else has that form. */
export function serviceNamed(
  host: string,
  from: string | undefined,
): { readonly namespace: string; readonly name: string; readonly isFull: boolean } | undefined {
  const [name = '', namespace = from ?? '', svc, ...domain] = host.split('.');
  const isFull = svc === 'svc' && (domain.length === 0 || domain.join('.') === CLUSTER_DOMAIN);
  return isFull || svc === undefined ? { namespace, name, isFull } : undefined;
}

/** Whether a host is an address, not a name. */
export function isAddress(host: string): boolean {
  if (host.includes(':')) return true;
  // Asked for every connection, and nearly every host is a name.
  if (!endsInDigit(host)) return false;
  const parts = host.split('.');
  return parts.length === 4 && parts.every((part) => part !== '' && Number(part) <= 255);
}

function endsInDigit(host: string): boolean {
  const last = host.charCodeAt(host.length - 1);
  return last >= 0x30 && last <= 0x39;
}

const addressesOf = memo(
  (objects: NamespaceObjects): ReadonlyMap<string, Pod | Service | ServiceEntry> => {
    const known = new Map<string, Pod | Service | ServiceEntry>();
    for (const entry of objects.serviceEntries.values()) {
      for (const address of entry.addresses) known.set(address, entry);
    }
    for (const pod of objects.pods.values()) {
      if (!pod.hostNetwork) for (const address of pod.podIPs) known.set(address, pod);
    }
    for (const service of objects.services.values()) {
      for (const address of service.clusterIPs) known.set(address, service);
    }
    return known;
  },
);

function resolveAddress(mesh: Mesh, address: string): Host {
  for (const objects of mesh.namespaces.values()) {
    const found = addressesOf(objects).get(address);
    if (found === undefined) continue;
    if (found.kind === 'Service') return { kind: 'service', service: found, fqdn: fqdnOf(found) };
    if (found.kind === 'ServiceEntry')
      return { kind: 'service-entry', entry: found, host: address };
    const workload = workloadsIn(mesh, objects.name).find((known) => known.pods.includes(found));
    if (workload !== undefined) return { kind: 'pod', workload, pod: found, address };
  }
  return { kind: 'undefined', host: address };
}

interface EntryIndex {
  readonly exact: ReadonlyMap<string, readonly ServiceEntry[]>;
  /** Without their `*`, longest first (R151). */
  readonly wildcards: readonly { readonly suffix: string; readonly entry: ServiceEntry }[];
}

const entryIndex = memo((mesh: Mesh): EntryIndex => {
  const exact = new Map<string, ServiceEntry[]>();
  const wildcards: { suffix: string; entry: ServiceEntry }[] = [];
  for (const objects of mesh.namespaces.values()) {
    for (const entry of objects.serviceEntries.values()) {
      for (const host of entry.hosts) {
        if (host.startsWith('*')) wildcards.push({ suffix: host.slice(1), entry });
        else exact.set(host, [...(exact.get(host) ?? []), entry]);
      }
    }
  }
  wildcards.sort((left, right) => right.suffix.length - left.suffix.length);
  return { exact, wildcards };
});

/** The ServiceEntry that defines a host: one of the client's own namespace before any other. */
function entryFor(mesh: Mesh, host: string, from: string | undefined): ServiceEntry | undefined {
  const { exact, wildcards } = entryIndex(mesh);
  const entries = exact.get(host);
  if (entries !== undefined) {
    return entries.find((entry) => entry.namespace === from) ?? entries[0];
  }
  return wildcards.find(({ suffix }) => host.endsWith(suffix))?.entry;
}
