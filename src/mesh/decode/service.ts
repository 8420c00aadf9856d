import type { EndpointSlice, Service, ServicePort, SliceEndpoint } from '../model/objects.ts';
import {
  asPort,
  labelsAt,
  NO_LABELS,
  objectAt,
  readEach,
  stringAt,
  stringsAt,
  type Json,
} from '../model/json.ts';
import type { Meta } from './objectMeta.ts';
import { transportProtocol } from './pod.ts';

export function decodeService(object: Json, meta: Meta): Service {
  const spec = objectAt(object, 'spec');
  const clusterIP = stringAt(spec, 'clusterIP');
  const external = stringAt(spec, 'type') === 'ExternalName';
  const selector = labelsAt(spec, 'selector');
  const selects = selector !== NO_LABELS && Object.keys(selector).length > 0;
  return {
    kind: 'Service',
    namespace: meta.namespace,
    name: meta.name,
    uid: meta.uid,
    labels: meta.labels,
    annotations: meta.annotations,
    createdAt: meta.createdAt,
    origin: meta.origin,
    headless: clusterIP === 'None',
    publishesUnready: spec['publishNotReadyAddresses'] === true,
    clusterIPs: clusterIP === undefined || clusterIP === 'None' ? [] : addresses(spec, clusterIP),
    externalName: external ? stringAt(spec, 'externalName') : undefined,
    selector: selects && !external ? selector : undefined,
    ports: readEach(spec, 'ports', decodePort),
  };
}

function addresses(spec: Json, clusterIP: string): readonly string[] {
  const all = stringsAt(spec, 'clusterIPs');
  return all.length > 1 ? all : [clusterIP];
}

function decodePort(fields: Json): ServicePort | undefined {
  const port = asPort(fields['port']);
  if (port === undefined) return undefined;
  return {
    port,
    name: stringAt(fields, 'name') ?? '',
    protocol: transportProtocol(fields['protocol']),
    appProtocol: stringAt(fields, 'appProtocol'),
    targetPort: decodeTargetPort(fields['targetPort']) ?? port,
  };
}

/** A port number, or a name; a missing target is the Service port itself (R208). */
function decodeTargetPort(value: unknown): number | string | undefined {
  if (typeof value !== 'string') return asPort(value);
  return value === '' ? undefined : value;
}

export function decodeEndpointSlice(object: Json, meta: Meta): EndpointSlice {
  return {
    kind: 'EndpointSlice',
    namespace: meta.namespace,
    name: meta.name,
    uid: meta.uid,
    labels: meta.labels,
    annotations: meta.annotations,
    createdAt: meta.createdAt,
    origin: meta.origin,
    serviceName: meta.labels['kubernetes.io/service-name'],
    endpoints: readEach(object, 'endpoints', (one) => decodeEndpoint(one, meta.namespace)),
    ports: readEach(object, 'ports', decodeSlicePort),
  };
}

function decodeEndpoint(fields: Json, sliceNamespace: string): SliceEndpoint {
  const target = objectAt(fields, 'targetRef');
  const name = target['kind'] === 'Pod' ? stringAt(target, 'name') : undefined;
  const namespace = stringAt(target, 'namespace') ?? sliceNamespace;
  return {
    addresses: stringsAt(fields, 'addresses'),
    pod: name === undefined ? undefined : { namespace, name },
    ready: objectAt(fields, 'conditions')['ready'] !== false,
  };
}

function decodeSlicePort(fields: Json): EndpointSlice['ports'][number] | undefined {
  const port = asPort(fields['port']);
  return port === undefined ? undefined : { name: stringAt(fields, 'name') ?? '', port };
}
