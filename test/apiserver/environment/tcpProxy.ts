import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A wire before a server that can be cut or made silent. */
export interface TcpProxy {
  readonly port: number;
  /** The open connections of clients. */
  readonly connections: number;
  /** Resets every connection; new ones are passed on. */
  cut(): void;
  /** While true nothing passes in either direction and nothing is closed, as when a cable is pulled. */
  silent: boolean;
  dispose(): Promise<void>;
}

/** Listens on a port of its own unless one is given. */
export async function startTcpProxy(target: number, port = 0): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const pass = (from: Socket, to: Socket) => {
      from.on('data', (bytes) => {
        if (!proxy.silent) to.write(bytes);
      });
      from.on('error', () => undefined);
      from.once('close', () => {
        pairs.delete(pair);
        to.destroy();
      });
    };
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const cut = () => {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
  };
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return pairs.size;
    },
    cut,
    silent: false,
    dispose: async () => {
      cut();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
