import { Agent as HttpAgent } from 'node:http';
import type { AgentOptions } from 'node:https';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { connect } from 'node:tls';

import type { TunnelTarget } from './proxyTunnel.ts';
import { openTunnel } from './proxyTunnel.ts';

type Connected = (error: Error | null, socket: Duplex) => void;

/**
 * The connections to one server, kept alive between requests, through the proxy of the kubeconfig if it names one. The
 * proxies of VS Code's settings and of the environment do not count: kubectl knows the former as little as a cluster does.
 */
export function openConnectionPool(
  server: string,
  tls: AgentOptions,
  proxyUrl: string | undefined,
): HttpAgent {
  const options = { ...tls, keepAlive: true };
  const isTls = new URL(server).protocol === 'https:';
  if (proxyUrl === undefined) return isTls ? new HttpsAgent(options) : new HttpAgent(options);
  return isTls ? new TlsTunnelPool(proxyUrl, options) : new TunnelPool(proxyUrl, options);
}

/** Connections in plain HTTP through a proxy. */
class TunnelPool extends HttpAgent {
  readonly #proxyUrl: string;
  readonly #closing = new AbortController();

  constructor(proxyUrl: string, options: AgentOptions) {
    super(options);
    this.#proxyUrl = proxyUrl;
  }

  override createConnection(options: object, connected: Connected): undefined {
    void handOver(openTunnel(this.#proxyUrl, targetOf(options), this.#closing.signal), connected);
  }

  override destroy(): void {
    this.#closing.abort();
    super.destroy();
  }
}

/** Connections in TLS through a proxy. */
class TlsTunnelPool extends HttpsAgent {
  readonly #proxyUrl: string;
  readonly #closing = new AbortController();

  constructor(proxyUrl: string, options: AgentOptions) {
    super(options);
    this.#proxyUrl = proxyUrl;
  }

  override createConnection(options: ConnectionOptions, connected: Connected): undefined {
    const tunnel = openTunnel(this.#proxyUrl, targetOf(options), this.#closing.signal);
    void handOver(
      tunnel.then((socket) => connect({ ...options, socket })),
      connected,
    );
  }

  override destroy(): void {
    this.#closing.abort();
    super.destroy();
  }
}

async function handOver(opening: Promise<Duplex>, connected: Connected): Promise<void> {
  try {
    connected(null, await opening);
  } catch (error) {
    // Node asks for a socket also beside an error, and does not look at it.
    connected(error instanceof Error ? error : new Error(String(error)), undefined as never);
  }
}

function targetOf(options: { host?: unknown; port?: unknown }): TunnelTarget {
  return { host: String(options.host), port: Number(options.port) };
}
