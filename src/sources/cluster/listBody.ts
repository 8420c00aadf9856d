import { asList, fieldAt } from '../transport/jsonValue.ts';

const ITEMS = '"items":[';

/**
 * Parses a list item by item, so that each can be dropped before the next is made: the values of a whole page outlive
 * the collector's first look at them, which costs more than parsing them. Returns the list with its last items only.
 * Throws a SyntaxError where `JSON.parse` would.
 *
 * An item ends where what follows starts like the first item did, if it can be parsed up to there: no beginning of an
 * object's text is an object's text. Where that does not hold, the rest is parsed as one.
 */
export function parseList(body: Buffer, onItem: (item: unknown) => void): unknown {
  const opening = body.indexOf(ITEMS);
  const first = opening < 0 ? body.length : opening + ITEMS.length;
  const beginning = /^\{"[^"\\]*":/.exec(body.toString('latin1', first, first + 64))?.[0];
  const separator = beginning === undefined ? undefined : Buffer.from(`,${beginning}`);
  let start = first;
  let end = first;
  while (separator !== undefined && (end = body.indexOf(separator, end + 1)) >= 0) {
    const item = parsed(body.toString('utf8', start, end));
    if (item === undefined) continue;
    onItem(item);
    start = end + 1;
  }
  const list: unknown = JSON.parse(body.toString('utf8', 0, first) + body.toString('utf8', start));
  for (const item of asList(fieldAt(list, 'items'))) onItem(item);
  return list;
}

/** Undefined for what is not the text of a value. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
