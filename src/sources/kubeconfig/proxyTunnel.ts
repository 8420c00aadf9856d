import { once } from 'node:events';
import { Agent as HttpAgent, ClientRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { explainNetworkError, PROXY_FAILED } from '../transport/kubeFailure.ts';
import { shownAddress } from '../transport/shownAddress.ts';

/** Where a tunnel leads. The name is resolved by the proxy, as with kubectl. */
export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
}

/** The schemes of a `proxy-url` that kubectl takes. */
export const PROXY_SCHEMES = ['http:', 'https:', 'socks5:'];

/** A proxy that does not answer is not there; a person may have to see that before a request's own limit. */
const TUNNEL_TIMEOUT_MS = 10_000;

/**
 * Opens a connection through the proxy of a cluster.
 *
 * @throws {Error} with the code `PROXY_FAILED` and one sentence that names the proxy.
 */
export async function openTunnel(
  proxyUrl: string,
  target: TunnelTarget,
  signal: AbortSignal,
): Promise<Socket> {
  const proxy = new URL(proxyUrl);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(TUNNEL_TIMEOUT_MS)]);
  try {
    return proxy.protocol.startsWith('socks5')
      ? await throughSocks(proxy, target, limited)
      : await throughHttp(proxy, target, limited);
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    const name = `the proxy ${shownAddress(proxyUrl)}`;
    const said = limited.aborted
      ? `${name} did not answer in time.`
      : explainNetworkError(cause, name);
    const sentence = said.charAt(0).toUpperCase() + said.slice(1);
    throw Object.assign(new Error(sentence), { code: PROXY_FAILED });
  }
}

async function throughHttp(proxy: URL, target: TunnelTarget, signal: AbortSignal): Promise<Socket> {
  const path = `${hostText(target.host)}:${target.port}`;
  // Not `http.request`, which VS Code replaces: see `openRequest` of the transport.
  const request = new ClientRequest({
    protocol: proxy.protocol,
    hostname: unbracketed(proxy.hostname),
    port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : Number(proxy.port),
    // A proxy may be told a password, so its certificate counts whatever the environment says.
    agent:
      proxy.protocol === 'https:' ? new HttpsAgent({ rejectUnauthorized: true }) : new HttpAgent(),
    method: 'CONNECT',
    path,
    headers: { host: path, ...authorization(proxy) },
    signal,
  });
  const connected = once(request, 'connect', { signal });
  request.end();
  const [response, socket] = (await connected) as [IncomingMessage, Socket];
  if (response.statusCode === 200) return socket;
  socket.destroy();
  throw new Error(`it answered ${String(response.statusCode)}`);
}

function authorization(proxy: URL): Readonly<Record<string, string>> {
  if (proxy.username === '') return {};
  const { name, password } = userOf(proxy);
  const basic = Buffer.from(`${name}:${password}`).toString('base64');
  return { 'proxy-authorization': `Basic ${basic}` };
}

/** SOCKS5 with the name for the proxy to resolve (RFC 1928), with a password if the URL has one (RFC 1929). */
async function throughSocks(
  proxy: URL,
  destination: TunnelTarget,
  signal: AbortSignal,
): Promise<Socket> {
  const port = proxy.port === '' ? 1080 : Number(proxy.port);
  const host = unbracketed(proxy.hostname);
  const socket = connect({ host, port, signal });
  await once(socket, 'connect', { signal });
  const { name, password } = userOf(proxy);
  // Loaded when it is needed, which is seldom: it takes as long to load as all of ours.
  const { SocksClient } = await import('socks');
  await SocksClient.createConnection({
    proxy: { host, port, type: 5, ...(name !== '' && { userId: name, password }) },
    command: 'connect',
    destination,
    existing_socket: socket,
    timeout: TUNNEL_TIMEOUT_MS,
  });
  return socket;
}

function userOf(proxy: URL): { readonly name: string; readonly password: string } {
  return {
    name: decodeURIComponent(proxy.username),
    password: decodeURIComponent(proxy.password),
  };
}

function hostText(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
