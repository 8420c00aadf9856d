import type { ExportFormat, Fate, MatrixData, Seen } from './matrixData.ts';

/** A matrix as a file that others read: every pair a line of CSV, a table of Markdown, or a picture. */
export function exportMatrix(
  data: MatrixData,
  pairs: readonly number[],
  format: ExportFormat,
): string {
  switch (format) {
    case 'csv':
      return csv(data, pairs);
    case 'markdown':
      return markdown(data, pairs);
    case 'svg':
      return svg(data, pairs);
  }
}

function csv(data: MatrixData, pairs: readonly number[]): string {
  const heading = [
    'from',
    'to',
    'predicted',
    ...(data.after === undefined ? [] : ['after']),
    'observed',
    'probed',
    'unlike',
  ];
  const lines = pairs.map((pair) => {
    const { client, server, predicted, after, observed, probed } = partsOf(data, pair);
    const unlike = [observed, probed].some((seen) => seen?.unlike === true);
    return [
      client,
      server,
      predicted?.words ?? '',
      ...(data.after === undefined ? [] : [after?.words ?? '']),
      observed?.fate.words ?? '',
      probed?.fate.words ?? '',
      unlike ? 'yes' : 'no',
    ];
  });
  return [heading, ...lines].map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

/** A field that begins as a formula does is text in spreadsheets, too. */
function csvField(text: string): string {
  const plain = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

interface Parts {
  readonly client: string;
  readonly server: string;
  readonly predicted: Fate | undefined;
  readonly after: Fate | undefined;
  readonly observed: Seen | undefined;
  readonly probed: Seen | undefined;
}

function partsOf(data: MatrixData, pair: number): Parts {
  const { clients, servers, fates, predicted, after } = data;
  const fate = (of: readonly number[] | undefined): Fate | undefined => fates[of?.[pair] ?? -1];
  return {
    client: clients[Math.floor(pair / servers.length)]?.name ?? '',
    server: servers[pair % servers.length]?.name ?? '',
    predicted: fate(predicted),
    after: fate(after),
    observed: data.observed.find(([known]) => known === pair)?.[1],
    probed: data.probed.find(([known]) => known === pair)?.[1],
  };
}

/** The rows and columns that some pairs make up, in their order. */
function axesOf(
  { servers }: MatrixData,
  pairs: readonly number[],
): { readonly rows: readonly number[]; readonly columns: readonly number[] } {
  const rows = new Set(pairs.map((pair) => Math.floor(pair / servers.length)));
  const columns = new Set(pairs.map((pair) => pair % servers.length));
  return { rows: [...rows], columns: [...columns] };
}

function cellText(data: MatrixData, pair: number): string {
  const { predicted, after, observed, probed } = partsOf(data, pair);
  const change =
    after === undefined || after.symbol === predicted?.symbol ? '' : `→${after.symbol}`;
  const seen = (what: string, one: Seen | undefined): string =>
    one === undefined ? '' : ` ${what} ${one.fate.symbol}${one.unlike ? '!' : ''}`;
  return `${predicted?.symbol ?? ''}${change}${seen('seen', observed)}${seen('probed', probed)}`;
}

const legend =
  'M mutual TLS · T one-way TLS · P plaintext · X refused · ? unknown · ! not as predicted';

function markdown(data: MatrixData, pairs: readonly number[]): string {
  const { rows, columns } = axesOf(data, pairs);
  const name = (text: string | undefined): string => `\`${(text ?? '').replace(/[|`\n]/g, '')}\``;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `# ${data.title}`,
    '',
    line(['from \\ to', ...columns.map((one) => name(data.servers[one]?.name))]),
    line(['---', ...columns.map(() => '---')]),
    ...rows.map((row) =>
      line([
        name(data.clients[row]?.name),
        ...columns.map((column) => cellText(data, row * data.servers.length + column)),
      ]),
    ),
    '',
    legend,
    '',
  ].join('\n');
}

const box = { width: 84, height: 24, names: 260, head: 200 } as const;

/** Colours that can be told apart by those who see no red or green, with the symbol in every box besides. */
const fills: Readonly<Record<Fate['tone'], string>> = {
  safe: '#b7e1cd',
  plain: '#fce8b2',
  refused: '#f4c7c3',
  unknown: '#e0e0e0',
};

function svg(data: MatrixData, pairs: readonly number[]): string {
  const { rows, columns } = axesOf(data, pairs);
  const width = box.names + columns.length * box.width;
  const height = box.head + rows.length * box.height + 30;
  const cells = rows.flatMap((row, y) =>
    columns.map((column, x) => svgCell(data, row * data.servers.length + column, { x, y })),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<title>${xml(data.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...columns.map((column, x) => svgHeading(data.servers[column]?.name ?? '', x)),
    ...rows.map(
      (row, y) =>
        `<text x="4" y="${box.head + y * box.height + 16}">${xml(data.clients[row]?.name ?? '')}</text>`,
    ),
    ...cells,
    `<text x="4" y="${height - 8}">${xml(legend)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function svgHeading(name: string, x: number): string {
  const [left, bottom] = [box.names + x * box.width + 12, box.head - 8];
  return `<text transform="translate(${left} ${bottom}) rotate(-45)">${xml(name)}</text>`;
}

function svgCell(
  data: MatrixData,
  pair: number,
  { x, y }: { readonly x: number; readonly y: number },
): string {
  const { predicted, after } = partsOf(data, pair);
  const fill = fills[(after ?? predicted)?.tone ?? 'unknown'];
  const [left, top] = [box.names + x * box.width, box.head + y * box.height];
  const rect = `<rect x="${left}" y="${top}" width="${box.width - 2}" height="${box.height - 2}" fill="${fill}"/>`;
  return `${rect}<text x="${left + 6}" y="${top + 16}">${xml(cellText(data, pair))}</text>`;
}

function xml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
