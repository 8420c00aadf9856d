import { createServer, type AddressInfo, type Socket } from 'node:net';
import { freePort } from '../../support/kubernetes/freePort.ts';

/** A server that treats a client as broken servers do, by the path of the request. */
export interface MisbehavingServer {
  readonly url: string;
  /** A port that nothing listens on. */
  readonly closedPort: number;
  dispose(): Promise<void>;
}

/** Paths: `/ok`, `/empty` (closes), `/reset` (resets) and `/silent` (never answers). */
export async function createMisbehavingServer(): Promise<MisbehavingServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('data', (bytes) => {
      answer(socket, bytes.toString('latin1').split(' ')[1] ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    closedPort: await freePort(),
    dispose: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(socket: Socket, path: string): void {
  switch (path) {
    case '/ok':
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello');
      return;
    case '/empty':
      socket.end();
      return;
    case '/reset':
      socket.resetAndDestroy();
      return;
    default:
  }
}
