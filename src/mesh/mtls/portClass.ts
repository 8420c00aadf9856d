import { fqdnOf } from '../model/host.ts';
import { hasNoLabels, matchesLabels } from '../model/labels.ts';
import { memo } from '../model/memo.ts';
import { partOf, revisionOf, type Mesh } from '../model/mesh.ts';
import type { NamespacePart } from '../model/namespacePart.ts';
import type { Service, ServiceEntry, Sidecar } from '../model/objects.ts';
import { protocolOf, protocolOfWord } from '../model/protocol.ts';
import { entryTargetPort, targetPortOf } from '../model/targetPort.ts';
import type { Endpoint } from './destination.ts';
import { entryWorkloads } from './entryEndpoints.ts';
import type { PortClass } from './explanation.ts';
import { sidecarOf } from './hostVisibility.ts';

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
  const { config } = revisionOf(mesh, variant.revision);
  const client = { namespace: workload.namespace, labels: variant.shape.labels, config };
  const sidecar = sidecarOf(mesh, client);
  if (sidecar?.ingress !== undefined) {
    const listed = sidecar.ingress.find((listener) => listener.port === port);
    const portClass = listed === undefined ? 'AUTO' : protocolOfWord(listed.protocol).class;
    return { class: portClass, by: sidecar };
  }
  for (const by of hostsByAge(partOf(mesh, workload.namespace))) {
    const found = by.kind === 'Service' ? classByService(by, endpoint) : classByEntry(by, endpoint);
    if (found !== undefined) return { class: found, by };
  }
  return { class: 'AUTO' };
}

function classByService(
  service: Service,
  { workload, variant, port }: Endpoint,
): PortClass | undefined {
  const { selector, headless } = service;
  if (selector === undefined || !matchesLabels(selector, variant.shape.labels)) return undefined;
  if (headless && workload.ref.kind === 'WorkloadEntry') return undefined;
  const leading = service.ports.find(
    (one) => one.protocol === 'TCP' && targetPortOf(one, variant.shape) === port,
  );
  return leading === undefined ? undefined : protocolOf(leading).class;
}

function classByEntry(
  entry: ServiceEntry,
  { workload, variant, port }: Endpoint,
): PortClass | undefined {
  const { workloadSelector } = entry;
  const leads =
    workloadSelector === undefined
      ? entryWorkloads(entry).includes(workload)
      : !hasNoLabels(workloadSelector) && matchesLabels(workloadSelector, variant.shape.labels);
  if (!leads) return undefined;
  const leading = entry.ports.find((one) => entryTargetPort(one, variant.shape) === port);
  return leading === undefined ? undefined : protocolOfWord(leading.protocol).class;
}

/** Oldest first, then by the host itself: `api-v1.shop…` goes before `api.shop…`. */
const hostsByAge = memo((part: NamespacePart): readonly (Service | ServiceEntry)[] => {
  const hosts: (readonly [age: number, host: string, by: Service | ServiceEntry])[] = [];
  for (const service of part.services.values()) {
    hosts.push([service.createdAt ?? Number.POSITIVE_INFINITY, fqdnOf(service), service]);
  }
  for (const entry of part.serviceEntries.values()) {
    hosts.push([entry.createdAt ?? Number.POSITIVE_INFINITY, entry.hosts[0] ?? '', entry]);
  }
  hosts.sort(([age, host], [otherAge, otherHost]) => {
    if (age !== otherAge) return age < otherAge ? -1 : 1;
    return host < otherHost ? -1 : 1;
  });
  return hosts.map(([, , by]) => by);
});
