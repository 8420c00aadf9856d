import { resolveHost } from '../snapshot/host.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import type { Service, ServiceEntry } from '../model/objects.ts';

/** What an ExternalName stands for in the end. */
export interface Aliased {
  readonly host: string;
  /** `nowhere` for names that stand for one another in a circle; undefined for a host that no registry knows. */
  readonly known: Service | ServiceEntry | 'nowhere' | undefined;
}

/** Follows one name to the next, as DNS does: of a Service only the full name is one that it takes. */
export function aliased(mesh: Mesh, service: Service): Aliased {
  const seen = new Set<Service>();
  for (let name = service; ;) {
    seen.add(name);
    const host = name.externalName ?? '';
    const target = resolveHost(mesh, host, undefined);
    if (target.kind === 'service-entry') return { host, known: target.entry };
    if (target.kind !== 'service' || target.fqdn !== host) return { host, known: undefined };
    if (target.service.externalName === undefined) return { host, known: target.service };
    if (seen.has(target.service)) return { host, known: 'nowhere' };
    name = target.service;
  }
}
