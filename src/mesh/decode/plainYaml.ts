/**
 * Reads the block style of YAML in which Istio's Helm chart and istioctl write their ConfigMaps: maps, lists,
 * plain and quoted scalars, block scalars and flow collections on one line. JSON is read too. Text that
 * uses anything else (anchors, tags, tabs, several documents) gives undefined: not knowing is better
 * than misreading a mesh config.
 */
export function readPlainYaml(text: string): { readonly value: unknown } | undefined {
  if (text.trimStart().startsWith('{')) return readJson(text);
  const lines = splitLines(text);
  if (lines === undefined) return undefined;
  const cursor: Cursor = { lines, at: 0, failed: false };
  const value = readBlock(cursor, 0);
  return cursor.failed || cursor.at < lines.length ? undefined : { value };
}

interface Line {
  readonly indent: number;
  readonly text: string;
}

interface Cursor {
  lines: readonly Line[];
  at: number;
  failed: boolean;
}

const MAX_DEPTH = 64;

function readJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function splitLines(text: string): readonly Line[] | undefined {
  const lines: Line[] = [];
  for (const raw of text.split('\n')) {
    const body = raw.trimEnd();
    const content = body.trimStart();
    if (body.slice(0, body.length - content.length).includes('\t')) return undefined;
    if (content === '---' && lines.every((line) => line.text === '')) continue;
    lines.push({ indent: body.length - content.length, text: content });
  }
  return lines;
}

function skipBlank(cursor: Cursor): Line | undefined {
  for (;;) {
    const line = cursor.lines[cursor.at];
    if (line === undefined) return undefined;
    if (line.text !== '' && !line.text.startsWith('#')) return line;
    cursor.at++;
  }
}

function readBlock(cursor: Cursor, depth: number): unknown {
  const first = skipBlank(cursor);
  if (first === undefined) return null;
  if (depth > MAX_DEPTH) return fail(cursor);
  if (isItem(first.text)) return readList(cursor, first.indent, depth);
  if (splitEntry(first.text) === undefined) {
    cursor.at++;
    return readScalar(cursor, first.text);
  }
  return readMap(cursor, first.indent, depth);
}

function isItem(text: string): boolean {
  return text === '-' || text.startsWith('- ');
}

function readList(cursor: Cursor, indent: number, depth: number): unknown {
  const items: unknown[] = [];
  for (;;) {
    const line = skipBlank(cursor);
    if (line === undefined || line.indent < indent) return items;
    if (line.indent > indent) return fail(cursor);
    if (!isItem(line.text)) return items;
    items.push(readItem(cursor, line, depth));
    if (cursor.failed) return undefined;
  }
}

function readItem(cursor: Cursor, line: Line, depth: number): unknown {
  const rest = line.text.slice(1).trimStart();
  if (rest === '' || rest.startsWith('#')) {
    cursor.at++;
    return readNested(cursor, line.indent + 1, depth);
  }
  if (!isItem(rest) && splitEntry(rest) === undefined) {
    cursor.at++;
    return readScalar(cursor, rest);
  }
  // `- key: value` starts a block whose first line is what follows the dash.
  const inner = { indent: line.indent + line.text.length - rest.length, text: rest };
  cursor.lines = cursor.lines.with(cursor.at, inner);
  return readBlock(cursor, depth + 1);
}

function readMap(cursor: Cursor, indent: number, depth: number): unknown {
  const entries: [string, unknown][] = [];
  for (;;) {
    const line = skipBlank(cursor);
    if (line === undefined || line.indent < indent) break;
    const entry = line.indent === indent ? splitEntry(line.text) : undefined;
    if (entry === undefined) return fail(cursor);
    cursor.at++;
    entries.push([entry.key, readValue(cursor, entry.rest, { indent, depth })]);
    if (cursor.failed) return undefined;
  }
  return Object.fromEntries(entries);
}

function readValue(
  cursor: Cursor,
  rest: string,
  parent: { readonly indent: number; readonly depth: number },
): unknown {
  if (rest === '' || rest.startsWith('#')) {
    const next = skipBlank(cursor);
    const sameIndentList = next?.indent === parent.indent && isItem(next.text);
    return readNested(cursor, sameIndentList ? parent.indent : parent.indent + 1, parent.depth);
  }
  if (rest.startsWith('|') || rest.startsWith('>')) return readBlockScalar(cursor, parent.indent);
  return readScalar(cursor, rest);
}

function readNested(cursor: Cursor, minIndent: number, depth: number): unknown {
  const next = skipBlank(cursor);
  if (next === undefined || next.indent < minIndent) return null;
  return readBlock(cursor, depth + 1);
}

function readBlockScalar(cursor: Cursor, indent: number): string {
  const lines: string[] = [];
  for (let line = cursor.lines[cursor.at]; line !== undefined; line = cursor.lines[cursor.at]) {
    if (line.text !== '' && line.indent <= indent) break;
    lines.push(line.text);
    cursor.at++;
  }
  return lines.join('\n');
}

/** `key: rest`, with the key quoted or plain; undefined when the line is no entry. */
function splitEntry(text: string): { readonly key: string; readonly rest: string } | undefined {
  const quote = text[0];
  if (quote === '"' || quote === "'") {
    const end = text.indexOf(quote, 1);
    if (end === -1 || text[end + 1] !== ':') return undefined;
    return { key: text.slice(1, end), rest: text.slice(end + 2).trim() };
  }
  if (quote === '{' || quote === '[') return undefined;
  const colon = text.endsWith(':') && !text.includes(': ') ? text.length - 1 : text.indexOf(': ');
  return colon <= 0
    ? undefined
    : { key: text.slice(0, colon).trimEnd(), rest: text.slice(colon + 1).trim() };
}

const UNSUPPORTED = '&*!%@`';

function readScalar(cursor: Cursor, text: string): unknown {
  const first = text.charAt(0);
  if (UNSUPPORTED.includes(first)) return fail(cursor);
  if (first === '[' || first === '{') return readFlow(cursor, withoutComment(text));
  if (first === '"' || first === "'") return readQuoted(cursor, text);
  return plainScalar(withoutComment(text));
}

function withoutComment(text: string): string {
  const comment = text.indexOf(' #');
  return (comment === -1 ? text : text.slice(0, comment)).trim();
}

function plainScalar(text: string): unknown {
  if (text === '' || text === '~' || text === 'null') return null;
  if (text === 'true') return true;
  if (text === 'false') return false;
  const number = Number(text);
  return Number.isFinite(number) && !text.startsWith('0x') ? number : text;
}

function readQuoted(cursor: Cursor, text: string): unknown {
  const quote = text.charAt(0);
  const end = text.lastIndexOf(quote);
  const after = text.slice(end + 1).trim();
  if (end === 0 || (after !== '' && !after.startsWith('#'))) return fail(cursor);
  if (quote === "'") return text.slice(1, end).replaceAll("''", "'");
  const read = readJson(text.slice(0, end + 1));
  return read === undefined ? fail(cursor) : read.value;
}

/** A flow list of scalars, or an empty flow map: what generators write on one line. */
function readFlow(cursor: Cursor, text: string): unknown {
  const json = readJson(text);
  if (json !== undefined) return json.value;
  if (!text.startsWith('[') || !text.endsWith(']')) return fail(cursor);
  const items = text.slice(1, -1).split(',');
  return items.map((item) => readScalar(cursor, item.trim()));
}

function fail(cursor: Cursor): unknown {
  cursor.failed = true;
  return undefined;
}
