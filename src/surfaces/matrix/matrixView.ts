import type { Fate, MatrixData, Seen } from './matrixData.ts';

/** What a person chose to see of a matrix. */
export interface ViewChoice {
  readonly by: 'workload' | 'namespace';
  /** Parts of the names of clients and of servers; empty shows all. */
  readonly from: string;
  readonly to: string;
  /** Only clients and servers with a cell where something is unlike, or that a change alters. */
  readonly unlikeOnly: boolean;
  readonly sort: 'name' | 'worst';
}

/** What one cell shows. */
export interface CellView {
  /** The pair, or undefined where the cell stands for many. */
  readonly pair: number | undefined;
  readonly predicted: readonly Part[];
  readonly after: readonly Part[];
  readonly observed: Seen | undefined;
  readonly probed: Seen | undefined;
  /** Something was seen that is not predicted, or a change alters it. */
  readonly unlike: boolean;
}

/** A fate, and of how many connections where a cell stands for many. */
export interface Part {
  readonly fate: Fate;
  readonly count: number;
}

/** A matrix as it is shown: rows and columns that were filtered, sorted and put together. */
export interface MatrixView {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cell: (row: number, column: number) => CellView;
  /** All pairs that are shown, row by row. */
  readonly pairs: () => readonly number[];
}

/** What is known of pairs beside the prediction, which grows while the page is open. */
export interface SeenPairs {
  readonly observed: ReadonlyMap<number, Seen>;
  readonly probed: ReadonlyMap<number, Seen>;
}

/** The matrix that a person asked for. */
export function viewOf(data: MatrixData, seen: SeenPairs, choice: ViewChoice): MatrixView {
  const rows = groupsOf(data.clients, choice.by, choice.from);
  const columns = groupsOf(data.servers, choice.by, choice.to);
  const marks = choice.unlikeOnly ? unlikeAxes(data, seen) : undefined;
  const shown = {
    rows: marks === undefined ? rows : keep(rows, marks.clients),
    columns: marks === undefined ? columns : keep(columns, marks.servers),
  };
  const sorted = choice.sort === 'worst' ? worstFirst(data, shown) : shown;
  return {
    rows: sorted.rows.map(({ name }) => name),
    columns: sorted.columns.map(({ name }) => name),
    cell: (row, column) =>
      cellOf(data, seen, { row: sorted.rows[row], column: sorted.columns[column] }),
    pairs: () => pairsOf(data, sorted.rows, sorted.columns),
  };
}

/** Some clients, or some servers, that are one row or column. */
interface Group {
  readonly name: string;
  readonly members: readonly number[];
}

function groupsOf(
  all: MatrixData['clients'],
  by: ViewChoice['by'],
  filter: string,
): readonly Group[] {
  const wanted = filter.trim().toLowerCase();
  const groups = new Map<string, number[]>();
  for (const [index, { name, namespace }] of all.entries()) {
    if (!name.toLowerCase().includes(wanted)) continue;
    const key = by === 'workload' ? name : namespace === '' ? '(none)' : namespace;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [index]);
    else members.push(index);
  }
  return [...groups].map(([name, members]) => ({ name, members }));
}

function unlikeAxes(
  data: MatrixData,
  seen: SeenPairs,
): { readonly clients: ReadonlySet<number>; readonly servers: ReadonlySet<number> } {
  const [clients, servers] = [new Set<number>(), new Set<number>()];
  const mark = (pair: number): void => {
    clients.add(Math.floor(pair / data.servers.length));
    servers.add(pair % data.servers.length);
  };
  for (const known of [seen.observed, seen.probed])
    for (const [pair, { unlike }] of known) if (unlike) mark(pair);
  for (const [pair, fate] of (data.after ?? []).entries())
    if (fate !== data.predicted[pair]) mark(pair);
  return { clients, servers };
}

function keep(groups: readonly Group[], wanted: ReadonlySet<number>): readonly Group[] {
  return groups.filter(({ members }) => members.some((one) => wanted.has(one)));
}

interface Shown {
  readonly rows: readonly Group[];
  readonly columns: readonly Group[];
}

