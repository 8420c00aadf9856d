import { splitDocuments } from './splitDocuments.ts';
import type { TextRange } from './textRange.ts';
import type { YamlPath } from './yamlPath.ts';

/** Where somebody types in a YAML text, however unfinished that is. Offsets in the whole text. */
export interface CursorPath {
  /** Of the field whose value is typed, or of the mapping or list that gets a new entry. */
  readonly path: YamlPath;
  /** `key`: the name of a field of a mapping, or an entry of a list of plain values. */
  readonly on: 'key' | 'value';
  /** The word around the cursor. */
  readonly word: TextRange;
  /** The YAML document. */
  readonly document: TextRange;
}

/** One line of block YAML: `indent`, dashes, then a key and what follows it. Columns from 0. */
interface Line {
  /** Columns of the dashes that begin list items. */
  readonly dashes: readonly number[];
  /** Column of what follows the dashes. */
  readonly column: number;
  /** The field's name; undefined for a line without a colon. */
  readonly key: string | undefined;
  /** What stands after the colon, or the whole line. */
  readonly rest: string;
  /** Column of `rest`. */
  readonly restColumn: number;
}

/**
 * Where an offset is in a text that people are typing: told by indentation alone, for what is unfinished is rarely YAML.
 * Undefined in comments, in flow collections and where nothing can be completed.
 */
export function cursorPath(text: string, offset: number): CursorPath | undefined {
  const document = splitDocuments(text).find(({ start, end }) => start <= offset && offset <= end);
  if (document === undefined) return undefined;
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = endOfLine(text, offset);
  const before = text.slice(lineStart, offset);
  if (/(?:^|\s)#/.test(before) || /[{[]/.test(before) || before.startsWith('---')) return undefined;
  const line = parseLine(text.slice(lineStart, lineEnd));
  const above = text.slice(document.start, lineStart).split('\n').slice(0, -1);
  const column = offset - lineStart;
  const parents =
    line === undefined ? pathAbove(above, column, []) : pathAbove(above, line.column, line.dashes);
  const isValue = line?.key !== undefined && column >= line.restColumn;
  const start = lineStart + (line === undefined ? column : isValue ? line.restColumn : line.column);
  const path = isValue ? [...parents, line.key] : parents;
  if (start > offset) return undefined;
  return { path, on: isValue ? 'value' : 'key', word: wordFrom(text, start, offset), document };
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

/** From the beginning of a value to the end of the word that the cursor is in. */
function wordFrom(text: string, start: number, offset: number): TextRange {
  const after = /^[\w./*-]*/.exec(text.slice(offset, offset + 300))?.[0] ?? '';
  return { start, end: offset + after.length };
}

/** Undefined for empty lines and comments. */
function parseLine(source: string): Line | undefined {
  const text = source.replace(/\r$/, '');
  if (/^\s*(?:#|$)/.test(text)) return undefined;
  const lead = /^[ ]*(?:-[ ]+|-$)*/.exec(text)?.[0] ?? '';
  const dashes = [...lead.matchAll(/-/g)].map(({ index }) => index);
  const content = text.slice(lead.length);
  const pair = /^(?:"([^"]*)"|'([^']*)'|([^\s:"'#][^:#]*?))\s*:(?:\s+|$)/.exec(content);
  const column = lead.length;
  if (pair === null) return { dashes, column, key: undefined, rest: content, restColumn: column };
  const [whole, double, single, plain] = pair;
  const restColumn = column + whole.length;
  return {
    dashes,
    column,
    key: double ?? single ?? plain,
    rest: content.slice(whole.length),
    restColumn,
  };
}

/** How far the way up from the cursor has come. */
interface Climb {
  readonly path: YamlPath;
  /** The column at which the outermost step of the path stands. */
  readonly column: number;
  /** Whether that step is an item of a list. */
  readonly inList: boolean;
}

/** The path of what stands at a column, by the lines above it. */
function pathAbove(lines: readonly string[], column: number, dashes: readonly number[]): YamlPath {
  const start: Climb = { path: [], column, inList: false };
  let climb = dashes.toReversed().reduce(intoItem, start);
  for (const source of lines.toReversed()) {
    if (climb.column === 0 && !climb.inList) break;
    const line = parseLine(source);
    if (line !== undefined) climb = past(climb, line);
  }
  return climb.path;
}

function intoItem({ path }: Climb, dash: number): Climb {
  return { path: [0, ...path], column: dash, inList: true };
}

/** One line further up: an earlier item of the same list, the field that all of it is in, or a sibling. */
function past(climb: Climb, line: Line): Climb {
  if (climb.inList && line.dashes.includes(climb.column)) {
    const [item, ...rest] = climb.path;
    return { ...climb, path: [Number(item) + 1, ...rest] };
  }
  const around = insideOf(climb, line);
  if (around.inList) return around;
  return line.dashes
    .toReversed()
    .reduce((now, dash) => (dash < now.column && !now.inList ? intoItem(now, dash) : now), around);
}

/** The field of a line, if that is where everything below it stands. */
function insideOf(climb: Climb, { key, rest, column, dashes }: Line): Climb {
  const isOpen = /^(?:[&!]\S+\s*)?(?:#.*)?$/.test(rest);
  // A list may stand as far left as the field that it is the value of.
  const isBeside = climb.inList && column === climb.column && dashes.length === 0;
  if (key !== undefined && isOpen && (column < climb.column || isBeside))
    return { path: [key, ...climb.path], column, inList: false };
  const isOutside = column < climb.column && dashes.length === 0;
  return isOutside ? { ...climb, column, inList: false } : climb;
}
