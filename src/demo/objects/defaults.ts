import type { Json, JsonObject, KubeObject } from './json.ts';
import { isObject, listAt, numberAt, objectAt, textAt, withValue } from './json.ts';
import type { ResourceType } from './resources.ts';
import { deployments, namespaces, pods, services } from './resources.ts';

/** Addresses of Services, counted up within the process. */
let lastServiceAddress = 0;

/** Fills in what the API server fills in, for the kinds whose defaults something here reads. */
export function withDefaults(type: ResourceType, object: KubeObject): KubeObject {
  if (type === namespaces) return namespaceDefaults(object);
  if (type === services) return serviceDefaults(object);
  if (type === deployments) return deploymentDefaults(object);
  return type === pods ? podDefaults(object) : object;
}

function namespaceDefaults(object: KubeObject): KubeObject {
  const labels = {
    ...objectAt(object, 'metadata', 'labels'),
    'kubernetes.io/metadata.name': object.metadata.name,
  };
  const labelled = withValue(object, ['metadata', 'labels'], labels);
  return {
    ...labelled,
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  } as unknown as KubeObject;
}

function serviceDefaults(object: KubeObject): KubeObject {
  const spec = objectAt(object, 'spec');
  const type = textAt(spec, 'type') ?? 'ClusterIP';
  const ports = listAt(spec, 'ports').map(servicePortDefaults);
  const clusterIP =
    textAt(spec, 'clusterIP') ?? (type === 'ExternalName' ? undefined : nextAddress());
  return {
    ...object,
    spec: {
      ...spec,
      type,
      ports,
      ...(clusterIP !== undefined && { clusterIP, clusterIPs: [clusterIP] }),
    },
    status: object['status'] ?? { loadBalancer: {} },
  };
}

function servicePortDefaults(port: Json): Json {
  if (!isObject(port)) return port;
  return { protocol: 'TCP', ...port, targetPort: port['targetPort'] ?? port['port'] ?? null };
}

function nextAddress(): string {
  lastServiceAddress += 1;
  return `10.96.${Math.floor(lastServiceAddress / 250) % 250}.${(lastServiceAddress % 250) + 1}`;
}

function deploymentDefaults(object: KubeObject): KubeObject {
  const spec = objectAt(object, 'spec');
  const template = objectAt(spec, 'template');
  return {
    ...object,
    spec: {
      ...spec,
      replicas: numberAt(spec, 'replicas') ?? 1,
      template: { ...template, spec: podSpecDefaults(objectAt(template, 'spec')) },
    },
    status: object['status'] ?? {},
  };
}

function podDefaults(object: KubeObject): KubeObject {
  return {
    ...object,
    spec: podSpecDefaults(objectAt(object, 'spec')),
    status: object['status'] ?? { phase: 'Pending', qosClass: 'BestEffort' },
  };
}

function podSpecDefaults(spec: JsonObject): JsonObject {
  const containers = listAt(spec, 'containers').map((container) => {
    if (!isObject(container)) return container;
    const ports = listAt(container, 'ports').map((port) =>
      isObject(port) ? { protocol: 'TCP', ...port } : port,
    );
    return ports.length > 0 ? { ...container, ports } : container;
  });
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    ...spec,
    serviceAccountName: textAt(spec, 'serviceAccountName') ?? 'default',
    containers,
  };
}
