import type {
  Client,
  Connection,
  Evidence,
  HostPort,
  Mesh,
  NonEmpty,
  Outcome,
  Steps,
} from '../../mesh/index.ts';
import { connect, gridSymbol, outcomeWords, refKey } from '../../mesh/index.ts';
import type { Axis, Fate, MatrixData, Seen, Tone } from './matrixData.ts';

/** Who calls, under the name that the matrix shows. */
export interface MatrixClient extends Axis {
  readonly client: Client;
}

/** What is called, under the name that the matrix shows. */
export interface MatrixServer extends Axis {
  readonly to: HostPort;
}

/** What a matrix is about. */
export interface MatrixQuestion {
  readonly title: string;
  readonly clients: readonly MatrixClient[];
  readonly servers: readonly MatrixServer[];
  /** The mesh after a change that is looked at. */
  readonly changed?: Mesh;
  readonly evidence?: Evidence;
}

/** One cell of a matrix, and the mesh after the change that is looked at. */
export interface MatrixPair {
  readonly client: MatrixClient;
  readonly server: MatrixServer;
  readonly changed?: Mesh;
}

/** Asks for every connection of a matrix, a row of cells at a time at most. */
export function* matrixSteps(mesh: Mesh, question: MatrixQuestion): Steps<MatrixData> {
  const { title, clients, servers, changed, evidence } = question;
  const fates = new Fates();
  const predicted = yield* allFates(mesh, question, fates);
  const after = changed === undefined ? undefined : yield* allFates(changed, question, fates);
  return {
    title,
    clients: clients.map(({ name, namespace }) => ({ name, namespace })),
    servers: servers.map(({ name, namespace }) => ({ name, namespace })),
    fates: fates.all,
    predicted,
    ...(after === undefined ? {} : { after }),
    observed: evidence === undefined ? [] : yield* observedSteps(mesh, question, evidence),
    probed: [],
    unobserved: unobserved(evidence),
  };
}

/** Connections that are asked for in one step. */
const CELLS_A_STEP = 200;

function* allFates(
  mesh: Mesh,
  { clients, servers }: MatrixQuestion,
  fates: Fates,
): Steps<readonly number[]> {
  const cells: number[] = [];
  for (const { client } of clients) {
    for (const { to } of servers) {
      cells.push(fates.numberOf(connect(mesh, client, to).map(({ outcome }) => outcome)));
      if (cells.length % CELLS_A_STEP === 0) yield;
    }
  }
  return cells;
}

/** Fates by their symbols, so that a million cells share a handful of values. */
class Fates {
  readonly #numbers = new Map<string, number>();
  readonly #all: Fate[] = [];

  get all(): readonly Fate[] {
    return this.#all;
  }

  numberOf(outcomes: readonly Outcome[]): number {
    const symbol = gridSymbol(outcomes);
    const known = this.#numbers.get(symbol);
    if (known !== undefined) return known;
    const number = this.#all.push(fateOf(outcomes)) - 1;
    this.#numbers.set(symbol, number);
    return number;
  }
}

/** All outcomes of one call as one fate: its tone is that of the worst. */
export function fateOf(outcomes: readonly Outcome[]): Fate {
  const tones = outcomes.map(toneOf);
  return {
    symbol: gridSymbol(outcomes),
    words: [...new Set(outcomes.map(({ kind }) => kindWords[kind]))].join(' or '),
    tone: worstTones.find((tone) => tones.includes(tone)) ?? 'unknown',
  };
}

const worstTones = ['refused', 'plain', 'unknown', 'safe'] as const satisfies readonly Tone[];

const kindWords: Readonly<Record<Outcome['kind'], string>> = {
  'mutual-tls': 'mutual TLS',
  tls: 'one-way TLS',
  plaintext: 'plaintext',
  refused: 'refused',
  unknown: 'unknown',
};

function toneOf({ kind }: Outcome): Tone {
  switch (kind) {
    case 'mutual-tls':
    case 'tls':
      return 'safe';
    case 'plaintext':
      return 'plain';
    case 'refused':
      return 'refused';
    case 'unknown':
      return 'unknown';
  }
}

const wireFates: Readonly<Record<'mutual-tls' | 'plaintext' | 'refused', Fate>> = {
  'mutual-tls': { symbol: 'M', words: 'mutual TLS', tone: 'safe' },
  plaintext: { symbol: 'P', words: 'plaintext', tone: 'plain' },
  refused: { symbol: 'X', words: 'refused', tone: 'refused' },
};

/**
 * What was observed, by pair. Observations name workloads and not Services: they stand in the cells of a client and every
 * server that leads to the workload, on the port where the source tells one.
 */
function* observedSteps(
  mesh: Mesh,
  { clients, servers }: MatrixQuestion,
  { calls }: Evidence,
): Steps<MatrixData['observed']> {
  const byCaller = new Map<string, Evidence['calls'][number][]>();
  for (const call of calls) {
    if (call.caller.kind !== 'workload') continue;
    const key = refKey(call.caller.workload);
    byCaller.set(key, [...(byCaller.get(key) ?? []), call]);
  }
  const seen: [number, Seen][] = [];
  for (const [row, { client }] of clients.entries()) {
    const made = client.kind === 'workload' ? byCaller.get(refKey(client.workload)) : undefined;
    if (made === undefined) continue;
    for (const [column, { to }] of servers.entries()) {
      const found = seenAt(connect(mesh, client, to), made);
      if (found !== undefined) seen.push([row * servers.length + column, found]);
      yield;
    }
  }
  return seen;
}

function seenAt(
  predicted: NonEmpty<Connection>,
  made: readonly Evidence['calls'][number][],
): Seen | undefined {
  const here = made.filter(({ server, port }) =>
    predicted.some(
      ({ workload, workloadPort }) =>
        workload !== undefined &&
        refKey(workload) === refKey(server) &&
        (port === undefined || port === workloadPort),
    ),
  );
  const worst = (['refused', 'plaintext', 'mutual-tls'] as const).find((wire) =>
    here.some((call) => call.wire === wire),
  );
  if (worst === undefined) return undefined;
  const count = here.reduce((sum, call) => sum + call.count, 0);
  const fate = wireFates[worst];
  const kinds = predicted.map(({ outcome }) => outcome.kind);
  // Who speaks TLS to an application is plaintext to the proxies' own counters.
  const unlike =
    !kinds.includes(worst) &&
    !kinds.includes('unknown') &&
    !(worst === 'plaintext' && kinds.includes('tls'));
  return { fate: { ...fate, words: `${fate.words}, ${count} times` }, unlike };
}

function unobserved(evidence: Evidence | undefined): string {
  if (evidence === undefined) return 'Nothing was asked about observed traffic.';
  return evidence.sources.length === 0 ? 'No source of observed traffic could be read.' : '';
}

/** What a pair's tooltip and reasons are made of. */
export function outcomeLine({ outcome, endpoints, ofEndpoints }: Connection): string {
  const share = endpoints === ofEndpoints ? '' : ` (${endpoints} of ${ofEndpoints} endpoints)`;
  return `${outcomeWords(outcome)}${share}`;
}
