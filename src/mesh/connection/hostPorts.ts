import { objectsIn, servicesIn, type Mesh } from '../snapshot/mesh.ts';
import type { Service, ServiceEntry } from '../model/objects.ts';

/** Where a connection goes: a host as the client spells it, and the Service port. */
export interface HostPort {
  /** Full, partial or short name of a Service, a host of a ServiceEntry, or an address. */
  readonly host: string;
  readonly port: number;
  /** A subset, where a route chooses one; plain calls have none (R164). */
  readonly subset?: string;
  /** Whether the client application opens TLS itself; by default it does where the port is declared HTTPS or TLS. */
  readonly tls?: boolean;
}

/** Every TCP port of a Service, by the Service's full name. */
export function hostPortsOfService({ name, namespace, ports }: Service): readonly HostPort[] {
  const host = `${name}.${namespace}.svc.cluster.local`;
  return ports
    .filter(({ protocol }) => protocol === 'TCP')
    .map(({ port }): HostPort => ({ host, port }));
}

/** Every port of every host that the ServiceEntries of a namespace define; wildcards as they are written. */
export function hostPortsOfEntries(mesh: Mesh, namespace: string): readonly HostPort[] {
  return [...objectsIn(mesh, namespace).serviceEntries.values()].flatMap(hostPortsOfEntry);
}

function hostPortsOfEntry({ hosts, ports }: ServiceEntry): readonly HostPort[] {
  return hosts.flatMap((host) => ports.map(({ port }): HostPort => ({ host, port })));
}

/** What can be called by a name that one of the namespace's objects gives it: Services, then ServiceEntries. */
export function hostPortsIn(mesh: Mesh, namespace: string): readonly HostPort[] {
  const ofServices = servicesIn(mesh, namespace).flatMap(hostPortsOfService);
  return [...ofServices, ...hostPortsOfEntries(mesh, namespace)];
}
