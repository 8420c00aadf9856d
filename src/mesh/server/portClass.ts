import { fqdnOf } from '../snapshot/host.ts';
import { isForRevision, hasNoLabels, matchesLabels } from '../model/labels.ts';
import { memo } from '../model/kept.ts';
import { objectsIn, revisionOf, type Mesh } from '../snapshot/mesh.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import type { Service, ServiceEntry, Sidecar } from '../model/objects.ts';
import { protocolOf, protocolOfWord } from '../model/protocol.ts';
import { entryTargetPort, targetPortOf } from '../snapshot/targetPort.ts';
import type { Endpoint } from '../destination/destination.ts';
import { endpointsOf } from '../destination/endpoints.ts';
import { entryWorkloads } from '../destination/entryEndpoints.ts';
import type { PortClass } from '../model/explanation.ts';
import { sidecarOf } from '../destination/hostVisibility.ts';

/** What a sidecar takes a workload port for, and the object that says so. */
export interface KnownClass {
  readonly class: PortClass;
  /** Absent for a port that nothing leads to (R45). */
  readonly by?: Service | ServiceEntry | Sidecar;
}

/**
 * What the sidecar takes a workload port for: the oldest Service or ServiceEntry that leads to the port
 * decides, unless a Sidecar lists the ports (R44 to R46).
 */
export function portClassOf(mesh: Mesh, endpoint: Endpoint): KnownClass {
  const { workload, variant, port } = endpoint;
  const revision = revisionOf(mesh, variant.revision);
  const client = { namespace: workload.namespace, labels: variant.shape.labels, revision };
  const sidecar = sidecarOf(mesh, client);
  if (sidecar?.ingress !== undefined) {
    const listed = sidecar.ingress.find((listener) => listener.port === port);
    const portClass = listed === undefined ? 'AUTO' : protocolOfWord(listed.protocol).class;
    return { class: portClass, by: sidecar };
  }
  const hosts = hostsByAge(objectsIn(mesh, workload.namespace)).filter(
    (by) => by.kind === 'Service' || isForRevision(by, revision.name),
  );
  for (const by of hosts) {
    const found = leadingPorts(by, endpoint).find(({ target }) => target === port);
    if (found !== undefined) return { class: found.class, by };
  }
  // Only pods that no Service selects are known by the slices that are written for them.
  const isSelected = hosts.some((by) => by.kind === 'Service' && leadsTo(by, endpoint));
  return (isSelected ? undefined : bySlices(mesh, endpoint)) ?? { class: 'AUTO' };
}

/** What a Service without selector says of a pod in the slices that are written for it. */
function bySlices(mesh: Mesh, endpoint: Endpoint): KnownClass | undefined {
  const { workload, variant, port } = endpoint;
  for (const by of hostsByAge(objectsIn(mesh, workload.namespace))) {
    if (by.kind !== 'Service' || by.selector !== undefined) continue;
    for (const declared of by.ports) {
      const found = endpointsOf(mesh, by, declared).some(
        (one) => one.workload === workload && one.variant === variant && one.port === port,
      );
      if (found) return { class: protocolOf(declared).class, by };
    }
  }
  return undefined;
}

/** Where the oldest Service port of a number leads in these pods; without one the number is the workload port itself. */
export function workloadPortOf(mesh: Mesh, endpoint: Endpoint, number: number): LedPort {
  for (const by of hostsByAge(objectsIn(mesh, endpoint.workload.namespace))) {
    const ports = leadingPorts(by, endpoint);
    const found = ports.find(({ port, target }) => port === number && target !== undefined);
    if (found?.target !== undefined) return { port: found.target, by };
  }
  return { port: number };
}

/** A workload port, and what leads to it. */
interface LedPort {
  readonly port: number;
  readonly by?: Service | ServiceEntry;
}

/** A port of a Service or ServiceEntry as one workload sees it. */
interface LeadingPort {
  readonly port: number;
  /** The workload port; undefined for a name that the pod does not know. */
  readonly target: number | undefined;
  readonly class: PortClass;
}

const NO_PORTS: readonly LeadingPort[] = Object.freeze([]);

/** The ports by which a Service or ServiceEntry leads to a workload; none where it does not select it. */
function leadingPorts(by: Service | ServiceEntry, endpoint: Endpoint): readonly LeadingPort[] {
  const { shape } = endpoint.variant;
  if (!leadsTo(by, endpoint)) return NO_PORTS;
  if (by.kind === 'ServiceEntry') {
    return by.ports.map((one) => ({
      port: one.port,
      target: entryTargetPort(one, shape),
      class: protocolOfWord(one.protocol).class,
    }));
  }
  return by.ports
    .filter(({ protocol }) => protocol === 'TCP')
    .map((one) => ({
      port: one.port,
      target: targetPortOf(one, shape),
      class: protocolOf(one).class,
    }));
}

function leadsTo(by: Service | ServiceEntry, { workload, variant }: Endpoint): boolean {
  const { labels } = variant.shape;
  if (by.kind === 'Service') {
    if (by.headless && workload.ref.kind === 'WorkloadEntry') return false;
    return by.selector !== undefined && matchesLabels(by.selector, labels);
  }
  const { workloadSelector } = by;
  if (workloadSelector === undefined) return entryWorkloads(by).includes(workload);
  return !hasNoLabels(workloadSelector) && matchesLabels(workloadSelector, labels);
}

/** Oldest first, then by the host itself: `api-v1.shop…` goes before `api.shop…`. */
const hostsByAge = memo((objects: NamespaceObjects): readonly (Service | ServiceEntry)[] => {
  const hosts: (readonly [age: number, host: string, by: Service | ServiceEntry])[] = [];
  for (const service of objects.services.values()) {
    hosts.push([service.createdAt ?? Number.POSITIVE_INFINITY, fqdnOf(service), service]);
  }
  for (const entry of objects.serviceEntries.values()) {
    hosts.push([entry.createdAt ?? Number.POSITIVE_INFINITY, entry.hosts[0] ?? '', entry]);
  }
  hosts.sort(([age, host], [otherAge, otherHost]) => {
    if (age !== otherAge) return age < otherAge ? -1 : 1;
    return host < otherHost ? -1 : 1;
  });
  return hosts.map(([, , by]) => by);
});
