import { namespacesOf, workloadsIn, type Mesh } from '../snapshot/mesh.ts';
import { refKey, sameRef, type ObjectRef, type WorkloadRef } from '../model/reference.ts';
import type { Workload } from '../snapshot/workload.ts';
import { connect, type Connection, type HostPort } from '../connection/connection.ts';
import type { Outcome } from '../model/explanation.ts';
import { counted } from '../words/modeWords.ts';
import { paragraph, type Block, type Line } from './blocks.ts';

/** More connections than this are not computed for one hover, so that it appears at once. */
const MAX_CONNECTIONS = 1_000;
const MAX_NAMES = 5;

type OutcomeKind = Outcome['kind'];

/** What happens when the workloads of a mesh call some servers. */
export interface ClientSummary {
  readonly proxied: Tally;
  readonly unproxied: Tally;
  /** Set where there are too many workloads: how many of them were asked. */
  readonly onlyFirst?: number;
  /** DestinationRules that decided, with the number of clients that follow each. */
  readonly rules: readonly { readonly rule: ObjectRef; readonly clients: number }[];
}

/** Clients by the worst that happens to any of their calls. */
export type Tally = Readonly<Record<OutcomeKind, readonly WorkloadRef[]>>;

/** Calls every server from every workload, computed and not sent; `self` does not call itself. */
export function summarizeClients(
  mesh: Mesh,
  servers: readonly HostPort[],
  self: readonly WorkloadRef[],
): ClientSummary {
  const limit = Math.max(1, Math.floor(MAX_CONNECTIONS / Math.max(1, servers.length)));
  const proxied = emptyTally();
  const unproxied = emptyTally();
  const rules = new Map<string, { rule: ObjectRef; clients: number }>();
  let asked = 0;
  for (const client of clientsNear(mesh, self)) {
    if (asked === limit)
      return { proxied, unproxied, onlyFirst: limit, rules: [...rules.values()] };
    asked += 1;
    const connections = servers.flatMap((to) => callFrom(mesh, client, to));
    const worst = worstOf(connections);
    if (worst === undefined) continue;
    (client.dataPlane === 'none' ? unproxied : proxied)[worst].push(client.ref);
    for (const rule of rulesOf(connections)) {
      const known = rules.get(refKey(rule)) ?? { rule, clients: 0 };
      rules.set(refKey(rule), { rule, clients: known.clients + 1 });
    }
  }
  return { proxied, unproxied, rules: [...rules.values()] };
}

/** The other workloads of the mesh, those of the servers' own namespaces first. */
function* clientsNear(mesh: Mesh, self: readonly WorkloadRef[]): Iterable<Workload> {
  const own = new Set(self.map(({ namespace }) => namespace));
  const others = namespacesOf(mesh).filter(({ name }) => !own.has(name));
  for (const namespace of [...own, ...others.map(({ name }) => name)]) {
    for (const workload of workloadsIn(mesh, namespace)) {
      if (!self.some((server) => sameRef(server, workload.ref))) yield workload;
    }
  }
}

/** The lines about clients: those with a proxy, those without, and who was not asked. */
export function clientLines(summary: ClientSummary): readonly Block[] {
  const lines: Line[] = [];
  for (const [name, tally] of [
    ['Clients with a proxy', summary.proxied],
    ['Clients without a proxy', summary.unproxied],
  ] as const) {
    const parts = tallyParts(tally);
    if (parts.length > 0) lines.push([{ strong: name }, ': ', ...separated(parts), '.']);
  }
  const { onlyFirst } = summary;
  if (onlyFirst !== undefined) lines.push([`Only ${onlyFirst} workloads were looked at here.`]);
  return lines.map((line) => paragraph(...line));
}

function callFrom(mesh: Mesh, client: Workload, to: HostPort): readonly Connection[] {
  return connect(mesh, { kind: 'workload', workload: client.ref }, to);
}

const fromWorst: readonly OutcomeKind[] = ['refused', 'unknown', 'plaintext', 'tls', 'mutual-tls'];

function worstOf(connections: readonly Connection[]): OutcomeKind | undefined {
  return fromWorst.find((kind) => connections.some(({ outcome }) => outcome.kind === kind));
}

function rulesOf(connections: readonly Connection[]): readonly ObjectRef[] {
  const rules = new Map<string, ObjectRef>();
  for (const reason of connections.flatMap(({ because }) => because)) {
    if (reason.kind !== 'destination-rule' && reason.kind !== 'destination-rule-without-tls')
      continue;
    rules.set(refKey(reason.rule.object), reason.rule.object);
  }
  return [...rules.values()];
}

function emptyTally(): Record<OutcomeKind, WorkloadRef[]> {
  return { refused: [], unknown: [], plaintext: [], tls: [], 'mutual-tls': [] };
}

function tallyParts(tally: Tally): readonly Line[] {
  return fromWorst.flatMap((kind): readonly Line[] => {
    const clients = tally[kind];
    return clients.length === 0 ? [] : [[`${outcomeWords(kind)} (`, ...names(kind, clients), ')']];
  });
}

/** Trouble is named; what works is counted. */
function names(kind: OutcomeKind, clients: readonly WorkloadRef[]): Line {
  if (kind !== 'refused' && kind !== 'unknown') return [counted(clients.length, 'workload')];
  const shown = clients
    .slice(0, MAX_NAMES)
    .map(({ namespace, name }): Line => [{ code: `${namespace}/${name}` }]);
  const more = clients.length - shown.length;
  return more > 0 ? [...separated(shown), ` and ${more} more`] : separated(shown);
}

function outcomeWords(kind: OutcomeKind): string {
  switch (kind) {
    case 'refused':
      return 'refused';
    case 'unknown':
      return 'unknown';
    case 'plaintext':
      return 'plaintext';
    case 'tls':
      return 'one-way TLS';
    case 'mutual-tls':
      return 'mutual TLS';
  }
}

function separated(lines: readonly Line[]): Line {
  return lines.flatMap((line, index) => (index === 0 ? line : [', ', ...line]));
}
