import type { IncomingMessage } from 'node:http';
import { createServer as createProxy } from 'node:http';
import { createServer, type Server } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import {
  certificateAuthority,
  serverCertificate,
  type KeyPair,
} from '../../support/kubernetes/certificates.ts';
import { startSocksProxy } from '../../support/proxies.ts';

/** Two API servers and two proxies that only write down who asked them. */
export interface Witness {
  readonly urls: {
    readonly a: string;
    readonly b: string;
    readonly proxy: string;
    /** Takes every tunnel to server a. */
    readonly socks: string;
  };
  /** Signs the certificate of server a, and the client certificates that both ask for. */
  readonly authority: KeyPair;
  /** Signs the certificate of server b. */
  readonly otherAuthority: KeyPair;
  /** What was asked since the last time, as in `a/prefix as bearer:t1`; repeated calls count once. */
  take(): string;
  dispose(): Promise<void>;
}

export async function startWitness(): Promise<Witness> {
  const authority = await certificateAuthority();
  const otherAuthority = await certificateAuthority();
  const seen = new Set<string>();
  const a = await startServer('a', { authority, clients: authority, seen });
  const b = await startServer('b', { authority: otherAuthority, clients: authority, seen });
  const proxy = createProxy().on('connect', (request: IncomingMessage, socket: Socket) => {
    seen.add('proxy');
    tunnel(request.url ?? '', socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const socks = await startSocksProxy(portOf(a), (target) => seen.add(`socks to ${target}`));
  return {
    urls: {
      socks: socks.url,
      a: `https://127.0.0.1:${portOf(a)}`,
      b: `https://127.0.0.1:${portOf(b)}`,
      proxy: `http://127.0.0.1:${portOf(proxy)}`,
    },
    authority,
    otherAuthority,
    take: () => {
      const text = [...seen].join(', ');
      seen.clear();
      return text === '' ? 'nobody' : text;
    },
    dispose: async () => {
      await socks.dispose();
      for (const server of [a, b, proxy]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

interface ServerOptions {
  readonly authority: KeyPair;
  readonly clients: KeyPair;
  readonly seen: Set<string>;
}

async function startServer(name: string, options: ServerOptions): Promise<Server> {
  const own = await serverCertificate(options.authority);
  const server = createServer(
    {
      cert: own.certificate,
      key: own.key,
      ca: options.clients.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const prefix = (request.url ?? '').replace(/\/version(\?.*)?$/, '');
      options.seen.add(`${name}${prefix} as ${identity(request)}`);
      response.setHeader('content-type', 'application/json');
      response.end('{"major":"1","minor":"36","gitVersion":"v1.36.3"}');
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Everything about a request that tells the API server who asks. */
function identity(request: IncomingMessage): string {
  const { authorization, ...headers } = request.headers;
  const name = certificateName(request.socket);
  const parts: string[] = [];
  if (name !== undefined) parts.push(`certificate:${name}`);
  if (authorization !== undefined) parts.push(readAuthorization(authorization));
  for (const [name, value] of Object.entries(headers).sort()) {
    if (name.startsWith('impersonate-')) parts.push(`${name.slice(12)}=${String(value)}`);
  }
  return parts.length === 0 ? 'anonymous' : parts.join(' ');
}

function certificateName(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  // Its type does not say so, but without a certificate this is an empty object.
  const certificate: object = socket.getPeerCertificate();
  if (!('subject' in certificate)) return undefined;
  return (certificate.subject as { readonly CN?: string }).CN;
}

function readAuthorization(header: string): string {
  const [scheme = '', value = ''] = header.split(' ');
  if (scheme.toLowerCase() !== 'basic') return `${scheme.toLowerCase()}:${value}`;
  return `basic:${Buffer.from(value, 'base64').toString('utf8')}`;
}

function tunnel(target: string, socket: Socket): void {
  const [host = '', port = ''] = target.split(':');
  const upstream = connect(Number(port), host, () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.pipe(socket).pipe(upstream);
  });
  upstream.on('error', () => socket.destroy());
  socket.on('error', () => upstream.destroy());
}

function portOf(server: { address(): string | AddressInfo | null }): number {
  return (server.address() as AddressInfo).port;
}