const badness: Readonly<Record<Fate['tone'], number>> = {
  refused: 1000,
  plain: 30,
  unknown: 1,
  safe: 0,
};

/** Rows and columns with most refused and plaintext connections first; names decide between equals. */
function worstFirst(data: MatrixData, { rows, columns }: Shown): Shown {
  const weights = data.fates.map(({ tone }) => badness[tone]);
  const [clients, servers] = [data.clients.map(() => 0), data.servers.map(() => 0)];
  for (const [pair, fate] of (data.after ?? data.predicted).entries()) {
    const weight = weights[fate] ?? 0;
    const client = Math.floor(pair / data.servers.length);
    const server = pair % data.servers.length;
    clients[client] = (clients[client] ?? 0) + weight;
    servers[server] = (servers[server] ?? 0) + weight;
  }
  return { rows: byWeight(rows, clients), columns: byWeight(columns, servers) };
}

function byWeight(groups: readonly Group[], weights: readonly number[]): readonly Group[] {
  const weightOf = ({ members }: Group): number =>
    members.reduce((sum, one) => sum + (weights[one] ?? 0), 0);
  return groups
    .map((group) => ({ group, weight: weightOf(group) }))
    .sort((left, right) => right.weight - left.weight)
    .map(({ group }) => group);
}

interface At {
  readonly row: Group | undefined;
  readonly column: Group | undefined;
}

const NOTHING: CellView = {
  pair: undefined,
  predicted: [],
  after: [],
  observed: undefined,
  probed: undefined,
  unlike: false,
};

function cellOf(data: MatrixData, seen: SeenPairs, { row, column }: At): CellView {
  if (row === undefined || column === undefined) return NOTHING;
  const pairs = pairsOf(data, [row], [column]);
  const [pair, ...more] = pairs;
  const predicted = partsOf(data, data.predicted, pairs);
  const after = data.after === undefined ? [] : partsOf(data, data.after, pairs);
  const isAltered =
    data.after !== undefined && pairs.some((one) => data.after?.[one] !== data.predicted[one]);
  const isUnlike = (one: number): boolean =>
    (seen.observed.get(one)?.unlike ?? false) || (seen.probed.get(one)?.unlike ?? false);
  const unlike = isAltered || pairs.some(isUnlike);
  if (pair === undefined || more.length > 0) return { ...NOTHING, predicted, after, unlike };
  return {
    pair,
    predicted,
    after,
    observed: seen.observed.get(pair),
    probed: seen.probed.get(pair),
    unlike,
  };
}

function pairsOf(
  { servers }: MatrixData,
  rows: readonly Group[],
  columns: readonly Group[],
): readonly number[] {
  const pairs: number[] = [];
  for (const { members } of rows)
    for (const client of members)
      for (const column of columns)
        for (const server of column.members) pairs.push(client * servers.length + server);
  return pairs;
}

/** The fates of pairs, those first that most of them have. */
function partsOf(
  { fates }: MatrixData,
  of: readonly number[],
  pairs: readonly number[],
): readonly Part[] {
  const counts = new Map<number, number>();
  for (const pair of pairs) {
    const fate = of[pair];
    if (fate !== undefined) counts.set(fate, (counts.get(fate) ?? 0) + 1);
  }
  return [...counts]
    .flatMap(([index, count]) => {
      const fate = fates[index];
      return fate === undefined ? [] : [{ fate, count }];
    })
    .sort((left, right) => right.count - left.count);
}

/** What a screen reader says of a cell. */
export function cellLabel(client: string, server: string, cell: CellView): string {
  const says = (parts: readonly Part[]): string =>
    parts
      .map(({ fate, count }) =>
        count > 1 || cell.pair === undefined ? `${count} ${fate.words}` : fate.words,
      )
      .join(', ');
  return [
    `${client} to ${server}: predicted ${says(cell.predicted)}`,
    ...(cell.after.length === 0 ? [] : [`after the change ${says(cell.after)}`]),
    ...(cell.observed === undefined ? [] : [`observed ${cell.observed.fate.words}`]),
    ...(cell.probed === undefined ? [] : [`probed ${cell.probed.fate.words}`]),
    ...(cell.unlike ? ['unlike'] : []),
  ].join('; ');
}
