import { Agent as HttpAgent } from 'node:http';
import type { AgentOptions } from 'node:https';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { connect } from 'node:tls';

import { openTunnel } from './proxyTunnel.ts';

type Connected = (error: Error | null, socket: Duplex) => void;

/**
 * The connections to one server, kept alive between requests, through a proxy if there is one. The proxy of VS Code's
 * settings does not count, since kubectl does not know it.
 */
export function openConnectionPool(
  server: string,
  tls: AgentOptions,
  proxyUrl: string | undefined,
): HttpAgent {
  const options = { ...tls, keepAlive: true };
  const isTls = new URL(server).protocol === 'https:';
  const pool = isTls ? new HttpsAgent(options) : new HttpAgent(options);
  return proxyUrl === undefined ? pool : throughProxy(pool, proxyUrl, isTls);
}

/** Makes the pool open its connections, and TLS inside them, through the proxy. */
function throughProxy(pool: HttpAgent, proxyUrl: string, isTls: boolean): HttpAgent {
  const closing = new AbortController();
  const destroy = pool.destroy.bind(pool);
  const open = async (options: ConnectionOptions): Promise<Duplex> => {
    const target = { host: String(options.host), port: Number(options.port) };
    const socket = await openTunnel(proxyUrl, target, closing.signal);
    return isTls ? connect({ ...options, socket }) : socket;
  };
  return Object.assign(pool, {
    createConnection: (options: ConnectionOptions, connected: Connected): undefined => {
      void handOver(open(options), connected);
    },
    destroy: () => {
      closing.abort();
      destroy();
    },
  });
}

async function handOver(opening: Promise<Duplex>, connected: Connected): Promise<void> {
  try {
    connected(null, await opening);
  } catch (error) {
    // Node asks for a socket also beside an error, and does not look at it.
    connected(error instanceof Error ? error : new Error(String(error)), undefined as never);
  }
}
