import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A proxy on loopback that takes every tunnel to one port of this machine, whatever host it is asked for. */
export interface Proxy {
  /** For `proxy-url`. */
  readonly url: string;
  /** `host:port` of each tunnel that was asked for. */
  readonly asked: readonly string[];
  dispose(): Promise<void>;
}

/** A proxy that speaks HTTP CONNECT. */
export async function startHttpProxy(port: number): Promise<Proxy> {
  const proxy = createHttpServer();
  const tunnels = new Tunnels(port);
  proxy.on('connect', (request, socket: Socket) => {
    tunnels.open(request.url ?? '', socket, 'HTTP/1.1 200 OK\r\n\r\n');
  });
  return tunnels.behind(proxy, 'http');
}

/** A proxy that speaks SOCKS5 (RFC 1928) without a password. A client that resolves the name itself asks for an address. */
export async function startSocksProxy(
  port: number,
  onAsked?: (target: string) => void,
): Promise<Proxy> {
  const tunnels = new Tunnels(port, onAsked);
  const proxy = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (request: Buffer) => {
        const granted = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        tunnels.open(socksTarget(request), socket, granted);
      });
    });
  });
  return tunnels.behind(proxy, 'socks5');
}

function socksTarget(request: Buffer): string {
  const isName = request[3] === 3;
  const length = isName ? (request[4] ?? 0) : 4;
  const address = request.subarray(isName ? 5 : 4, (isName ? 5 : 4) + length);
  const host = isName ? address.toString() : [...address].join('.');
  return `${host}:${request.readUInt16BE((isName ? 5 : 4) + length)}`;
}

class Tunnels {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  readonly #asked: string[] = [];
  readonly #onAsked: (target: string) => void;

  constructor(port: number, onAsked: (target: string) => void = () => undefined) {
    this.#port = port;
    this.#onAsked = onAsked;
  }

  open(target: string, socket: Socket, granted: string | Buffer): void {
    this.#asked.push(target);
    this.#onAsked(target);
    const upstream = connect(this.#port, '127.0.0.1', () => {
      socket.write(granted);
      upstream.pipe(socket).pipe(upstream);
    });
    for (const one of [socket, upstream]) {
      this.#sockets.add(one);
      one.on('error', () => one.destroy());
    }
  }

  async behind(proxy: Server, scheme: string): Promise<Proxy> {
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    return {
      url: `${scheme}://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      asked: this.#asked,
      dispose: async () => {
        const closed = new Promise((resolve) => proxy.close(resolve));
        for (const socket of this.#sockets) socket.destroy();
        await closed;
      },
    };
  }
}
