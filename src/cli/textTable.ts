import { visibleLine } from '../mesh/index.ts';

/** Rows as columns of even width, two spaces apart, under a heading in capitals; no trailing blanks. */
export function textTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = heading.map((title, column) =>
    rows.reduce((widest, row) => Math.max(widest, (row[column] ?? '').length), title.length),
  );
  return [...tableLines(heading, widths, rows)].join('');
}

/** As `textTable`, line by line: for rows so many that nobody holds them all. */
export function* tableLines(
  heading: readonly string[],
  widths: readonly number[],
  rows: Iterable<readonly string[]>,
): Generator<string> {
  yield line(heading, widths);
  for (const row of rows) yield line(row, widths);
}

/** The width of a column that will hold these texts. */
export function widthOf(title: string, texts: readonly string[]): number {
  return texts.reduce((widest, text) => Math.max(widest, text.length), title.length);
}

function line(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, column) => visibleLine(cell).padEnd(widths[column] ?? 0));
  return `${cells.join('  ').trimEnd()}\n`;
}
