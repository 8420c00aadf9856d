import { nodeName } from './addresses.ts';
import type { Endpoint, EndpointSlice, Pod, Service, ServicePort } from './kubeTypes.ts';
import { isReady } from './kubeTypes.ts';

/** Who says of a slice that it is one of Kubernetes' own controller; istiod trusts no other name. */
export const managedBy = 'endpointslice-controller.k8s.io';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const serviceNameLabel = 'kubernetes.io/service-name';

/** The slices that Kubernetes' controller would keep for a Service: one for each set of port numbers. */
export function slicesOf(service: Service, pods: Iterable<Pod>): readonly EndpointSlice[] {
  const { selector, type } = service.spec;
  if (selector === undefined || Object.keys(selector).length === 0) return [];
  if (type === 'ExternalName') return [];
  const groups = new Map<string, { ports: readonly ServicePort[]; endpoints: Endpoint[] }>();
  for (const pod of pods) {
    if (!isSelected(service, pod)) continue;
    const ports = portsOn(service, pod);
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointOf(service, pod));
    groups.set(key, group);
  }
  if (groups.size === 0) groups.set('', { ports: [], endpoints: [] });
  return [...groups]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, group], index) => slice(service, index, group));
}

function isSelected({ metadata, spec }: Service, pod: Pod): boolean {
  if (pod.metadata.namespace !== metadata.namespace) return false;
  if (pod.metadata.deletionTimestamp !== undefined || pod.status?.podIP === undefined) return false;
  const labels = pod.metadata.labels ?? {};
  return Object.entries(spec.selector ?? {}).every(([key, value]) => labels[key] === value);
}

function portsOn({ spec }: Service, pod: Pod): readonly ServicePort[] {
  return (spec.ports ?? []).flatMap(({ name = '', port, protocol = 'TCP', ...rest }) => {
    const number = targetPortOn(rest.targetPort ?? port, pod);
    if (number === undefined) return [];
    const { appProtocol } = rest;
    return [
      { name, port: number, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) },
    ];
  });
}

function targetPortOn(target: number | string, { spec }: Pod): number | undefined {
  if (typeof target === 'number') return target;
  return spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === target)
    ?.containerPort;
}

function endpointOf({ metadata, spec }: Service, pod: Pod): Endpoint {
  const ready = spec.publishNotReadyAddresses === true || isReady(pod);
  const { hostname, subdomain } = pod.spec;
  const { namespace, name, uid } = pod.metadata;
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready, ...{ serving: ready, terminating: false } },
    nodeName,
    ...(hostname !== undefined && subdomain === metadata.name ? { hostname } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

function slice(
  { metadata, spec }: Service,
  index: number,
  { ports, endpoints }: { ports: readonly ServicePort[]; endpoints: readonly Endpoint[] },
): EndpointSlice {
  const headless = spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
  const owner = { apiVersion: 'v1', kind: 'Service', name: metadata.name, uid: metadata.uid };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    metadata: {
      name: `${metadata.name}-${index}`,
      namespace: metadata.namespace ?? '',
      labels: { [serviceNameLabel]: metadata.name, [managedByLabel]: managedBy, ...headless },
      ...{ ownerReferences: [{ ...owner, controller: true }] },
    },
    endpoints: [...endpoints].sort((a, b) =>
      (a.addresses[0] ?? '') < (b.addresses[0] ?? '') ? -1 : 1,
    ),
    ports,
  };
}

/** What of a slice is written and compared. */
export function contentOf({ endpoints, ports }: EndpointSlice): string {
  const plain = (endpoints ?? []).map(({ addresses, conditions, hostname }) => [
    addresses,
    conditions?.ready,
    hostname ?? '',
  ]);
  const sorted = (ports ?? []).map(({ name, port, protocol, appProtocol }) => [
    name ?? '',
    port,
    protocol ?? 'TCP',
    appProtocol ?? '',
  ]);
  return JSON.stringify([plain, sorted]);
}
