import { StringDecoder } from 'node:string_decoder';

import { asObject } from './jsonValue.ts';
import type { WatchEvent } from './transport.ts';

/** A single object larger than this is not one that etcd can hold. */
const MAX_LINE = 16 * 1024 * 1024;

const EVENT_TYPES = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'] as const;

/** Cuts the byte stream of a watch into events, one JSON line each. */
export interface WatchLines {
  /** Why the stream cannot be read on, or undefined. */
  push(chunk: Buffer): string | undefined;
  /** Whether the stream stands between two lines, where alone it may end. */
  readonly atBoundary: boolean;
}

export function watchLines(onEvent: (event: WatchEvent) => void): WatchLines {
  const decoder = new StringDecoder('utf8');
  let rest = '';

  function take(line: string): string | undefined {
    if (line.trim() === '') return undefined;
    const event = readEvent(line);
    if (event === undefined) return 'a line of the watch is not an event';
    onEvent(event);
    return undefined;
  }

  return {
    get atBoundary() {
      return rest.trim() === '';
    },
    push: (chunk) => {
      // What is known to hold no line end is not searched again.
      const [first = '', ...others] = decoder.write(chunk).split('\n');
      const lines = [rest + first, ...others];
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE) return 'a line of the watch is too long';
      for (const line of lines) {
        const wrong = take(line);
        if (wrong !== undefined) return wrong;
      }
      return undefined;
    },
  };
}

function readEvent(line: string): WatchEvent | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const event = asObject(parsed);
  const type = EVENT_TYPES.find((one) => one === event?.['type']);
  return type === undefined ? undefined : { type, object: event?.['object'] };
}
