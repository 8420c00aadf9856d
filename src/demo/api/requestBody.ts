import type { IncomingMessage } from 'node:http';

/** Bodies above this many bytes are refused, as the real server refuses them (3 MiB). */
export const bodyLimit = 3 * 1024 * 1024;

/** The whole body as text; `undefined` when it is larger than the limit. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > bodyLimit) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
