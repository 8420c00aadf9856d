import { Agent, request } from 'node:https';
import type { KeyPair } from './certificates.ts';

/** An answer of the API server, with its JSON decoded. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What a request carries besides its path. */
export interface AdminRequest {
  readonly method?: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

/**
 * The tests' own way to the API server: everything a test prepares or compares with goes through
 * it, so that the product is never its own witness.
 */
export interface AdminClient {
  /** Sends a request; rejects when the server cannot be reached, and answers any status. */
  send(path: string, options?: AdminRequest): Promise<Answer>;
  /** Reads a path; rejects unless the answer is 200. */
  get(path: string): Promise<Json>;
  /** Creates an object below a collection's path; rejects unless the answer is 201. */
  create(collection: string, object: unknown): Promise<Json>;
  /** Merge-patches an object; rejects unless the answer is 200. */
  patch(path: string, change: unknown): Promise<Json>;
  /** Applies an object by server-side apply, taking over fields of others; rejects unless the answer is 200 or 201. */
  apply(path: string, object: unknown): Promise<Json>;
  /** Deletes an object; rejects unless it is gone or on its way. */
  delete(path: string): Promise<void>;
  close(): void;
}

export interface Json {
  readonly [field: string]: unknown;
}

const timeoutMs = 15_000;

/** Who the client is: the bearer of a certificate or of a token. */
export type AdminUser = KeyPair | { readonly token: string };

export function adminClient(url: string, authority: string, user: AdminUser): AdminClient {
  const agent = new Agent({
    keepAlive: true,
    ca: authority,
    ...('key' in user && { cert: user.certificate, key: user.key }),
  });
  const headers = 'token' in user ? { authorization: `Bearer ${user.token}` } : {};
  const send = (path: string, options: AdminRequest = {}) =>
    roundTrip({ agent, headers }, url + path, options);
  const expect = async (path: string, options: AdminRequest, ...statuses: readonly number[]) => {
    const answer = await send(path, options);
    if (!statuses.includes(answer.status)) {
      const what = `${options.method ?? 'GET'} ${path}`;
      throw new Error(`${what}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body as Json;
  };
  return {
    send,
    get: (path) => expect(path, {}, 200),
    create: (collection, body) => expect(collection, { method: 'POST', body }, 201),
    patch: (path, body) =>
      expect(path, { method: 'PATCH', body, contentType: 'application/merge-patch+json' }, 200),
    apply: (path, body) =>
      expect(
        `${path}?fieldManager=test&force=true`,
        { method: 'PATCH', body, contentType: 'application/apply-patch+yaml' },
        200,
        201,
      ),
    delete: async (path) => {
      await expect(path, { method: 'DELETE' }, 200, 202, 404);
    },
    close: () => {
      agent.destroy();
    },
  };
}

interface Caller {
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
}

function roundTrip(caller: Caller, url: string, options: AdminRequest): Promise<Answer> {
  const text = options.body === undefined ? '' : JSON.stringify(options.body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        agent: caller.agent,
        method: options.method ?? 'GET',
        headers: {
          ...caller.headers,
          'content-type': options.contentType ?? 'application/json',
          // Without a length Node sends no body along with DELETE.
          'content-length': Buffer.byteLength(text),
        },
        timeout: timeoutMs,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, body: decode(Buffer.concat(chunks)) });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${url} did not answer`)));
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

function decode(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
