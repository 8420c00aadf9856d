import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { at, label, list, ofKind, pairs, selects, text, texts } from './json.ts';
import type { ReferenceMesh } from './mode.ts';

/** One endpoint: a pod, or a machine written down as the pod that it would be. */
export interface Endpoint {
  readonly pod: Manifest;
  readonly address: string;
  readonly port: number;
}

/** What a host and port lead to. */
export interface Destination {
  /** The Service or ServiceEntry, as it is written. */
  readonly owner: Manifest;
  readonly host: string;
  readonly port: number;
  /** The entry of spec.ports. */
  readonly declared: unknown;
  /** The ExternalName that it is called by. */
  readonly alias: Manifest | undefined;
  /** As written; empty stands for the default of the mesh (R144). */
  readonly exportTo: readonly string[];
  /** Outside the mesh (R145). */
  readonly external: boolean;
  /** The client keeps the address that it was given (R172). */
  readonly keepsAddress: boolean;
  readonly endpoints: readonly Endpoint[];
}

export function hostOf(service: Manifest): string {
  return `${service.metadata.name}.${service.metadata.namespace ?? ''}.svc.cluster.local`;
}

/** A Service that is but another name of a host (ExternalName). */
export function isAlias(object: Manifest): boolean {
  return object.kind === 'Service' && at(object, 'spec', 'type') === 'ExternalName';
}

/** Whether the name itself stands for the endpoints: nobody wrote any down, and nobody is selected. */
export function leadsOutside(owner: Manifest): boolean {
  if (owner.kind === 'Service') return isAlias(owner);
  const selector = at(owner, 'spec', 'workloadSelector');
  const written = list(at(owner, 'spec', 'endpoints'));
  return (
    written.length === 0 && selector === undefined && at(owner, 'spec', 'resolution') !== 'STATIC'
  );
}

/** A port as it is called: the Service or ServiceEntry, its host, the entry of spec.ports, and the other name used. */
export interface Called {
  readonly service: Manifest;
  readonly host: string;
  readonly declared: unknown;
  readonly alias?: Manifest;
}

/** The destination of a call; a ServiceEntry's wildcard host is asked for by the host itself. */
export function destinationOf(mesh: ReferenceMesh, called: Called): Destination {
  const { service: owner, declared, alias } = called;
  const host = alias === undefined || isAlias(owner) ? called.host : hostOf(owner);
  const isEntry = owner.kind === 'ServiceEntry';
  const annotation = owner.metadata.annotations?.['networking.istio.io/exportTo'];
  const port = Number(at(declared, isEntry ? 'number' : 'port'));
  const annotated = annotation === undefined ? [] : annotation.split(',');
  return {
    ...{ owner, host, port, declared, alias },
    exportTo: isEntry ? texts(at(owner, 'spec', 'exportTo')) : annotated,
    external: isEntry && at(owner, 'spec', 'location') !== 'MESH_INTERNAL',
    keepsAddress: isEntry
      ? (at(owner, 'spec', 'resolution') ?? 'NONE') === 'NONE'
      : at(owner, 'spec', 'clusterIP') === 'None',
    endpoints: leadsOutside(owner)
      ? [outside(host, Number(at(declared, 'targetPort') ?? port))]
      : isEntry
        ? endpointsOfEntry(mesh, owner, declared)
        : endpointsOfService(mesh, owner, declared),
  };
}

/** The pods that Kubernetes keeps in slices, and the machines that the selector selects, too. */
function endpointsOfService(
  mesh: ReferenceMesh,
  service: Manifest,
  declared: unknown,
): readonly Endpoint[] {
  const namespace = service.metadata.namespace ?? '';
  const pods = ofKind(mesh.objects, 'EndpointSlice', namespace)
    .filter((slice) => label(slice, 'kubernetes.io/service-name') === service.metadata.name)
    .flatMap((slice) => endpointsOfSlice(mesh, slice, declared));
  const selector = at(service, 'spec', 'selector');
  // A client of a headless service resolves its name, and names lead to pods alone.
  if (pairs(selector).length === 0 || at(service, 'spec', 'clusterIP') === 'None') return pods;
  const machines = machinesIn(mesh, namespace).filter(({ pod }) =>
    selects(selector, pod.metadata.labels),
  );
  return [...pods, ...machines.flatMap((machine) => atServicePort(machine, declared))];
}

function endpointsOfSlice(
  mesh: ReferenceMesh,
  slice: Manifest,
  declared: unknown,
): readonly Endpoint[] {
  const target = list(at(slice, 'ports')).find((one) => at(one, 'name') === at(declared, 'name'));
  const port = at(target, 'port');
  if (typeof port !== 'number') return [];
  return list(at(slice, 'endpoints')).flatMap((endpoint): readonly Endpoint[] => {
    const name = at(endpoint, 'targetRef', 'name');
    const pod = ofKind(mesh.objects, 'Pod', slice.metadata.namespace ?? '').find(
      ({ metadata }) => metadata.name === name,
    );
    return pod === undefined ? [] : [{ pod, address: text(at(endpoint, 'addresses', 0)), port }];
  });
}

