import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';

import type { Authentication, Credentials } from './credentials.ts';
import { shownAddress } from './shownAddress.ts';
import { IdleSockets } from './idleSockets.ts';
import type { KubeFailure } from './kubeFailure.ts';
import { unreachable } from './kubeFailure.ts';
import { openRequest } from './openRequest.ts';
import { readAll } from './readAll.ts';
import { serverWarnings } from './serverWarnings.ts';
import { statusFailure } from './statusFailure.ts';
import type { Deadline } from './deadline.ts';
import { startDeadline } from './deadline.ts';
import type {
  KubeRequest,
  KubeResponse,
  KubeTransport,
  Upgraded,
  UpgradeRequest,
  WatchEnd,
  WatchRequest,
} from './transport.ts';
import { queryString } from './transport.ts';
import { watchLines } from './watchLines.ts';

/** Milliseconds that a request may take unless it says otherwise. */
const REQUEST_TIMEOUT_MS = 10_000;
/** The server sends a bookmark once a minute. Where one is missing, nobody may be there, or on a connection that is dead. */
const WATCH_IDLE_MS = 75_000;
const TCP_KEEP_ALIVE_MS = 30_000;

/** Where to connect and as whom. */
export interface TransportOptions {
  /** The API server's URL; it may carry a path, as behind Rancher. */
  readonly server: string;
  readonly credentials: Credentials;
  /** Told what the server warns of, with each answer anew. */
  readonly onWarning?: (warning: string) => void;
}

/** The transport over node:https. Credentials are asked for with the first call, not before. */
export function openTransport(options: TransportOptions): KubeTransport {
  const transport = new HttpsTransport(options);
  // A plain value, so that it can be wrapped by spreading.
  return {
    server: transport.server,
    closed: transport.closed,
    request: (call) => transport.request(call),
    watch: (call) => transport.watch(call),
    upgrade: (call) => transport.upgrade(call),
    closeIdle: () => {
      transport.closeIdle();
    },
    close: () => {
      transport.close();
    },
  };
}

class HttpsTransport implements KubeTransport {
  readonly server: string;
  readonly #address: string;
  readonly #credentials: Credentials;
  readonly #onWarning: (warning: string) => void;
  readonly #closing = new AbortController();
  readonly #idle = new IdleSockets();

  constructor({ server, credentials, onWarning = () => undefined }: TransportOptions) {
    this.#onWarning = onWarning;
    this.server = shownAddress(server);
    this.#address = server;
    this.#credentials = credentials;
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  async request(call: KubeRequest): Promise<KubeResponse> {
    const { timeoutMs: totalMs = REQUEST_TIMEOUT_MS, idleMs } = call;
    const deadline = startDeadline({ totalMs, idleMs }, this.closed, call.signal);
    try {
      const opened = await this.#open(call, deadline);
      if (opened.kind !== 'response') return opened;
      opened.response.on('data', () => {
        deadline.extend();
      });
      const read = await readAll(opened.response);
      if (deadline.ended !== undefined) return deadline.ended;
      if (read.kind === 'cut') return unreachable(read.error, this.server);
      const { statusCode = 0, headers } = opened.response;
      if (statusCode >= 200 && statusCode < 300) {
        const answer = parseBody(statusCode, read.body, call.parse);
        return answer.kind === 'ok' ? this.#withWarnings(answer, headers.warning) : answer;
      }
      return statusFailure(statusCode, read.body.toString('utf8'), headers);
    } finally {
      deadline.stop();
    }
  }

  #withWarnings(
    answer: Extract<KubeResponse, { kind: 'ok' }>,
    header: string | undefined,
  ): KubeResponse {
    const warnings = serverWarnings(header);
    if (warnings.length === 0) return answer;
    for (const warning of warnings) this.#onWarning(warning);
    return { ...answer, warnings };
  }

