import type { IncomingMessage } from 'node:http';

/** No list page and no object is larger; a server that sends more is not one to wait for. */
const MAX_BODY = 256 * 1024 * 1024;

export type ReadBody =
  | { readonly kind: 'body'; readonly body: Buffer }
  | { readonly kind: 'cut'; readonly error: Error };

/** Reads a whole answer; `cut` when the connection ends before the answer does. */
export function readAll(response: IncomingMessage): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_BODY) response.destroy(new Error('the answer is too large'));
    });
    response.once('end', () => {
      resolve({ kind: 'body', body: Buffer.concat(chunks) });
    });
    response.on('error', (error) => {
      resolve({ kind: 'cut', error });
    });
    response.once('close', () => {
      resolve({ kind: 'cut', error: new Error('the answer was cut short') });
    });
  });
}
