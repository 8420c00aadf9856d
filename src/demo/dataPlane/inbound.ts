import { createHash, randomUUID } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket, createServer as createTlsServer } from 'node:tls';
import type { Server as TlsServer } from 'node:tls';
import type { KubeObject } from '../objects/json.ts';
import { identityOf } from '../api/certificates.ts';
import type { KeyPair } from '../api/certificates.ts';
import type { Application, Fetch } from './application.ts';
import type { Mode } from './serverMode.ts';
import { handOver, isTls, istioAlpn, offersIstioAlpn, peek } from './sockets.ts';
import { upstreamError } from './upstreamError.ts';

/** One port of one pod, as connections from outside the pod meet it. */
export interface InboundPort {
  readonly pod: KubeObject;
  /** `undefined` when nothing in the pod listens on the port. */
  readonly application: Application | undefined;
  /** `undefined` when the pod has no sidecar or the sidecar leaves the port alone. */
  readonly sidecar: InboundSidecar | undefined;
  readonly fetch: Fetch;
}

export interface InboundSidecar {
  readonly identity: string;
  readonly certificate: KeyPair;
  /** PEM of the root that client certificates must come from. */
  readonly root: string;
  readonly isHttp: () => boolean;
  /** The mode by the policies stored at this moment. */
  readonly mode: () => Mode;
  /** Told of each call: how it came, and the identity that it proved. */
  readonly report: (how: 'mutual_tls' | 'none' | 'refused', identity?: string) => void;
}

/** Takes connections to one port of a pod and does what the pod would do. */
export function inboundHandler(port: InboundPort): (socket: Socket) => void {
  const { sidecar } = port;
  const http = httpServerFor(port);
  if (!sidecar) {
    return (socket) => {
      deliver(port, http, socket);
    };
  }
  const tls = tlsServerFor(sidecar, (socket) => {
    sidecar.report('mutual_tls', identityOf(socket.getPeerCertificate().raw));
    deliver(port, http, socket);
  });
  return (socket) => {
    peek(socket, (first) => {
      const verdict = isTls(first) ? admitTls(sidecar, first) : admitPlaintext(sidecar);
      switch (verdict) {
        case 'close':
          sidecar.report('refused');
          socket.resetAndDestroy();
          break;
        case 'terminate':
          handOver(socket, tls);
          break;
        case 'deliver':
          sidecar.report('none');
          deliver(port, http, socket);
          break;
      }
    });
  };
}

/** No filter chain (`close`), mutual TLS (`terminate`), or the bytes as they are (`deliver`); R52. */
type Verdict = 'close' | 'terminate' | 'deliver';

function admitPlaintext(sidecar: InboundSidecar): Verdict {
  return sidecar.mode() === 'STRICT' ? 'close' : 'deliver';
}

function admitTls(sidecar: InboundSidecar, clientHello: Buffer): Verdict {
  switch (sidecar.mode()) {
    case 'STRICT':
      return 'terminate';
    case 'PERMISSIVE':
      if (offersIstioAlpn(clientHello)) return 'terminate';
      return sidecar.isHttp() ? 'close' : 'deliver';
    case 'DISABLE':
      return 'deliver';
  }
}

function tlsServerFor(sidecar: InboundSidecar, onSecure: (socket: TLSSocket) => void): TlsServer {
  const server = createTlsServer({
    ...sidecar.certificate,
    ca: sidecar.root,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ALPNProtocols: [...istioAlpn, 'http/1.1'],
  });
  server.on('secureConnection', onSecure);
  server.on('tlsClientError', (_error, socket) => {
    socket.destroy();
  });
  return server;
}

/** Hands a connection to the application, whatever it speaks. */
function deliver(port: InboundPort, http: HttpServer, socket: Socket): void {
  const { application, sidecar } = port;
  socket.on('error', () => socket.destroy());
  if (application?.kind === 'redis') answerAsRedis(socket);
  else if (application?.kind === 'grpc' && !sidecar) answerAsHttp2(socket);
  else handOver(socket, http);
}

function httpServerFor(port: InboundPort): HttpServer {
  const server = createHttpServer((request, response) => {
    answer(port, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 1000;
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  return server;
}

async function answer(
  port: InboundPort,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { application, sidecar } = port;
  if (sidecar) {
    forwardHeaders(request);
    forwardClientCertificate(request, sidecar.identity);
    response.setHeader('server', 'istio-envoy');
  }
  response.on('error', () => response.destroy());
  switch (application?.kind) {
    case 'http':
      await application.handle(request, response, port.fetch);
      break;
    case 'grpc':
      response.writeHead(415, { 'Content-Type': 'application/grpc' }).end();
      break;
    case 'redis':
    case undefined:
      upstreamError(response, 'connection-refused');
      break;
  }
}

/** A proxy keeps `Connection` to its own hop and says how the request reached it. */
function forwardHeaders(request: IncomingMessage): void {
  setHeader(request, 'connection', undefined);
  setHeader(request, 'x-forwarded-proto', 'http');
  if (!request.headers['x-request-id']) setHeader(request, 'x-request-id', randomUUID());
}

function setHeader(request: IncomingMessage, name: string, value: string | undefined): void {
  if (value === undefined) {
    Reflect.deleteProperty(request.headers, name);
    Reflect.deleteProperty(request.headersDistinct, name);
  } else {
    request.headers[name] = value;
    request.headersDistinct[name] = [value];
  }
}

/** Appends to X-Forwarded-Client-Cert over mutual TLS and removes it otherwise, as Envoy does (R66). */
function forwardClientCertificate(request: IncomingMessage, server: string): void {
  const name = 'x-forwarded-client-cert';
  const { socket } = request;
  const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : undefined;
  const before = request.headersDistinct[name] ?? [];
  if (!certificate) {
    setHeader(request, name, undefined);
    return;
  }
  const hash = createHash('sha256').update(certificate).digest('hex');
  const element = `By=${server};Hash=${hash};Subject="";URI=${identityOf(certificate) ?? ''}`;
  setHeader(request, name, [...before, element].join(','));
}

/** Redis drops a client that speaks HTTP to it. */
function answerAsRedis(socket: Socket): void {
  socket.on('data', (bytes: Buffer) => {
    const isPing = /^(PING\r\n|\*1\r\n\$4\r\nPING\r\n)$/i.test(bytes.toString('latin1'));
    if (isPing) socket.write('+PONG\r\n');
    else socket.destroy();
  });
}

/** An HTTP/2 server greets with a SETTINGS frame and drops a client that speaks HTTP/1.1. */
function answerAsHttp2(socket: Socket): void {
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  socket.write(settings);
  socket.once('data', () => {
    socket.end();
  });
}
