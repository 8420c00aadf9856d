import { outboundTrafficPolicy } from '../config/meshConfig.ts';
import type {
  EntryEndpoint,
  Gateway,
  GatewayServer,
  ServiceEntry,
  ServiceEntryPort,
  Sidecar,
  SidecarEgress,
  SidecarIngress,
  WorkloadEntry,
} from '../model/objects.ts';
import type { NonEmpty } from '../model/reference.ts';
import { checkExportTo } from './exportToChecks.ts';
import {
  asObject,
  asPort,
  labelsAt,
  objectAt,
  objectsAt,
  stringAt,
  stringsAt,
  type Json,
} from '../model/json.ts';
import type { Meta } from './objectMeta.ts';
import type { Problem } from '../model/problem.ts';

export function decodeSidecar(object: Json, meta: Meta): Sidecar {
  const spec = objectAt(object, 'spec');
  const selector = asObject(spec['workloadSelector']);
  const egress = objectsAt(spec, 'egress').map((fields): SidecarEgress => ({
    port: asPort(objectAt(fields, 'port')['number']),
    hosts: stringsAt(fields, 'hosts'),
  }));
  return {
    kind: 'Sidecar',
    ...meta,
    workloadSelector: selector === undefined ? undefined : labelsAt(selector, 'labels'),
    egress: nonEmpty(egress),
    ingress: nonEmpty(objectsAt(spec, 'ingress').flatMap(decodeIngress)),
    outboundTrafficPolicy: outboundTrafficPolicy(objectAt(spec, 'outboundTrafficPolicy')),
  };
}

function decodeIngress(fields: Json): readonly SidecarIngress[] {
  const portFields = objectAt(fields, 'port');
  const port = asPort(portFields['number']);
  if (port === undefined) return [];
  const protocol = stringAt(portFields, 'protocol') ?? '';
  return [{ port, protocol, tlsMode: stringAt(objectAt(fields, 'tls'), 'mode') }];
}

function nonEmpty<T>(items: readonly T[]): NonEmpty<T> | undefined {
  const [first, ...rest] = items;
  return first === undefined ? undefined : [first, ...rest];
}

export function decodeServiceEntry(object: Json, meta: Meta, problems: Problem[]): ServiceEntry {
  const spec = objectAt(object, 'spec');
  const selector = asObject(spec['workloadSelector']);
  const { namespace } = meta;
  const exportTo = stringsAt(spec, 'exportTo');
  checkExportTo(exportTo, { mayHide: true, namespace, selectsClients: false }, problems);
  return {
    kind: 'ServiceEntry',
    ...meta,
    hosts: stringsAt(spec, 'hosts'),
    addresses: stringsAt(spec, 'addresses'),
    external: spec['location'] !== 'MESH_INTERNAL',
    resolution: stringAt(spec, 'resolution') ?? 'NONE',
    ports: objectsAt(spec, 'ports').flatMap(decodeEntryPort),
    endpoints: objectsAt(spec, 'endpoints').map(decodeEndpoint),
    workloadSelector: selector === undefined ? undefined : labelsAt(selector, 'labels'),
    exportTo,
  };
}

function decodeEntryPort(fields: Json): readonly ServiceEntryPort[] {
  const port = asPort(fields['number']);
  if (port === undefined) return [];
  const name = stringAt(fields, 'name') ?? '';
  const protocol = stringAt(fields, 'protocol') ?? '';
  return [{ port, name, protocol, targetPort: asPort(fields['targetPort']) }];
}

function decodeEndpoint(fields: Json): EntryEndpoint {
  const ports: Record<string, number> = {};
  for (const [name, value] of Object.entries(objectAt(fields, 'ports'))) {
    const port = asPort(value);
    if (port !== undefined) ports[name] = port;
  }
  return {
    address: stringAt(fields, 'address') ?? '',
    labels: labelsAt(fields, 'labels'),
    serviceAccount: stringAt(fields, 'serviceAccount'),
    ports,
  };
}

/** The labels of the spec count for policies, and those of the object over them (R7). */
export function decodeWorkloadEntry(object: Json, meta: Meta): WorkloadEntry {
  const endpoint = decodeEndpoint(objectAt(object, 'spec'));
  return {
    kind: 'WorkloadEntry',
    ...meta,
    ...endpoint,
    labels: { ...endpoint.labels, ...meta.labels },
  };
}

export function decodeGateway(object: Json, meta: Meta): Gateway {
  const spec = objectAt(object, 'spec');
  const servers = objectsAt(spec, 'servers').flatMap((fields): readonly GatewayServer[] => {
    const portFields = objectAt(fields, 'port');
    const port = asPort(portFields['number']);
    if (port === undefined) return [];
    const tlsMode = stringAt(objectAt(fields, 'tls'), 'mode');
    return [{ port, protocol: stringAt(portFields, 'protocol') ?? '', tlsMode }];
  });
  return { kind: 'Gateway', ...meta, selector: labelsAt(spec, 'selector'), servers };
}
