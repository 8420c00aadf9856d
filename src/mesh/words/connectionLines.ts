import type { ChangedConnection, Effect, Preflight } from '../change/preflight.ts';
import { describeMissing } from './describe.ts';
import { counted } from './modeWords.ts';

/** How many clients, servers of each, and missing facts are named before the rest is counted. */
const namedClients = 6;
const namedServers = 3;
const namedFacts = 6;

/** Who is refused by a change, what else becomes of connections, and what could not be compared. */
export function connectionLines(checked: Preflight): readonly string[] {
  const { connections, unknown, truncated } = checked;
  const refused = connections.filter(({ effect }) => effect === 'newly-refused');
  const lines = [headline(refused.length, checked), ...refusedLines(refused)];
  for (const effect of countedEffects) {
    const count = connections.filter((one) => one.effect === effect).length;
    if (count > 0) lines.push(`${counted(count, 'connection')} ${effectWords[effect]}.`);
  }
  if (unknown > 0) lines.push(`The outcome of ${counted(unknown, 'connection')} is unknown.`);
  if (truncated !== undefined) {
    lines.push(`Only ${truncated.checked} of ${truncated.of} connections were compared.`);
  }
  return [
    ...lines,
    'Only calls to Services and ServiceEntries were compared.',
    ...missingLines(checked),
  ];
}

const countedEffects = [
  'newly-answered',
  'newly-encrypted',
  'no-longer-encrypted',
  'other',
] as const satisfies readonly Effect[];

/** Reassures only where everything that decides was read. */
function headline(refused: number, { missing, unknown, truncated }: Preflight): string {
  if (refused > 0) {
    const used = refused === 1 ? 'it is used' : 'they are used';
    return `${counted(refused, 'connection')} will be refused, if ${used}:`;
  }
  return missing.length > 0 || unknown > 0 || truncated !== undefined
    ? 'Whether any connection is newly refused is unknown.'
    : 'No connection between known workloads is newly refused.';
}

function missingLines({ missing }: Preflight): readonly string[] {
  const lines = missing
    .slice(0, namedFacts)
    .map((fact) => `⚠ ${describeMissing(fact)} Connections that depend on it may be missing here.`);
  const more = missing.length - lines.length;
  return more > 0 ? [...lines, `⚠ And ${counted(more, 'more fact')} could not be read.`] : lines;
}

/** One line a client with the servers that will refuse it; known workloads before the rest of the world. */
function refusedLines(refused: readonly ChangedConnection[]): readonly string[] {
  const servers = new Map<string, string[]>();
  const known = refused.filter(({ client }) => client.kind === 'workload');
  for (const connection of [
    ...known,
    ...refused.filter(({ client }) => client.kind === 'outside'),
  ]) {
    const client = clientWords(connection);
    servers.set(client, [...(servers.get(client) ?? []), serverWords(connection)]);
  }
  const lines = [...servers].map(([client, all]) => `  • ${client} → ${listed(all, namedServers)}`);
  if (lines.length <= namedClients) return lines;
  return [
    ...lines.slice(0, namedClients),
    `  • and ${counted(lines.length - namedClients, 'more client')}`,
  ];
}

/** The first few of a list, and how many more there are. */
export function listed(all: readonly string[], limit: number): string {
  const named = all.slice(0, limit).join(', ');
  return all.length > limit ? `${named} and ${all.length - limit} more` : named;
}

const effectWords: Readonly<Record<Exclude<Effect, 'newly-refused' | 'newly-unknown'>, string>> = {
  'newly-answered': 'will no longer be refused',
  'newly-encrypted': 'will become mutual TLS',
  'no-longer-encrypted': 'will become plaintext',
  other: 'will end differently',
};

function clientWords({ client }: ChangedConnection): string {
  return client.kind === 'outside'
    ? 'clients outside the mesh'
    : `${client.workload.namespace}/${client.workload.name}`;
}

/** `httpbin.foo:8000`, with the share of its endpoints that refuses where some do not. */
function serverWords({ server: to, after }: ChangedConnection): string {
  return `${to.host.replace(/\.svc\.[^:]*$/, '')}:${to.port}${shareWords(after)}`;
}

function shareWords(connections: ChangedConnection['after']): string {
  const refusing = connections.filter(({ outcome }) => outcome.kind === 'refused');
  if (refusing.length === connections.length) return '';
  if (connections.some(({ clientPods }) => clientPods !== undefined)) return ' (from some pods)';
  const endpoints = refusing.reduce((sum, connection) => sum + connection.endpoints, 0);
  return ` (${endpoints} of ${counted(connections[0].ofEndpoints, 'endpoint')})`;
}
