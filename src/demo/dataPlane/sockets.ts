import type { EventEmitter } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';

const loopback = '127.0.0.1';

/** Listens on any free loopback port and tells which. */
export async function listenOnLoopback(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, loopback, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** A loopback port that nothing listens on: it was free a moment ago. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listenOnLoopback(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Joins two sockets; a reset of one is a reset of the other. */
export function pipeSockets(left: Socket, right: Socket): void {
  left.on('error', () => right.resetAndDestroy());
  right.on('error', () => left.resetAndDestroy());
  left.pipe(right);
  right.pipe(left);
}

/** Waits for the first bytes of a connection and leaves them to be read again. */
export function peek(socket: Socket, onFirst: (bytes: Buffer) => void): void {
  socket.once('error', () => socket.destroy());
  socket.once('data', (bytes: Buffer) => {
    socket.pause();
    socket.unshift(bytes);
    onFirst(bytes);
  });
}

/** Gives a peeked connection to an HTTP or TLS server that does not listen itself. */
export function handOver(socket: Socket, server: EventEmitter): void {
  server.emit('connection', socket);
  process.nextTick(() => socket.resume());
}

/** A TLS connection starts with a handshake record, type 0x16. */
export function isTls(first: Buffer): boolean {
  return first[0] === 0x16;
}

/** Whether a ClientHello offers one of Istio's own ALPN values (R42), as entries with a length byte. */
export function offersIstioAlpn(clientHello: Buffer): boolean {
  return istioAlpn.some((name) => clientHello.includes(alpnEntry(name)));
}

export const istioAlpn = [
  'istio-http/1.1',
  'istio-http/1.0',
  'istio-h2',
  'istio-peer-exchange',
  'istio',
];

function alpnEntry(name: string): Buffer {
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name)]);
}
