import { memo } from '../model/kept.ts';
import { hasNoLabels } from '../model/labels.ts';
import type { Labels, Service, ServiceEntry } from '../model/objects.ts';
import { fqdnOf } from '../snapshot/host.ts';
import { namespacesOf, objectsIn, workloadsBehind, type Mesh } from '../snapshot/mesh.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import { servicesOfHost } from '../destination/servicesOfHost.ts';
import { workloadMtls } from '../server/workloadMtls.ts';

/** A host that a DestinationRule can be for. */
export interface KnownHost {
  readonly host: string;
  readonly kind: 'Service' | 'ServiceEntry';
  readonly namespace: string;
  readonly ports: readonly number[];
}

/** Every host that objects of the mesh define, those of the rule's own namespace first. Services by their full names. */
export function knownHosts(mesh: Mesh, from: string): readonly KnownHost[] {
  const names = namespacesOf(mesh).map(({ name }) => name);
  const ordered = [
    ...names.filter((name) => name === from),
    ...names.filter((name) => name !== from),
  ];
  return ordered.flatMap((namespace) => hostsIn(objectsIn(mesh, namespace)));
}

const hostsIn = memo((objects: NamespaceObjects): readonly KnownHost[] => [
  ...[...objects.services.values()].map(hostOfService).sort(byHost),
  ...[...objects.serviceEntries.values()].flatMap(hostsOfEntry),
]);

function hostOfService(service: Service): KnownHost {
  const { namespace, ports } = service;
  const host = fqdnOf(service);
  return { host, kind: 'Service', namespace, ports: ports.map(({ port }) => port) };
}

function byHost(left: KnownHost, right: KnownHost): number {
  return left.host < right.host ? -1 : 1;
}

function hostsOfEntry({ hosts, ports, namespace }: ServiceEntry): readonly KnownHost[] {
  const numbers = ports.map(({ port }) => port);
  return hosts.map((host) => ({ host, kind: 'ServiceEntry', namespace, ports: numbers }));
}

/** The subsets that DestinationRules define for a host, with the labels that they select by. */
export function knownSubsets(
  mesh: Mesh,
  host: string,
  from: string,
): readonly { readonly name: string; readonly labels: Labels }[] {
  const services = new Set(servicesOfHost(mesh, host, from));
  const rules = namespacesOf(mesh).flatMap(({ name }) => [
    ...objectsIn(mesh, name).destinationRules.values(),
  ]);
  return rules
    .filter(
      (rule) =>
        rule.host === host ||
        (rule.subsets.length > 0 &&
          servicesOfHost(mesh, rule.host, rule.namespace).some((service) => services.has(service))),
    )
    .flatMap(({ subsets }) => subsets);
}

/** What the servers behind a host accept as a whole: `server STRICT`. Undefined where no workload is known behind it. */
export function serverModes(mesh: Mesh, host: string, from: string): readonly string[] | undefined {
  const behind = servicesOfHost(mesh, host, from).flatMap((service) =>
    workloadsBehind(mesh, service),
  );
  if (behind.length === 0) return undefined;
  const modes = behind.map((workload) => {
    const { mode, enforcement, unknown } = workloadMtls(mesh, workload);
    if (unknown !== undefined) return 'unknown';
    return enforcement.kind === 'not-enforced' ? 'no proxy' : mode;
  });
  return [...new Set(modes)];
}

/** The labels of the pods behind a host, for a subset to select by; of a host of several Services, those of all. */
export function selectorsBehind(mesh: Mesh, host: string, from: string): readonly Service[] {
  return servicesOfHost(mesh, host, from).filter(
    ({ selector }) => selector !== undefined && !hasNoLabels(selector),
  );
}