  async watch(call: WatchRequest): Promise<WatchEnd> {
    const { idleMs = WATCH_IDLE_MS } = call;
    const totalMs = Math.min(idleMs, REQUEST_TIMEOUT_MS);
    const opening = startDeadline({ totalMs }, this.closed, call.signal);
    const opened = await this.#open({ method: 'GET', ...call }, opening).finally(() => {
      opening.stop();
    });
    if (opened.kind !== 'response') return opened;
    const deadline = startDeadline({ idleMs }, this.closed, call.signal);
    deadline.attach(opened.response);
    try {
      if (opened.response.statusCode !== 200) return await refusal(opened.response, deadline);
      call.onOpen?.();
      const end = await readEvents(opened.response, call, deadline);
      return deadline.ended ?? (end instanceof Error ? unreachable(end, this.server) : end);
    } finally {
      deadline.stop();
    }
  }

  async upgrade(call: UpgradeRequest): Promise<Upgraded | KubeFailure> {
    const deadline = startDeadline({ totalMs: call.timeoutMs }, this.closed, call.signal);
    try {
      const opened = await this.#open({ method: 'GET', ...call }, deadline);
      if (opened.kind !== 'response') return opened;
      const { response, socket } = opened;
      if (socket === undefined) return await refusal(response, deadline);
      return { kind: 'upgraded', ...socket, headers: response.headers };
    } finally {
      deadline.stop();
    }
  }

  closeIdle(): void {
    this.#idle.close();
  }

  close(): void {
    this.#closing.abort();
    this.#credentials.dispose();
  }

  /** Sends the call; a 401 is answered once with new credentials, since tokens expire while we run. */
  async #open(call: KubeRequest, deadline: Deadline): Promise<Opened> {
    const first = await this.#openOnce(call, deadline);
    if (first.kind !== 'response' || first.response.statusCode !== 401) return first;
    this.#credentials.refuse(first.authentication);
    const again = await this.#credentials.get(deadline.signal);
    if (again.kind !== 'authentication' || sameIdentity(again, first.authentication)) return first;
    first.response.resume();
    return this.#openOnce(call, deadline);
  }

  async #openOnce(call: KubeRequest, deadline: Deadline): Promise<Opened> {
    const authentication = await this.#credentials.get(deadline.signal);
    if (deadline.ended !== undefined) return deadline.ended;
    if (authentication.kind !== 'authentication') return authentication;
    const sent = await this.#exchange(call, authentication, deadline);
    // The server may close an idle connection in the moment in which we use it again.
    const again =
      sent.kind === 'stale-connection' && (call.method === 'GET' || call.repeatable === true);
    const second = again ? await this.#exchange(call, authentication, deadline) : sent;
    const answer = second.kind === 'stale-connection' ? second.failure : second;
    return answer.kind === 'response' ? { ...answer, authentication } : answer;
  }

  #exchange(call: KubeRequest, as: Authentication, deadline: Deadline): Promise<Answer> {
    const url = new URL(this.#address + call.path + queryString(call.query));
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const headers: OutgoingHttpHeaders = {
      accept: 'application/json',
      ...as.headers,
      ...call.headers,
    };
    if (body !== undefined) {
      headers['content-type'] ??= 'application/json';
      headers['content-length'] = body.length;
    }
    const { options, agent } = as;
    this.#idle.use(agent);
    const { method } = call;
    const request = openRequest(url, { ...options, agent, method, headers });
    if ('kind' in request) return Promise.resolve(request);
    return new Promise((resolve) => {
      deadline.attach(request);
      request.once('socket', (socket) => socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS));
      request.once('response', (response: IncomingMessage) => {
        // The server may close a connection whose upgrade it refused: it must not be used again.
        if ('upgrade' in headers) request.shouldKeepAlive = false;
        resolve({ kind: 'response', response });
      });
      request.once('upgrade', (response: IncomingMessage, socket: Duplex, head: Buffer) => {
        // Nobody else listens yet; the end of a connection is told by 'close'.
        socket.on('error', () => undefined);
        resolve({ kind: 'response', response, socket: { socket, head } });
      });
      // Kept for the life of the request: a late error without a listener would end the process.
      request.on('error', (error) => {
        const failure = deadline.ended ?? unreachable(error, this.server);
        const stale = request.reusedSocket && deadline.ended === undefined;
        resolve(stale ? { kind: 'stale-connection', failure } : failure);
      });
      request.end(body);
    });
  }
}

type Answer =
  /** The connection was kept alive from an earlier request and ended before any answer to this one. */
  { readonly kind: 'stale-connection'; readonly failure: KubeFailure } | Response | KubeFailure;
type Opened = (Response & { readonly authentication: Authentication }) | KubeFailure;

interface Response {
  readonly kind: 'response';
  readonly response: IncomingMessage;
  /** The connection, when the server goes on in another protocol. */
  readonly socket?: Pick<Upgraded, 'socket' | 'head'>;
}

async function refusal(response: IncomingMessage, deadline: Deadline): Promise<KubeFailure> {
  const read = await readAll(response);
  if (deadline.ended !== undefined) return deadline.ended;
  return statusFailure(
    response.statusCode ?? 0,
    read.kind === 'body' ? read.body.toString('utf8') : '',
    response.headers,
  );
}

function readEvents(
  response: IncomingMessage,
  call: WatchRequest,
  deadline: Deadline,
): Promise<WatchEnd | Error> {
  return new Promise((resolve) => {
    const lines = watchLines((event) => {
      if (deadline.ended === undefined) call.onEvent(event);
    });
    response.on('data', (chunk: Buffer) => {
      deadline.extend();
      const wrong = lines.push(chunk);
      if (wrong === undefined) return;
      resolve({ kind: 'malformed', cause: wrong });
      response.destroy();
    });
    response.once('end', () => {
      if (lines.atBoundary) resolve({ kind: 'closed' });
      else resolve({ kind: 'malformed', cause: 'a watch ended in the middle of an event' });
    });
    response.on('error', resolve);
    response.once('close', () => {
      resolve(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
    });
  });
}

function parseBody(
  status: number,
  body: Buffer,
  parse: NonNullable<KubeRequest['parse']> = (bytes) =>
    JSON.parse(bytes.toString('utf8')) as unknown,
): KubeResponse {
  try {
    return { kind: 'ok', status, body: parse(body) };
  } catch {
    return { kind: 'malformed', cause: 'it is not valid JSON' };
  }
}

function sameIdentity(left: Authentication, right: Authentication): boolean {
  return (
    left.agent === right.agent && JSON.stringify(left.headers) === JSON.stringify(right.headers)
  );
}
