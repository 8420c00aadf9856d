import type { Outcome } from '../model/explanation.ts';

/** One row of a grid, with a cell for each of the grid's columns. */
export interface GridRow {
  readonly name: string;
  readonly cells: readonly string[];
}

/** Rows with the same cells as one, and columns with the same cells as one. */
export interface FoldedGrid {
  readonly rows: readonly {
    readonly names: readonly string[];
    readonly cells: readonly string[];
  }[];
  readonly columns: readonly (readonly string[])[];
}

/** Folds a grid: what fares alike is one row, and one column. Keeps the order in which things come first. */
export function foldGrid(rows: readonly GridRow[], columns: readonly string[]): FoldedGrid {
  const alike = groups(rows, ({ cells }) => cells.join('\n'));
  const unlike = alike.map(([first]) => first.cells);
  const indices = columns.map((_, index) => index);
  const folded = groups(indices, (index) => unlike.map((cells) => cells[index]).join('\n'));
  return {
    columns: folded.map((group) => group.map((index) => columns[index] ?? '')),
    rows: alike.map((group) => ({
      names: group.map(({ name }) => name),
      cells: folded.map(([index]) => group[0].cells[index] ?? ''),
    })),
  };
}

type Group<T> = [T, ...T[]];

function groups<T>(items: readonly T[], keyOf: (item: T) => string): readonly Group<T>[] {
  const byKey = new Map<string, Group<T>>();
  for (const item of items) {
    const key = keyOf(item);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [item]);
    else group.push(item);
  }
  return [...byKey.values()];
}

/** Names that are written out of a row or column that stands for many. */
const NAMES_SHOWN = 3;

/**
 * The grid as lines of even columns. Columns are numbered, because names of hosts are wider than an output channel; what
 * the numbers stand for comes below.
 */
export function gridLines({ rows, columns }: FoldedGrid, corner: string): readonly string[] {
  const numbers = columns.map((_, index) => String(index + 1));
  const table = [
    [corner, ...numbers],
    ...rows.map(({ names, cells }) => [someOf(names), ...cells]),
  ];
  const widths = [corner, ...numbers].map((_, column) =>
    table.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  );
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const digits = String(columns.length).length;
  const named = columns.map(
    (names, index) => `${String(index + 1).padStart(digits)}  ${someOf(names)}`,
  );
  return [...lines, '', ...named];
}

function someOf(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  const shown = names.slice(0, more > 1 ? NAMES_SHOWN : NAMES_SHOWN + 1).join(', ');
  return more > 1 ? `${shown} and ${more} more` : shown;
}

const SYMBOLS: Readonly<Record<Outcome['kind'], string>> = {
  'mutual-tls': 'M',
  tls: 'T',
  plaintext: 'P',
  refused: 'X',
  unknown: '?',
};

/** What the symbols of a grid mean, on one line. */
export const gridLegend =
  'M mutual TLS   T one-way TLS   P plaintext   X refused   ? unknown   M/X depends on the endpoint or the client pod';

/** All outcomes of one call in a grid's symbols, the safest first: `M`, `M/X`. */
export function gridSymbol(outcomes: readonly Outcome[]): string {
  const found = new Set(outcomes.map(({ kind }) => SYMBOLS[kind]));
  return Object.values(SYMBOLS)
    .filter((symbol) => found.has(symbol))
    .join('/');
}
