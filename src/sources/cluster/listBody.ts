import { asList, fieldAt } from '../transport/jsonValue.ts';

const ITEMS = '"items":[';
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/**
 * Parses a list item by item, so that each can be dropped before the next is made: the values of a whole page outlive
 * the collector's first look at them, which costs more than parsing them. Returns the list, in which a null stands for the items
 * that were handed over. Throws a SyntaxError where `JSON.parse` would. The time it takes is in proportion to the bytes.
 */
export function parseList(body: Buffer, onItem: (item: unknown) => void): unknown {
  const opening = body.indexOf(ITEMS);
  const first = opening < 0 ? body.length : opening + ITEMS.length;
  let read = first;
  for (let start = first; ; start = read + 1) {
    const end = endOfObject(body, start);
    if (end === undefined) break;
    onItem(JSON.parse(body.toString('utf8', start, end)));
    read = end;
    if (body[end] !== COMMA) break;
  }
  const before = body.toString('utf8', 0, first) + (read > first ? 'null' : '');
  const list: unknown = JSON.parse(before + body.toString('utf8', read));
  for (const item of asList(fieldAt(list, 'items')).slice(read > first ? 1 : 0)) onItem(item);
  return list;
}

/** Where the object that starts here ends; undefined where none starts, or it does not end. */
function endOfObject(body: Buffer, start: number): number | undefined {
  if (body[start] !== OPENING) return undefined;
  let depth = 0;
  for (let at = start; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) at = endOfText(body, at);
    else if (byte === OPENING) depth += 1;
    else if (byte === CLOSING) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

/** The quotation mark that ends the text which starts here. */
function endOfText(body: Buffer, start: number): number {
  let at = start + 1;
  for (let byte = body[at]; byte !== QUOTE && byte !== undefined; byte = body[at]) {
    at += byte === BACKSLASH ? 2 : 1;
  }
  return at;
}
