import type { EndpointSlice, Service, ServicePort, SliceEndpoint } from '../model/objects.ts';
import {
  asPort,
  labelsAt,
  NO_LABELS,
  objectAt,
  objectsAt,
  stringAt,
  stringsAt,
  type Json,
} from './json.ts';
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
    ...meta,
    headless: clusterIP === 'None',
    clusterIPs: clusterIP === undefined || clusterIP === 'None' ? [] : addresses(spec, clusterIP),
    externalName: external ? stringAt(spec, 'externalName') : undefined,
    selector: selects && !external ? selector : undefined,
    ports: decodePorts(spec),
  };
}

function addresses(spec: Json, clusterIP: string): readonly string[] {
  const all = stringsAt(spec, 'clusterIPs');
  return all.length > 1 ? all : [clusterIP];
}

function decodePorts(spec: Json): readonly ServicePort[] {
  const ports: ServicePort[] = [];
  for (const fields of objectsAt(spec, 'ports')) {
    const port = asPort(fields['port']);
    if (port === undefined) continue;
    ports.push({
      port,
      name: stringAt(fields, 'name') ?? '',
      protocol: transportProtocol(fields['protocol']),
      appProtocol: stringAt(fields, 'appProtocol'),
      targetPort: decodeTargetPort(fields['targetPort']) ?? port,
    });
  }
  return ports;
}

/** A port number, or a name; a missing target is the Service port itself (R208). */
function decodeTargetPort(value: unknown): number | string | undefined {
  if (typeof value !== 'string') return asPort(value);
  return value === '' ? undefined : value;
}

export function decodeEndpointSlice(object: Json, meta: Meta): EndpointSlice {
  const endpoints = objectsAt(object, 'endpoints').map((fields): SliceEndpoint => {
    const target = objectAt(fields, 'targetRef');
    return {
      addresses: stringsAt(fields, 'addresses'),
      podName: target['kind'] === 'Pod' ? stringAt(target, 'name') : undefined,
    };
  });
  const ports = objectsAt(object, 'ports').flatMap((fields) => {
    const port = asPort(fields['port']);
    return port === undefined ? [] : [{ name: stringAt(fields, 'name') ?? '', port }];
  });
  const serviceName = meta.labels['kubernetes.io/service-name'];
  return { kind: 'EndpointSlice', ...meta, serviceName, endpoints, ports };
}
