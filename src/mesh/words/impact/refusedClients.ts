import type { ChangedConnection } from '../../change/preflight.ts';
import { counted } from '../modeWords.ts';
import { listed } from '../modeWords.ts';

/** Refused connections that start in one namespace. */
export interface RefusedFrom {
  /** Undefined for clients outside the mesh. */
  readonly namespace: string | undefined;
  readonly connections: number;
  /** By client, in the words of a list: `legacy/sleep`. */
  readonly clients: ReadonlyMap<string, readonly string[]>;
}

/** By the clients' namespaces, those first from which most is refused; the rest of the world comes last. */
export function refusedByNamespace(
  connections: readonly ChangedConnection[],
): readonly RefusedFrom[] {
  const groups = new Map<string | undefined, ChangedConnection[]>();
  for (const connection of connections) {
    if (connection.effect !== 'newly-refused') continue;
    const { client } = connection;
    const namespace = client.kind === 'outside' ? undefined : client.workload.namespace;
    const group = groups.get(namespace);
    if (group === undefined) groups.set(namespace, [connection]);
    else group.push(connection);
  }
  return [...groups]
    .map(([namespace, refused]) => ({
      namespace,
      connections: refused.length,
      clients: serversByClient(refused),
    }))
    .sort(byWeight);
}

function byWeight(left: RefusedFrom, right: RefusedFrom): number {
  if (left.namespace === undefined || right.namespace === undefined)
    return left.namespace === undefined ? 1 : -1;
  return right.connections - left.connections || (left.namespace < right.namespace ? -1 : 1);
}

function serversByClient(
  refused: readonly ChangedConnection[],
): ReadonlyMap<string, readonly string[]> {
  const servers = new Map<string, string[]>();
  for (const connection of refused) {
    const client = clientWords(connection);
    const known = servers.get(client);
    if (known === undefined) servers.set(client, [serverWords(connection)]);
    else known.push(serverWords(connection));
  }
  return servers;
}

/** How many servers are named in one line before the rest is counted. */
const namedServers = 3;

/** How many clients of one namespace are named before they are counted. */
const namedClients = 2;

/** `legacy/sleep → httpbin.foo:8000`, or `3 workloads of legacy → httpbin.foo:8000 and 4 more (9 connections)`. */
export function refusedLine({ namespace, clients, connections }: RefusedFrom): string {
  const servers = [...new Set([...clients.values()].flat())];
  const named = listed(servers, namedServers);
  if (namespace === undefined || clients.size <= namedClients)
    return `${[...clients.keys()].join(', ')} → ${named}`;
  const who = counted(clients.size, 'workload');
  return `${who} of ${namespace} → ${named} (${counted(connections, 'connection')})`;
}

function clientWords({ client }: ChangedConnection): string {
  return client.kind === 'outside'
    ? 'clients outside the mesh'
    : `${client.workload.namespace}/${client.workload.name}`;
}

/** `httpbin.foo:8000`, with the share of its endpoints that refuses where some do not. */
function serverWords({ server, after }: ChangedConnection): string {
  return `${server.host.replace(/\.svc\.[^:]*$/, '')}:${server.port}${shareWords(after)}`;
}

function shareWords(connections: ChangedConnection['after']): string {
  const refusing = connections.filter(({ outcome }) => outcome.kind === 'refused');
  if (refusing.length === connections.length) return '';
  if (connections.some(({ clientPods }) => clientPods !== undefined)) return ' (from some pods)';
  const endpoints = refusing.reduce((sum, connection) => sum + connection.endpoints, 0);
  return ` (${endpoints} of ${counted(connections[0].ofEndpoints, 'endpoint')})`;
}
