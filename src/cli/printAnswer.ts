import { Document, visit } from 'yaml';
import { visibleText } from '../mesh/index.ts';
import type { OutputFormat } from './options/options.ts';

/** An answer in its forms. The document is the contract that programs read. */
export interface Answer {
  /** Its fields in order. A list that can have millions of items is an iterable and made while it is printed. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly table: () => string | Iterable<string>;
  /** Visible text, where YAML is something to apply; otherwise it is the document. */
  readonly yaml?: () => string;
  /** Everything about each row, where the table folds. */
  readonly wide?: () => string | Iterable<string>;
  /** A table for a pull request. */
  readonly markdown?: () => Iterable<string>;
  /** What other programs read, each in its own format. */
  readonly reports?: {
    readonly sarif: () => Readonly<Record<string, unknown>>;
    readonly github: () => Iterable<string>;
    readonly junit: () => Iterable<string>;
  };
}

/**
 * An answer as pieces of text, because as a whole it may be longer than a string can be. Names come from a
 * cluster or a file, and a terminal would obey what is written in them: no format prints them raw.
 */
export function* printed(answer: Answer, format: OutputFormat): Generator<string, void> {
  switch (format) {
    case 'json':
      for (const piece of jsonPieces(answer.document)) yield withJsonEscapes(piece);
      return;
    case 'yaml':
      if (answer.yaml === undefined) yield* yamlPieces(answer.document);
      else yield answer.yaml();
      return;
    case 'table':
    case 'text':
      yield* tablePieces(answer.table());
      return;
    case 'wide':
      yield* tablePieces((answer.wide ?? answer.table)());
      return;
    case 'markdown':
      yield* tablePieces((answer.markdown ?? answer.table)());
      return;
    case 'sarif':
      for (const piece of jsonPieces(answer.reports?.sarif() ?? answer.document))
        yield withJsonEscapes(piece);
      return;
    case 'github':
    case 'junit':
      yield* tablePieces((answer.reports?.[format] ?? answer.table)());
  }
}

function* tablePieces(table: string | Iterable<string>): Generator<string> {
  for (const piece of typeof table === 'string' ? [table] : table) yield visibleText(piece);
}

function isLongList(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === 'object' && value !== null && Symbol.iterator in value && !Array.isArray(value)
  );
}

/** As `JSON.stringify` lays it out with an indent of two. */
function* jsonPieces(document: Answer['document']): Generator<string> {
  let before = '{\n  ';
  for (const [field, value] of Object.entries(document)) {
    yield `${before}${JSON.stringify(field)}: `;
    if (isLongList(value)) yield* jsonList(value);
    else yield indented(JSON.stringify(value, null, 2), 2);
    before = ',\n  ';
  }
  yield '\n}\n';
}

function* jsonList(items: Iterable<unknown>): Generator<string> {
  let before = '[\n    ';
  for (const item of items) {
    yield before + indented(JSON.stringify(item, null, 2), 4);
    before = ',\n    ';
  }
  yield before.startsWith('[') ? '[]' : '\n  ]';
}

function* yamlPieces(document: Answer['document']): Generator<string> {
  for (const [field, value] of Object.entries(document)) {
    if (isLongList(value)) yield* yamlList(field, value);
    else yield yamlText({ [field]: value });
  }
}

function* yamlList(field: string, items: Iterable<unknown>): Generator<string> {
  let isEmpty = true;
  for (const item of items) {
    if (isEmpty) yield `${field}:\n`;
    isEmpty = false;
    yield `  ${indented(yamlText([item]).trimEnd(), 2)}\n`;
  }
  if (isEmpty) yield yamlText({ [field]: [] });
}

function indented(text: string, columns: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(columns)}`);
}

/** What a terminal obeys and an eye does not see, but for line ends; JSON and YAML can spell each of them out. */
const invisible = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu;

function withJsonEscapes(json: string): string {
  return json.replace(invisible, (character) =>
    character
      .split('')
      .map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)
      .join(''),
  );
}

/** Only double quotes know escapes, so that is how strings that need them are written. */
function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string' && node.value.search(invisible) >= 0)
        node.type = 'QUOTE_DOUBLE';
    },
  });
  return document
    .toString({ lineWidth: 0 })
    .replace(invisible, (character) => `\\U${hex(character.codePointAt(0) ?? 0, 8)}`);
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
