import { sidecarOf, whyNotVisible, type AskingClient } from '../destination/hostVisibility.ts';
import type { Destination } from '../destination/destination.ts';
import { memo } from '../model/kept.ts';
import { isForRevision } from '../model/labels.ts';
import type { VirtualService } from '../model/objects.ts';
import { isDiscovered } from '../policy/peerAuthentication.ts';
import { byAge } from '../policy/policyScope.ts';
import { CLUSTER_DOMAIN } from '../snapshot/host.ts';
import type { Mesh } from '../snapshot/mesh.ts';

interface Index {
  readonly exact: ReadonlyMap<string, readonly VirtualService[]>;
  /** Hosts that begin with `*`, longest first. */
  readonly wildcards: readonly (readonly [suffix: string, services: readonly VirtualService[]])[];
}

/** Those of all namespaces that sidecars go by, oldest first. */
const indexed = memo((namespaces: Mesh['namespaces']): Index => {
  const all = [...namespaces.values()]
    .flatMap((objects) => [...objects.virtualServices.values()])
    .filter(({ gateways }) => gateways.length === 0 || gateways.includes('mesh'))
    .sort(byAge);
  const byHost = new Map<string, VirtualService[]>();
  for (const service of all)
    for (const host of new Set(service.hosts.map((each) => fullName(each, service.namespace)))) {
      const same = byHost.get(host);
      if (same === undefined) byHost.set(host, [service]);
      else same.push(service);
    }
  const wildcards = [...byHost]
    .filter(([host]) => host.startsWith('*'))
    .map(([host, services]) => [host.slice(1), services] as const)
    .sort(([left], [right]) => right.length - left.length);
  return { exact: byHost, wildcards };
});

/** A name without any dot is of the object's own namespace; everything else is taken as it is. */
export function fullName(host: string, namespace: string): string {
  const lower = host.toLowerCase();
  return lower.includes('.') || lower.startsWith('*')
    ? lower
    : `${lower}.${namespace}.svc.${CLUSTER_DOMAIN}`;
}

/** Every VirtualService that names a host, or covers it, whoever may see it: by how closely, then by age. */
export function coveringServices(mesh: Mesh, host: string): readonly VirtualService[] {
  const { exact, wildcards } = indexed(mesh.namespaces);
  const direct = exact.get(host) ?? [];
  if (wildcards.length === 0) return direct;
  const wide = wildcards.filter(([suffix]) => host.endsWith(suffix));
  return [...direct, ...wide.flatMap(([, services]) => services)];
}

/**
 * The VirtualServices that a client's proxy may route a host by: those that name it, private ones of its namespace first, then the
 * closest of those that cover it (R310). One without a route for the client leaves the host to the next.
 */
export function virtualServicesFor(
  mesh: Mesh,
  client: AskingClient & { readonly hasSidecarObject: boolean },
  { host, port, owner }: Destination,
): readonly VirtualService[] {
  const { config, name } = client.revision;
  const covering = coveringServices(mesh, host);
  if (covering.length === 0 || owner === undefined) return covering.slice(0, 0);
  const sidecar = client.hasSidecarObject ? sidecarOf(mesh, client) : undefined;
  const visible = covering.filter((service) => {
    const { namespace } = service;
    const exportTo = exportToOf(service, config.defaultVirtualServiceExportTo);
    return (
      isForRevision(service, name) &&
      isDiscovered(mesh, namespace, config) &&
      whyNotVisible(sidecar, client, { host, namespace, exportTo, port, by: owner }) === undefined
    );
  });
  const rank = (service: VirtualService): number => {
    const exportTo = exportToOf(service, config.defaultVirtualServiceExportTo);
    if (exportTo.includes('*')) return 2;
    return service.namespace === client.namespace ? 0 : 1;
  };
  const exact = visible.filter((service) => namesExactly(service, host));
  const wide = visible.filter((service) => !namesExactly(service, host));
  return [...exact.toSorted((left, right) => rank(left) - rank(right)), ...wide.slice(0, 1)];
}

function namesExactly({ hosts, namespace }: VirtualService, host: string): boolean {
  return hosts.some((each) => fullName(each, namespace) === host);
}

/** Whom a VirtualService is exported to. */
export function exportToOf(
  { exportTo }: VirtualService,
  byDefault: readonly string[],
): readonly string[] {
  return exportTo.length === 0 ? byDefault : exportTo;
}
