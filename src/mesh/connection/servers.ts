import { partOf, servicesIn, type Mesh } from '../snapshot/mesh.ts';
import type { Service, ServiceEntry } from '../model/objects.ts';
import type { Server } from './reach.ts';

/** Every TCP port of a Service, by the Service's full name. */
export function serversOfService({ name, namespace, ports }: Service): readonly Server[] {
  const host = `${name}.${namespace}.svc.cluster.local`;
  return ports
    .filter(({ protocol }) => protocol === 'TCP')
    .map(({ port }): Server => ({ host, port }));
}

/** Every port of every host that the ServiceEntries of a namespace define; wildcards as they are written. */
export function serversOfEntries(mesh: Mesh, namespace: string): readonly Server[] {
  return [...partOf(mesh, namespace).serviceEntries.values()].flatMap(serversOfEntry);
}

function serversOfEntry({ hosts, ports }: ServiceEntry): readonly Server[] {
  return hosts.flatMap((host) => ports.map(({ port }): Server => ({ host, port })));
}

/** What can be called by a name that one of the namespace's objects gives it: Services, then ServiceEntries. */
export function serversIn(mesh: Mesh, namespace: string): readonly Server[] {
  const ofServices = servicesIn(mesh, namespace).flatMap(serversOfService);
  return [...ofServices, ...serversOfEntries(mesh, namespace)];
}
