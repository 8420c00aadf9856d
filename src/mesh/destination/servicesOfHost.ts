import { fqdnOf } from '../snapshot/host.ts';
import { namespacesOf, servicesIn, type Mesh } from '../snapshot/mesh.ts';
import type { Service } from '../model/objects.ts';

/**
 * The Services that a DestinationRule's host names, seen from the rule's namespace (R150): a name
 * without a dot is short for its own namespace, `*` stands for any beginning.
 */
export function servicesOfHost(mesh: Mesh, host: string, namespace: string): readonly Service[] {
  const full = host.includes('.') || host === '*' ? host : fqdnOf({ name: host, namespace });
  return namespacesOf(mesh)
    .flatMap(({ name }) => servicesIn(mesh, name))
    .filter((service) => matches(full, fqdnOf(service)));
}

function matches(pattern: string, host: string): boolean {
  return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : host === pattern;
}