/** A machine of a WorkloadEntry, or of an endpoint that a ServiceEntry writes out. */
interface Machine {
  readonly pod: Manifest;
  readonly address: string;
  readonly ports: unknown;
}

/** R7: the labels of the object go before those of its spec. */
function machinesIn(mesh: ReferenceMesh, namespace: string): readonly Machine[] {
  return ofKind(mesh.objects, 'WorkloadEntry', namespace).map((entry) =>
    machineOf(entry.metadata, at(entry, 'spec'), entry.metadata.labels),
  );
}

/** To everybody else a machine is what a pod with these labels would be: it has a proxy if it has an identity (R147). */
function machineOf(
  { namespace, name }: Pick<Manifest['metadata'], 'namespace' | 'name'>,
  spec: unknown,
  ownLabels: unknown,
): Machine {
  const labels: Record<string, string> = Object.fromEntries([
    ...pairs(at(spec, 'labels')),
    ...pairs(ownLabels),
  ]);
  const identified = text(at(spec, 'serviceAccount')) !== '';
  labels['security.istio.io/tlsMode'] ??= identified ? 'istio' : 'disabled';
  const hasProxy = labels['security.istio.io/tlsMode'] === 'istio';
  const proxy = { name: 'istio-proxy', args: ['proxy', 'sidecar'] };
  const pod: Manifest = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(namespace === undefined ? {} : { namespace }),
      name,
      labels,
    },
    spec: { containers: hasProxy ? [proxy] : [], machinePorts: at(spec, 'ports') ?? {} },
  };
  return { pod, address: text(at(spec, 'address')), ports: at(spec, 'ports') };
}

/** A pod as it is, the machine of a WorkloadEntry as the pod that it would be. */
export function nodeAsPod(node: Manifest): Manifest {
  if (node.kind !== 'WorkloadEntry') return node;
  return machineOf(node.metadata, at(node, 'spec'), node.metadata.labels).pod;
}

/** A host that stands for itself: nobody's machine, so without a proxy. */
function outside(host: string, port: number): Endpoint {
  const { pod } = machineOf({ name: host }, {}, undefined);
  return { pod, address: host, port };
}

/** A named target port, and the name of the Service port before a number, may be in the machine's own list of ports. */
function atServicePort({ pod, address, ports }: Machine, declared: unknown): readonly Endpoint[] {
  const target = at(declared, 'targetPort');
  const named = typeof target === 'string' ? target : text(at(declared, 'name'));
  const port = at(ports, named) ?? target;
  return typeof port === 'number' ? [{ pod, address, port }] : [];
}

function endpointsOfEntry(
  mesh: ReferenceMesh,
  entry: Manifest,
  declared: unknown,
): readonly Endpoint[] {
  const byDefault = Number(at(declared, 'targetPort') ?? at(declared, 'number'));
  const toEndpoint = ({ pod, address, ports }: Machine): Endpoint => ({
    ...{ pod, address },
    port: Number(at(ports, text(at(declared, 'name'))) ?? byDefault),
  });
  const selector = at(entry, 'spec', 'workloadSelector', 'labels');
  if (selector === undefined) {
    const written = list(at(entry, 'spec', 'endpoints'));
    return written.map((spec) => {
      const { namespace } = entry.metadata;
      const name = text(at(spec, 'address'));
      return toEndpoint(
        machineOf({ ...(namespace === undefined ? {} : { namespace }), name }, spec, undefined),
      );
    });
  }
  const namespace = entry.metadata.namespace ?? '';
  const pods = ofKind(mesh.objects, 'Pod', namespace).map((pod): Machine => ({
    pod,
    address: text(at(pod, 'status', 'podIP')),
    ports: Object.fromEntries(namedPorts(pod)),
  }));
  return [...pods, ...machinesIn(mesh, namespace)]
    .filter(({ pod }) => selects(selector, pod.metadata.labels))
    .map(toEndpoint);
}

function namedPorts(pod: Manifest): readonly (readonly [string, unknown])[] {
  return list(at(pod, 'spec', 'containers'))
    .flatMap((container) => list(at(container, 'ports')))
    .map((one) => [text(at(one, 'name')), at(one, 'containerPort')]);
}

/** The Services and ServiceEntries of a namespace, oldest first, and those of one second by their hosts (R44). */
export function servicesOf(mesh: ReferenceMesh, namespace: string): readonly Manifest[] {
  const key = (owner: Manifest): string => {
    const host = owner.kind === 'Service' ? hostOf(owner) : text(at(owner, 'spec', 'hosts', 0));
    return `${owner.metadata.creationTimestamp ?? ''} ${host}`;
  };
  return [
    ...ofKind(mesh.objects, 'Service', namespace),
    ...ofKind(mesh.objects, 'ServiceEntry', namespace),
  ].toSorted((left, right) => (key(left) < key(right) ? -1 : 1));
}
