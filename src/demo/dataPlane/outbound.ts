import { Agent, createServer as createHttpServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { identityOf } from '../api/certificates.ts';
import type { KeyPair } from '../api/certificates.ts';
import type { Wire } from './clientTls.ts';
import { handOver, isTls, istioAlpn, peek, pipeSockets } from './sockets.ts';
import type { UpstreamFailure } from './upstreamError.ts';
import { failureOf, upstreamError } from './upstreamError.ts';

/** Where a client's sidecar sends one connection, and what it puts on the wire. */
export interface Upstream {
  /** Loopback port on which the endpoint's pod is reached. */
  readonly port: number;
  readonly wire: Wire;
  /** Identity that the server's certificate must carry. */
  readonly serverIdentity: string;
  /** `outbound_.PORT_._.HOST`. */
  readonly serverName: string;
}

export interface OutboundSidecar {
  readonly certificate: KeyPair;
  readonly root: string;
  readonly isHttp: boolean;
  /** Picks an endpoint, anew for each request; a Host header may name another service of that port. */
  readonly upstream: (hostHeader: string | undefined) => Promise<Upstream | UpstreamFailure>;
}

/** A listener that plays the sidecar of a client for one destination. */
export function outboundListener(sidecar: OutboundSidecar): Server {
  const http = createHttpServer((request, response) => {
    forward(sidecar, request, response).catch(() => response.destroy());
  });
  return createServer((socket) => {
    socket.on('error', () => socket.destroy());
    peek(socket, (first) => {
      if (!isTls(first) && sidecar.isHttp) handOver(socket, http);
      else tunnel(sidecar, socket, isTls(first)).catch(() => socket.destroy());
    });
  });
}

async function forward(
  sidecar: OutboundSidecar,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('server', 'envoy');
  const upstream = await sidecar.upstream(request.headers.host);
  if (typeof upstream === 'string') {
    upstreamError(response, upstream);
    return;
  }
  const socket = dial(sidecar, upstream);
  const { method, url: path, headers } = request;
  // An agent of our own: the extension host puts its proxy agent into requests that name none, and
  // that one would open a connection past the sidecar.
  const agent = Object.assign(new Agent(), { createConnection: () => socket });
  const sent = httpRequest({ method, path, headers, agent });
  sent.on('error', (error) => {
    upstreamError(response, failureOf(error));
  });
  sent.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, { ...answer.headers, server: 'envoy' });
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  response.on('close', () => sent.destroy());
  request.pipe(sent);
}

/** Carries other protocols: TLS of the application as it is, the rest as the wire says. */
async function tunnel(
  sidecar: OutboundSidecar,
  socket: Socket,
  isApplicationTls: boolean,
): Promise<void> {
  const upstream = await sidecar.upstream(undefined);
  if (typeof upstream === 'string') socket.resetAndDestroy();
  else if (isApplicationTls && sidecar.isHttp) {
    pipeSockets(socket, connect(upstream.port, '127.0.0.1'));
  } else pipeSockets(socket, dial(sidecar, upstream));
}

function dial(sidecar: OutboundSidecar, upstream: Upstream): Socket {
  const { port, wire, serverIdentity, serverName } = upstream;
  const host = '127.0.0.1';
  switch (wire) {
    case 'plaintext':
    case 'mutual-tls': // Never dialled: the demo's pods hold no certificates of their own.
      return connect(port, host);
    case 'simple-tls':
      return connectTls({ port, host, servername: serverName, rejectUnauthorized: true });
    case 'istio-mutual':
      return connectTls({
        ...sidecar.certificate,
        port,
        host,
        ca: sidecar.root,
        servername: serverName,
        ALPNProtocols: istioAlpn,
        checkServerIdentity: (_name, certificate) => {
          const identity = identityOf(certificate.raw);
          return identity === serverIdentity ? undefined : new Error('CERTIFICATE_VERIFY_FAILED');
        },
      });
  }
}
