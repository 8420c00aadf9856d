import { effectOf } from '../mesh/change/effect.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import type { NonEmpty } from '../mesh/model/reference.ts';
import { connect, type Connection } from '../mesh/mtls/connection.ts';
import { describeMissing } from '../mesh/mtls/describe.ts';
import type { MissingFact } from '../mesh/mtls/explanation.ts';
import { outcomeCell, outcomeJson } from './connect.ts';
import { effectiveJson, type EffectiveJson } from './effective.ts';
import { everyClient, everyServer, type NamedClient, type NamedServer } from './endpoints.ts';
import type { Answer } from './printAnswer.ts';
import { textTable } from './textTable.ts';

/** A mode before and after; null where the thing does not exist. */
interface ChangedMode {
  /** `mesh`, a namespace, `KIND/NAMESPACE/NAME`, or that and `:PORT`. */
  readonly of: string;
  readonly before: string | null;
  readonly after: string | null;
}

interface ChangedConnection {
  readonly client: NamedClient;
  readonly server: NamedServer;
  readonly before: NonEmpty<Connection>;
  readonly after: NonEmpty<Connection>;
}

export interface Difference extends Answer {
  readonly changed: boolean;
  /** What could not be read on either side; with any, that nothing changes is not known. */
  readonly missing: readonly MissingFact[];
}

/** Whose mode changes, and which connections end differently. */
export function difference(before: Mesh, after: Mesh, namespace: string | undefined): Difference {
  const modes = changedModes(effectiveJson(before, namespace), effectiveJson(after, namespace));
  const connections = changedConnections(before, after, namespace);
  const missing = missingFrom([before, after]);
  const unread = missing.length === 0 ? {} : { missing };
  return {
    changed: modes.length + connections.length > 0,
    missing,
    document: { version: 1, modes, connections: connections.map(connectionJson), ...unread },
    table: () => `${differenceText(modes, connections, missing)}${missingText(missing)}`,
  };
}

/** A kind that the cluster does not have hides nothing. */
function missingFrom(meshes: readonly Mesh[]): readonly MissingFact[] {
  const facts = meshes.flatMap(({ missing }) => missing);
  const hiding = facts.filter(({ why }) => why !== 'not-installed' && why !== 'not-found');
  return [...new Map(hiding.map((fact) => [describeMissing(fact), fact])).values()];
}

function missingText(missing: readonly MissingFact[]): string {
  if (missing.length === 0) return '';
  const sentences = missing.map((fact) => `  ${describeMissing(fact)}\n`).join('');
  return `\nWhat else changes is unknown:\n${sentences}`;
}

function changedModes(before: EffectiveJson, after: EffectiveJson): readonly ChangedMode[] {
  const was = modesByName(before);
  const is = modesByName(after);
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((of): ChangedMode => ({ of, before: was.get(of) ?? null, after: is.get(of) ?? null }))
    .filter((mode) => mode.before !== mode.after);
}

function modesByName({ mesh, namespaces, workloads }: EffectiveJson): ReadonlyMap<string, string> {
  const modes = new Map<string, string>([['mesh', mesh.mode]]);
  for (const { name, mode } of namespaces) modes.set(name, mode);
  for (const { kind, namespace, name, mode, ports } of workloads) {
    const workload = `${kind}/${namespace}/${name}`;
    modes.set(workload, mode);
    for (const [port, { mode: portMode }] of Object.entries(ports))
      modes.set(`${workload}:${port}`, portMode);
  }
  return modes;
}

/** Compares clients and servers that exist on both sides: one that comes or goes is not a changed outcome. */
function changedConnections(
  before: Mesh,
  after: Mesh,
  namespace: string | undefined,
): readonly ChangedConnection[] {
  const clientsBefore = new Map(
    everyClient(before, undefined).map((client) => [client.name, client]),
  );
  const serversBefore = new Set(everyServer(before, namespace).map(({ name }) => name));
  const clients = everyClient(after, undefined).filter(({ name }) => clientsBefore.has(name));
  const servers = everyServer(after, namespace).filter(({ name }) => serversBefore.has(name));
  const changed: ChangedConnection[] = [];
  for (const server of servers) {
    for (const client of clients) {
      const was = connect(before, client.client, server.server);
      const is = connect(after, client.client, server.server);
      if (effectOf(was, is) !== undefined || outcomesOf(was) !== outcomesOf(is))
        changed.push({ client, server, before: was, after: is });
    }
  }
  return changed;
}

/** What can be seen of a connection from outside; the reasons may change unseen. */
function outcomesOf(connections: readonly Connection[]): string {
  return [...new Set(connections.map(({ outcome }) => outcomeCell(outcome)))].sort().join(' or ');
}

/** The outcomes, each with its share of the endpoints where they differ: `mutual-tls (2/3) or plaintext (1/3)`. */
function outcomesCell(connections: NonEmpty<Connection>): string {
  const shares = new Map<string, number>();
  for (const { outcome, endpoints } of connections) {
    const cell = outcomeCell(outcome);
    shares.set(cell, (shares.get(cell) ?? 0) + endpoints);
  }
  const differing = connections.some(({ clientPods }) => clientPods !== undefined);
  if (shares.size === 1 || differing) return outcomesOf(connections);
  const { ofEndpoints } = connections[0];
  return [...shares]
    .map(([cell, endpoints]) => `${cell} (${endpoints}/${ofEndpoints})`)
    .sort()
    .join(' or ');
}

function connectionJson({
  client,
  server,
  before,
  after,
}: ChangedConnection): Readonly<Record<string, unknown>> {
  const outcomes = (side: readonly Connection[]): readonly unknown[] =>
    side.map((connection) => outcomeJson(connection, client.dataPlane));
  return { from: client.name, to: server.name, before: outcomes(before), after: outcomes(after) };
}

function differenceText(
  modes: readonly ChangedMode[],
  connections: readonly ChangedConnection[],
  missing: readonly MissingFact[],
): string {
  const parts: string[] = [];
  if (modes.length > 0) {
    const rows = modes.map(({ of, before, after }) => [of, before ?? '-', after ?? '-']);
    parts.push(textTable(['MODE OF', 'BEFORE', 'AFTER'], rows));
  }
  if (connections.length > 0) {
    const rows = connections.map(({ client, server, before, after }) => [
      client.name,
      server.name,
      outcomesCell(before),
      outcomesCell(after),
    ]);
    parts.push(textTable(['FROM', 'TO', 'BEFORE', 'AFTER'], rows));
  }
  if (parts.length > 0) return parts.join('\n');
  return missing.length === 0
    ? 'No mode and no outcome changes.\n'
    : 'No change is seen, but not everything could be read.\n';
}
