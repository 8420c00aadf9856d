import type { Json, JsonObject, KubeObject } from '../objects/json.ts';
import { listAt, numberAt, sameJson, textAt, textMapAt } from '../objects/json.ts';
import { endpointSlices, pods, services } from '../objects/resources.ts';
import type { StoredEvent } from '../objects/storage.ts';
import type { Registry } from '../api/writes.ts';
import { createObject } from '../api/writes.ts';
import { isReady, isTerminating } from './podStatus.ts';

const manager = { manager: 'endpointslice-controller', dryRun: false };

/** Keeps one EndpointSlice for each Service that a changed pod or Service concerns. */
export function reconcileEndpointSlices(registry: Registry, event: StoredEvent): void {
  const { type, object } = event;
  const namespace = object.metadata.namespace ?? '';
  if (type === services && event.kind === 'deleted') {
    registry.storage.remove(endpointSlices, namespace, sliceName(object));
  } else if (type === services) {
    putSlice(registry, object);
  } else if (type === pods) {
    for (const service of registry.storage.list(services, namespace)) {
      if (selects(service, object)) putSlice(registry, service);
    }
  }
}

/** Whether the Service's selector matches the pod's labels; a Service without selector has no pods. */
export function selects(service: KubeObject, pod: KubeObject): boolean {
  const selector = Object.entries(textMapAt(service, 'spec', 'selector'));
  const labels = textMapAt(pod, 'metadata', 'labels');
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

/** The pod's port behind a Service port: a number, or the container port of that name (R208). */
export function targetPortOf(servicePort: Json, pod: KubeObject): number | undefined {
  const number = numberAt(servicePort, 'targetPort') ?? numberAt(servicePort, 'port');
  const name = textAt(servicePort, 'targetPort');
  if (name === undefined) return number;
  const ports = listAt(pod, 'spec', 'containers').flatMap((container) =>
    listAt(container, 'ports'),
  );
  return numberAt(
    ports.find((port) => textAt(port, 'name') === name),
    'containerPort',
  );
}

function putSlice(registry: Registry, service: KubeObject): void {
  const { storage } = registry;
  const namespace = service.metadata.namespace ?? '';
  const body = sliceOf(registry, service);
  const live = storage.get(endpointSlices, namespace, sliceName(service));
  if (live) {
    const next = { ...live, ...body, metadata: live.metadata };
    if (!sameJson(live, next)) storage.put(endpointSlices, next);
    return;
  }
  if (Object.keys(textMapAt(service, 'spec', 'selector')).length === 0) return;
  createObject(
    registry,
    { type: endpointSlices, version: 'v1', namespace, name: '' },
    body,
    manager,
  );
}

function sliceOf(registry: Registry, service: KubeObject): JsonObject {
  const { name, namespace = '', uid } = service.metadata;
  const backends = registry.storage
    .list(pods, namespace)
    .filter((pod) => selects(service, pod) && textAt(pod, 'status', 'podIP') !== undefined);
  const [first] = backends;
  const owner = {
    apiVersion: 'v1',
    kind: 'Service',
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return {
    addressType: 'IPv4',
    metadata: {
      name: sliceName(service),
      labels: {
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [owner],
    },
    endpoints: backends.map(endpointOf),
    ports: first ? listAt(service, 'spec', 'ports').flatMap((port) => slicePort(port, first)) : [],
  };
}

function slicePort(servicePort: Json, pod: KubeObject): readonly JsonObject[] {
  const port = targetPortOf(servicePort, pod);
  if (port === undefined) return [];
  return [{ name: textAt(servicePort, 'name') ?? '', protocol: 'TCP', port }];
}

function endpointOf(pod: KubeObject): JsonObject {
  const terminating = isTerminating(pod);
  const { name, namespace, uid } = pod.metadata;
  return {
    addresses: [textAt(pod, 'status', 'podIP') ?? ''],
    conditions: { ready: isReady(pod) && !terminating, serving: isReady(pod), terminating },
    nodeName: 'demo-node',
    targetRef: { kind: 'Pod', name, namespace, uid },
  };
}

function sliceName(service: KubeObject): string {
  return `${service.metadata.name}-${service.metadata.uid.slice(0, 5)}`;
}
