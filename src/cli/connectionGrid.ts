import type { FoldedGrid, GridRow, Mesh } from '../mesh/index.ts';
import {
  connect,
  foldGrid,
  gridLegend,
  gridLines,
  gridSymbol,
  visibleLine,
} from '../mesh/index.ts';
import type { NamedClient, NamedHostPort } from './endpoints.ts';

/** What a grid is about. */
export interface Asked {
  readonly clients: readonly NamedClient[];
  readonly servers: readonly NamedHostPort[];
}

/** A symbol for each client and server, with those that fare alike folded into one row or column. */
export function* gridTable(mesh: Mesh, asked: Asked): Generator<string> {
  const grid = yield* foldedGrid(mesh, asked);
  const lines = gridLines(grid, 'FROM');
  yield [...lines.map(visibleLine), '', gridLegend, ''].join('\n');
}

/** The same as a table of Markdown, in which columns carry their names. */
export function* gridMarkdown(mesh: Mesh, asked: Asked): Generator<string> {
  const { rows, columns } = yield* foldedGrid(mesh, asked);
  yield markdownRow(['from \\ to', ...columns.map(markdownNames)]);
  yield markdownRow(['---', ...columns.map(() => '---')]);
  for (const { names, cells } of rows) yield markdownRow([markdownNames(names), ...cells]);
  yield `\n${gridLegend}\n`;
}

/** Yields nothing but time after each client: a large mesh has a million connections to ask about. */
function* foldedGrid(mesh: Mesh, { clients, servers }: Asked): Generator<string, FoldedGrid> {
  const rows: GridRow[] = [];
  for (const { name, client } of clients) {
    const cells = servers.map(({ to }) =>
      gridSymbol(connect(mesh, client, to).map(({ outcome }) => outcome)),
    );
    rows.push({ name, cells });
    yield '';
  }
  return foldGrid(
    rows,
    servers.map(({ name }) => name),
  );
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`;
}

/** Names come from a cluster or a file, and stay text in a table. */
function markdownNames(names: readonly string[]): string {
  return names.map((name) => `\`${visibleLine(name).replace(/[|`]/g, '')}\``).join('<br>');
}
