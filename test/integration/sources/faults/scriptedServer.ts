import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { scriptedStore, type ScriptedStore } from './scriptedStore.ts';

/** What a request asks for, as far as the script decides by it. */
export interface Asked {
  readonly verb: 'list' | 'watch' | 'discovery' | 'other';
  readonly plural: string;
  /** Counts the requests since the server started, from 1. */
  readonly number: number;
}

/** What goes wrong with an answer. Byte counts are of the body. */
export type Fault =
  /** The connection is reset after so many bytes; 0 means before any answer. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** The answer ends too early although its end is orderly. */
  | { readonly kind: 'truncated'; readonly afterBytes: number }
  | { readonly kind: 'never-answers' }
  /** The answer begins as it should and then nothing more comes, ever. */
  | { readonly kind: 'half-open' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly kind: 'garbage'; readonly body: string };

/** An API server in plain HTTP whose answers are right unless its script says otherwise. */
export interface ScriptedServer {
  readonly url: string;
  readonly store: ScriptedStore;
  /** Decides which requests go wrong; set it at any time. */
  script: (asked: Asked) => Fault | undefined;
  /** How many requests came. */
  readonly requests: number;
  /** The open connections. */
  readonly sockets: ReadonlySet<Socket>;
  /** The requests that are being answered; a watch is one for as long as it runs. */
  readonly answering: number;
  /** While true nothing is sent, on open connections and on new ones, and none is closed. */
  silent: boolean;
  /** Adds `Date` headers that are off by so much. */
  skewMs: number;
  dispose(): Promise<void>;
}

const customPlurals: Readonly<Record<string, readonly string[]>> = {
  'security.istio.io/v1': ['peerauthentications'],
  'networking.istio.io/v1': [
    'destinationrules',
    'sidecars',
    'serviceentries',
    'workloadentries',
    'gateways',
  ],
  'gateway.networking.k8s.io/v1': ['backendtlspolicies'],
  'gateway.networking.x-k8s.io/v1alpha1': ['xbackendtrafficpolicies'],
};

export async function startScriptedServer(): Promise<ScriptedServer> {
  const store = scriptedStore();
  const sockets = new Set<Socket>();
  let requests = 0;
  let answering = 0;
  const http = createServer((request, response) => {
    requests += 1;
    answering += 1;
    response.once('close', () => (answering -= 1));
    const url = new URL(request.url ?? '/', 'http://server');
    const asked = { ...whatIsAsked(url), number: requests };
    response.setHeader('date', new Date(Date.now() + server.skewMs).toUTCString());
    response.setHeader('content-type', 'application/json');
    const fault: Fault | undefined = server.silent
      ? { kind: 'never-answers' }
      : server.script(asked);
    answer({ request, response, url, asked, server, fault });
  });
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: ScriptedServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    store,
    script: () => undefined,
    get requests() {
      return requests;
    },
    sockets,
    get answering() {
      return answering;
    },
    silent: false,
    skewMs: 0,
    dispose: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly asked: Asked;
  readonly server: ScriptedServer;
  readonly fault: Fault | undefined;
}

function whatIsAsked(url: URL): Omit<Asked, 'number'> {
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const inGroup = parts[0] === 'apis';
  const rest = parts.slice(inGroup ? 3 : 2);
  const plural = (rest[0] === 'namespaces' && rest.length > 2 ? rest[2] : rest[0]) ?? '';
  if (plural === '') return { verb: inGroup ? 'discovery' : 'other', plural };
  return { verb: url.searchParams.get('watch') === 'true' ? 'watch' : 'list', plural };
}

function answer(exchange: Exchange): void {
  const { response, fault } = exchange;
  switch (fault?.kind) {
    case 'never-answers':
      return;
    case 'status':
      if (fault.retryAfterSeconds !== undefined) {
        response.setHeader('retry-after', String(fault.retryAfterSeconds));
      }
      response.writeHead(fault.status).end(status(fault.status, 'the script says so'));
      return;
    case 'garbage':
      response.end(`${fault.body}\n`);
      return;
    case 'cut':
      if (fault.afterBytes === 0) exchange.request.socket.resetAndDestroy();
      else answerWell(exchange);
      return;
    case 'truncated':
    case 'half-open':
    case undefined:
      answerWell(exchange);
  }
}

function answerWell(exchange: Exchange): void {
  const { asked, url, response } = exchange;
  switch (asked.verb) {
    case 'list':
      list(exchange);
      return;
    case 'watch':
      watch(exchange);
      return;
    case 'discovery': {
      const plurals = customPlurals[url.pathname.replace(/^\/apis\//, '')];
      if (plurals === undefined) response.writeHead(404).end(status(404, 'not found'));
      else write(exchange, JSON.stringify({ resources: plurals.map((name) => ({ name })) }));
      return;
    }
    case 'other':
      response.writeHead(404).end(status(404, 'not found'));
  }
}

/** Sends a whole body, or as much of it as the fault lets through. */
function write({ request, response, fault }: Exchange, body: string): void {
  switch (fault?.kind) {
    case 'cut':
      response.setHeader('content-length', Buffer.byteLength(body));
      response.write(body.slice(0, fault.afterBytes), () => request.socket.resetAndDestroy());
      return;
    case 'truncated':
      response.end(body.slice(0, fault.afterBytes));
      return;
    case 'half-open':
      response.setHeader('content-length', Buffer.byteLength(body));
      response.write(body.slice(0, body.length / 2));
      return;
    case 'never-answers':
    case 'status':
    case 'garbage':
    case undefined:
      response.end(body);
  }
}

function list(exchange: Exchange): void {
  const { asked, url, response, server } = exchange;
  const limit = Number(url.searchParams.get('limit') ?? Infinity);
  const page = server.store.page(asked.plural, limit, url.searchParams.get('continue') ?? '');
  if (page === undefined) {
    response.writeHead(410).end(status(410, 'the continue token has expired'));
    return;
  }
  const metadata = { resourceVersion: String(page.version), continue: page.next };
  write(exchange, JSON.stringify({ metadata, items: page.items }));
}

function watch({ request, response, url, asked, server, fault }: Exchange): void {
  const { store } = server;
  const from = Number(url.searchParams.get('resourceVersion'));
  const past = store.since(asked.plural, from);
  if (past === undefined) {
    response.end(`{"type":"ERROR","object":${status(410, 'too old resource version')}}\n`);
    return;
  }
  let left = fault?.kind === 'cut' || fault?.kind === 'truncated' ? fault.afterBytes : Infinity;
  const send = (type: string, object: unknown) => {
    if (server.silent || fault?.kind === 'half-open' || left <= 0) return;
    const line = `${JSON.stringify({ type, object })}\n`;
    response.write(line.slice(0, left));
    left -= line.length;
    if (left > 0) return;
    if (fault?.kind === 'cut') request.socket.resetAndDestroy();
    else response.end();
  };
  response.writeHead(200).flushHeaders();
  for (const event of past) send(event.type, event.object);
  const stop = store.onEvent(asked.plural, (event) => {
    send(event.type, event.object);
  });
  const bookmarks = setInterval(() => {
    send('BOOKMARK', { metadata: { resourceVersion: String(store.version) } });
  }, 50);
  response.once('close', () => {
    stop();
    clearInterval(bookmarks);
  });
}

function status(code: number, message: string): string {
  return JSON.stringify({ kind: 'Status', status: 'Failure', code, message });
}
