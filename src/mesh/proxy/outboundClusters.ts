import { asPort, objectAt, objectsAt, stringAt, type Json } from '../model/json.ts';
import type { HostPort } from '../connection/hostPorts.ts';
import type { ObjectRef } from '../model/reference.ts';
import { entriesOf, MESH_CERTIFICATE, tlsContextOf } from './configDump.ts';
import {
  read,
  unread,
  type Part,
  type ProxyCluster,
  type Sent,
  type SentShare,
} from './proxyState.ts';

/** Dumps of a proxy’s clusters and of their endpoints. */
export interface ClusterDumps {
  readonly clusters: string;
  readonly endpoints: string;
}

/** What a sidecar or gateway sends to each host and port, read from its clusters and endpoints (R256). */
export function clustersOf({ clusters, endpoints }: ClusterDumps): Part<readonly ProxyCluster[]> {
  const entries = entriesOf(clusters, 'dynamic_active_clusters');
  if (entries === undefined) return unread('the proxy answered with what is no list of clusters');
  const assigned = entriesOf(endpoints, 'dynamic_endpoint_configs');
  if (assigned === undefined) return unread('the proxy answered with what is no list of endpoints');
  const byName = new Map(
    assigned.map((entry) => {
      const assignment = objectAt(entry, 'endpoint_config');
      return [stringAt(assignment, 'cluster_name') ?? '', assignment] as const;
    }),
  );
  return read(entries.flatMap((entry) => clusterOf(objectAt(entry, 'cluster'), byName)));
}

function clusterOf(cluster: Json, assigned: ReadonlyMap<string, Json>): readonly ProxyCluster[] {
  const name = stringAt(cluster, 'name') ?? '';
  const to = namedHostPort(name);
  if (to === undefined) return [];
  const keepsAddress = stringAt(cluster, 'type') === 'ORIGINAL_DST';
  const assignment = assigned.get(name) ?? objectAt(cluster, 'load_assignment');
  const shares = keepsAddress
    ? [{ sent: sentBy(objectAt(cluster, 'transport_socket')), endpoints: 0 }]
    : sharesOf(cluster, assignment);
  return [{ to, shares, rule: ruleOf(cluster) }];
}

/** The host and port of a cluster’s name, `outbound|PORT|SUBSET|HOST`; undefined for clusters of another kind. */
export function namedHostPort(cluster: string): HostPort | undefined {
  const [direction, number, subset = '', host, ...rest] = cluster.split('|');
  const port = asPort(Number(number));
  if (direction !== 'outbound' || port === undefined || host === undefined || rest.length > 0)
    return undefined;
  return subset === '' ? { host, port } : { host, port, subset };
}

function sharesOf(cluster: Json, assignment: Json): readonly SentShare[] {
  const counts = new Map<Sent, number>();
  for (const locality of objectsAt(assignment, 'endpoints')) {
    for (const endpoint of objectsAt(locality, 'lb_endpoints')) {
      const sent = sentBy(socketFor(cluster, locality, endpoint));
      counts.set(sent, (counts.get(sent) ?? 0) + 1);
    }
  }
  return [...counts].map(([sent, endpoints]) => ({ sent, endpoints }));
}

/** The first socket whose conditions an endpoint’s metadata meets, or its locality’s; else the cluster’s own. */
function socketFor(cluster: Json, locality: Json, endpoint: Json): Json {
  const says = { ...matchMetadata(locality), ...matchMetadata(endpoint) };
  const chosen = objectsAt(cluster, 'transport_socket_matches').find((candidate) =>
    Object.entries(objectAt(candidate, 'match')).every(([key, value]) => says[key] === value),
  );
  return objectAt(chosen ?? cluster, 'transport_socket');
}

function matchMetadata(of: Json): Json {
  const filters = objectAt(objectAt(of, 'metadata'), 'filter_metadata');
  return objectAt(filters, 'envoy.transport_socket_match');
}

const TUNNEL_SOCKET = 'envoy.transport_sockets.internal_upstream';

function sentBy(socket: Json): Sent {
  if (stringAt(socket, 'name') === TUNNEL_SOCKET) return 'hbone';
  const tls = tlsContextOf(socket);
  if (tls === undefined) return 'as-is';
  if (tls.shown.length === 0) return 'tls';
  return tls.shown.includes(MESH_CERTIFICATE) ? 'mutual-tls' : 'user-mtls';
}

const RULE_PATH =
  /^\/apis\/networking\.istio\.io\/[^/]+\/namespaces\/([^/]+)\/destination-rule\/([^/]+)$/;

/** The DestinationRule that Istio wrote beside the cluster (R256). */
function ruleOf(cluster: Json): ObjectRef | undefined {
  const filters = objectAt(objectAt(cluster, 'metadata'), 'filter_metadata');
  const [, namespace, name] =
    RULE_PATH.exec(stringAt(objectAt(filters, 'istio'), 'config') ?? '') ?? [];
  if (namespace === undefined || name === undefined) return undefined;
  return { kind: 'DestinationRule', namespace, name };
}
