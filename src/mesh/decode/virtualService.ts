import {
  asObject,
  asPort,
  labelsAt,
  numberAt,
  objectAt,
  objectsAt,
  stringAt,
  stringsAt,
  type Json,
} from '../model/json.ts';
import type { VirtualService } from '../model/objects.ts';
import { problem, type Problem } from '../model/problem.ts';
import type { Route, RouteMatch, RouteTarget } from '../model/spec/routes.ts';
import { checkExportTo } from './exportToChecks.ts';
import type { Meta } from './objectMeta.ts';

/** A VirtualService, as far as it decides which host and subset a call reaches (R310). */
export function decodeVirtualService(
  object: Json,
  meta: Meta,
  problems: Problem[],
): VirtualService {
  const spec = objectAt(object, 'spec');
  const { namespace } = meta;
  const exportTo = stringsAt(spec, 'exportTo');
  checkExportTo(exportTo, { mayHide: false, namespace, selectsClients: false }, problems);
  const hosts = stringsAt(spec, 'hosts');
  const routes = PROTOCOLS.flatMap((protocol) =>
    objectsAt(spec, protocol).map((fields, index) =>
      decodeRoute(fields, { protocol, index, namespace }),
    ),
  );
  for (const { targets, delegate, field, protocol } of routes) {
    if (protocol === 'http' || targets.length > 0 || delegate !== undefined) continue;
    problems.push(problem(['spec', field], 'The route leads nowhere.'));
  }
  return {
    kind: 'VirtualService',
    ...meta,
    hosts,
    gateways: stringsAt(spec, 'gateways'),
    exportTo,
    routes,
  };
}

const PROTOCOLS = ['http', 'tls', 'tcp'] as const;

function decodeRoute(
  fields: Json,
  at: {
    readonly protocol: Route['protocol'];
    readonly index: number;
    readonly namespace: string;
  },
): Route {
  const delegate = asObject(fields['delegate']);
  return {
    protocol: at.protocol,
    field: `spec.${at.protocol}[${at.index}]`,
    matches: objectsAt(fields, 'match').map((match) => decodeMatch(match, at.protocol)),
    targets: objectsAt(fields, 'route').map(decodeTarget),
    delegate:
      delegate === undefined
        ? undefined
        : {
            namespace: stringAt(delegate, 'namespace') ?? at.namespace,
            name: stringAt(delegate, 'name') ?? '',
          },
  };
}

function decodeTarget(fields: Json): RouteTarget {
  const destination = objectAt(fields, 'destination');
  const subset = stringAt(destination, 'subset') ?? '';
  return {
    host: stringAt(destination, 'host') ?? '',
    subset: subset === '' ? undefined : subset,
    port: asPort(objectAt(destination, 'port')['number']),
    weight: numberAt(fields, 'weight') ?? 0,
  };
}

/** What a match may have that decides nothing request by request. */
const STATIC: readonly string[] = [
  'name',
  'port',
  'sourceLabels',
  'sourceNamespace',
  'gateways',
  'sniHosts',
  'statPrefix',
  'ignoreUriCase',
];

function decodeMatch(fields: Json, protocol: Route['protocol']): RouteMatch {
  const namespace = stringAt(fields, 'sourceNamespace') ?? '';
  const dynamic = Object.keys(fields).filter(
    (field) => !STATIC.includes(field) && !(field === 'uri' && isEveryPath(fields)),
  );
  return {
    port: asPort(fields['port']),
    sourceNamespace: namespace === '' ? undefined : namespace,
    sourceLabels: labelsAt(fields, 'sourceLabels'),
    gateways: stringsAt(fields, 'gateways'),
    sniHosts: protocol === 'tls' ? stringsAt(fields, 'sniHosts') : [],
    byRequest: dynamic.length > 0,
  };
}

/** Every path begins so. */
function isEveryPath(fields: Json): boolean {
  return stringAt(objectAt(fields, 'uri'), 'prefix') === '/';
}
