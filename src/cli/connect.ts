import type { ClientSight, Connection, Mesh, Outcome, Reason } from '../mesh/index.ts';
import { clientSight, connect, describeReason, seenAs } from '../mesh/index.ts';
import { clientNamed, everyClient, everyHostPort, hostPortNamed } from './endpoints.ts';
import type { NamedClient, NamedHostPort } from './endpoints.ts';
import { gridMarkdown, gridTable } from './connectionGrid.ts';
import { sourceJson } from './policyJson.ts';
import type { Answer } from './printAnswer.ts';
import { tableLines, widthOf } from './textTable.ts';

/** Which connections are asked about. An empty list stands for everything (`--matrix`). */
export interface ConnectQuestion {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly namespace: string | undefined;
  /** Every client with every server: a grid reads better than a line each. */
  readonly matrix: boolean;
}

/** One client, one server, one of the outcomes that its endpoints have. */
interface Cell {
  readonly client: NamedClient;
  readonly server: NamedHostPort;
  readonly connection: Connection;
}

/** The outcome of every connection asked about, one entry for each distinct outcome of a service's endpoints. */
export function connections(mesh: Mesh, { from, to, namespace, matrix }: ConnectQuestion): Answer {
  const clients =
    from.length > 0 ? from.map((name) => clientNamed(mesh, name)) : everyClient(mesh, namespace);
  const servers = to.length > 0 ? to.map(hostPortNamed) : everyHostPort(mesh, namespace);
  const asked = { clients, servers };
  const document = {
    version: 1,
    connections: { [Symbol.iterator]: () => cellsJson(mesh, clients, servers) },
  };
  if (clients.length === 0 || servers.length === 0)
    return { document, table: () => 'No connections: there are no clients or no services.\n' };
  const wide = (): Iterable<string> => connectTable(mesh, clients, servers);
  return {
    document,
    wide,
    table: matrix ? () => gridTable(mesh, asked) : wide,
    markdown: () => gridMarkdown(mesh, asked),
  };
}

/** A large mesh has millions of them, so each is forgotten once it is printed. */
function* cellsOf(
  mesh: Mesh,
  clients: readonly NamedClient[],
  servers: readonly NamedHostPort[],
): Generator<Cell> {
  for (const client of clients) {
    for (const server of servers) {
      for (const connection of connect(mesh, client.client, server.to)) {
        yield { client, server, connection };
      }
    }
  }
}

function* cellsJson(
  mesh: Mesh,
  clients: readonly NamedClient[],
  servers: readonly NamedHostPort[],
): Generator {
  for (const cell of cellsOf(mesh, clients, servers)) yield connectionJson(mesh, cell);
}

function connectionJson(
  mesh: Mesh,
  { client, server, connection }: Cell,
): Readonly<Record<string, unknown>> {
  const sight = (): ClientSight => clientSight(mesh, client.client, server.to);
  return { from: client.name, to: server.name, ...outcomeJson(connection, sight) };
}

/** What becomes of a connection and why, as the JSON contract spells it. How its client sees it is asked where it counts. */
export function outcomeJson(
  connection: Connection,
  sight: () => ClientSight,
): Readonly<Record<string, unknown>> {
  const { outcome, because, endpoints, ofEndpoints, share } = connection;
  const refused = outcome.kind === 'refused' ? { by: outcome.by, symptom: outcome.symptom } : {};
  const unknown = outcome.kind === 'unknown' ? { missing: outcome.missing } : {};
  return {
    outcome: outcome.kind,
    ...refused,
    ...unknown,
    ...seenJson(connection, sight),
    ...(endpoints === ofEndpoints ? {} : { endpoints, ofEndpoints }),
    ...(share === undefined ? {} : { share }),
    because: because.map(reasonJson),
  };
}

function seenJson(
  connection: Connection,
  sight: () => ClientSight,
): Readonly<Record<string, unknown>> {
  if (connection.outcome.kind !== 'refused') return {};
  const { curlExit, httpStatus, alsoPossible } = seenAs(connection, sight());
  return {
    seenAs: {
      ...(curlExit === undefined ? {} : { curlExit }),
      ...(httpStatus === undefined ? {} : { httpStatus }),
      ...(alsoPossible === undefined ? {} : { alsoCurlExit: alsoPossible }),
    },
  };
}

/** A reason with its policy spelled as in `effective`, and the sentence that people read. */
function reasonJson(reason: Reason): Readonly<Record<string, unknown>> {
  const from = 'from' in reason ? { from: sourceJson(reason.from) } : {};
  return { ...reason, ...from, text: describeReason(reason) };
}

function connectTable(
  mesh: Mesh,
  clients: readonly NamedClient[],
  servers: readonly NamedHostPort[],
): Iterable<string> {
  const heading = ['FROM', 'TO', 'OUTCOME', 'ENDPOINTS', 'BECAUSE'];
  const widths = [
    widthOf('FROM', namesOf(clients)),
    widthOf('TO', namesOf(servers)),
    WIDEST_OUTCOME,
    'ENDPOINTS'.length,
  ];
  return tableLines(heading, widths, connectRows(mesh, clients, servers));
}

function* connectRows(
  mesh: Mesh,
  clients: readonly NamedClient[],
  servers: readonly NamedHostPort[],
): Generator<readonly string[]> {
  for (const { client, server, connection } of cellsOf(mesh, clients, servers)) {
    const { outcome, endpoints, ofEndpoints, because } = connection;
    yield [
      client.name,
      server.name,
      outcomeCell(outcome),
      `${endpoints}/${ofEndpoints}`,
      because.map(describeReason).join(' '),
    ];
  }
}

export function namesOf(named: readonly { readonly name: string }[]): readonly string[] {
  return named.map(({ name }) => name);
}

const WIDEST_OUTCOME = 'refused by client'.length;

/** The outcome in the words of the JSON contract, with who refuses. */
export function outcomeCell(outcome: Outcome): string {
  return outcome.kind === 'refused' ? `refused by ${outcome.by}` : outcome.kind;
}
