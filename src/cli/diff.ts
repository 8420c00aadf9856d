import { setImmediate } from 'node:timers/promises';
import type { Connection, Mesh, MissingFact, NonEmpty } from '../mesh/index.ts';
import { clientSight, connect, describeMissing, effectOf, hidesObjects } from '../mesh/index.ts';
import { namesOf, outcomeCell, outcomeJson } from './connect.ts';
import { effectiveJson, type EffectiveJson } from './effective.ts';
import { everyClient, everyHostPort, outside } from './endpoints.ts';
import type { NamedClient, NamedHostPort } from './endpoints.ts';
import type { Answer } from './printAnswer.ts';
import { tableLines, textTable, widthOf } from './textTable.ts';

/** A mode before and after; null where the thing does not exist. */
interface ChangedMode {
  /** `mesh`, a namespace, `KIND/NAMESPACE/NAME`, or that and `:PORT`. */
  readonly of: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A client and a server between which something changes. What it is, is asked again when it is printed. */
interface ChangedConnection {
  readonly client: NamedClient;
  readonly server: NamedHostPort;
}

interface BothSides {
  readonly before: Mesh;
  readonly after: Mesh;
}

export interface Difference extends Answer {
  readonly changed: boolean;
  /** What could not be read on either side; with any, that nothing changes is not known. */
  readonly missing: readonly MissingFact[];
}

/**
 * Whose mode changes, and which connections end differently. Compares for seconds in a large mesh; lets
 * signals in meanwhile, and fails with the signal's reason.
 */
export async function difference(
  sides: BothSides,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Difference> {
  const { before, after } = sides;
  const modes = changedModes(effectiveJson(before, namespace), effectiveJson(after, namespace));
  const connections: ChangedConnection[] = [];
  for (const ofServer of changedConnections(sides, namespace)) {
    connections.push(...ofServer);
    await setImmediate();
    signal.throwIfAborted();
  }
  const missing = missingFrom([before, after]);
  const unread = missing.length === 0 ? {} : { missing };
  const connectionsJson = { [Symbol.iterator]: () => eachJson(sides, connections) };
  return {
    changed: modes.length + connections.length > 0,
    missing,
    document: { version: 1, modes, connections: connectionsJson, ...unread },
    table: () => differencePieces(sides, { modes, connections, missing }),
  };
}

function missingFrom(meshes: readonly Mesh[]): readonly MissingFact[] {
  const facts = meshes.flatMap(({ missing }) => missing);
  const hiding = facts.filter(hidesObjects);
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

/**
 * Compares clients and servers that exist on both sides: one that comes or goes is not a changed outcome. A client
 * outside the mesh is always there. One list for each server.
 */
function* changedConnections(
  { before, after }: BothSides,
  namespace: string | undefined,
): Generator<readonly ChangedConnection[]> {
  const clientsBefore = new Set(namesOf(everyClient(before, undefined)));
  const serversBefore = new Set(namesOf(everyHostPort(before, namespace)));
  const inside = everyClient(after, undefined).filter(({ name }) => clientsBefore.has(name));
  const clients = [outside, ...inside];
  const servers = everyHostPort(after, namespace).filter(({ name }) => serversBefore.has(name));
  for (const server of servers) {
    yield clients.flatMap((client): readonly ChangedConnection[] => {
      const { was, is } = outcomes({ before, after }, { client, server });
      const same = effectOf(was, is) === undefined && outcomesOf(was) === outcomesOf(is);
      return same ? [] : [{ client, server }];
    });
  }
}

interface Outcomes {
  readonly was: NonEmpty<Connection>;
  readonly is: NonEmpty<Connection>;
}

function outcomes({ before, after }: BothSides, { client, server }: ChangedConnection): Outcomes {
  return {
    was: connect(before, client.client, server.to),
    is: connect(after, client.client, server.to),
  };
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

function* eachJson(sides: BothSides, connections: readonly ChangedConnection[]): Generator {
  for (const connection of connections) {
    const { client, server } = connection;
    const { was, is } = outcomes(sides, connection);
    const json = (mesh: Mesh, side: readonly Connection[]): readonly unknown[] =>
      side.map((one) => outcomeJson(one, () => clientSight(mesh, client.client, server.to)));
    const { before, after } = sides;
    yield { from: client.name, to: server.name, before: json(before, was), after: json(after, is) };
  }
}

interface Changes {
  readonly modes: readonly ChangedMode[];
  readonly connections: readonly ChangedConnection[];
  readonly missing: readonly MissingFact[];
}

function* differencePieces(sides: BothSides, changes: Changes): Generator<string> {
  const { modes, connections, missing } = changes;
  if (modes.length > 0) {
    const rows = modes.map(({ of, before, after }) => [of, before ?? '-', after ?? '-']);
    yield textTable(['MODE OF', 'BEFORE', 'AFTER'], rows);
  }
  if (modes.length > 0 && connections.length > 0) yield '\n';
  if (connections.length > 0) yield* connectionsTable(sides, connections);
  if (modes.length + connections.length === 0) {
    yield missing.length === 0
      ? 'No mode and no outcome changes.\n'
      : 'No change is seen, but not everything could be read.\n';
  }
  yield missingText(missing);
}

function connectionsTable(
  sides: BothSides,
  connections: readonly ChangedConnection[],
): Iterable<string> {
  const rows = connections.map((connection) => {
    const { was, is } = outcomes(sides, connection);
    return [connection.client.name, connection.server.name, outcomesCell(was), outcomesCell(is)];
  });
  const heading = ['FROM', 'TO', 'BEFORE', 'AFTER'];
  const widths = heading.map((title, column) =>
    widthOf(
      title,
      rows.map((row) => row[column] ?? ''),
    ),
  );
  return tableLines(heading, widths, rows);
}
