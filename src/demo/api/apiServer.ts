import { randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createAuthority, issueServerCertificate } from './certificates.ts';
import { kubeconfigFor } from './kubeconfig.ts';
import type { ExecContext } from './exec.ts';
import { handleUpgrade } from './exec.ts';
import type { ApiContext } from './handler.ts';
import { handleRequest, isAuthorized } from './handler.ts';
import { internalError } from '../objects/status.ts';
import type { Registry } from './writes.ts';

export interface ApiServer {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** YAML text with the certificate authority and the token. */
  readonly kubeconfig: string;
  dispose(): Promise<void>;
}

export interface ApiServerOptions extends Omit<ApiContext, 'token'> {
  readonly registry: Registry;
  readonly run: ExecContext['run'];
  /** 0 takes any free port. */
  readonly port: number;
}

/** Listens on loopback with a certificate of an authority made for this one start. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const authority = await createAuthority('istio-mtls-demo');
  const pair = await issueServerCertificate(authority);
  // With a word of its own, so that whoever finds it anywhere knows what it is.
  const token = `istio-mtls-demo-token-${randomBytes(24).toString('base64url')}`;
  const context: ApiContext = { ...options, token };
  const server = createServer({ ...pair, minVersion: 'TLSv1.2' });
  server.on('request', (request, response) => {
    handleRequest(context, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end(JSON.stringify(internalError(String(error)).body));
    });
  });
  const exec: ExecContext = {
    storage: options.registry.storage,
    run: options.run,
    isAuthorized: (request) => isAuthorized(context, request),
  };
  const dispose = disposer(server);
  server.on('upgrade', (request, socket, head) => {
    handleUpgrade(exec, request, socket, head);
  });
  const url = `https://127.0.0.1:${await listen(server, options.port)}`;
  return { url, kubeconfig: kubeconfigFor({ url, authority: authority.cert, token }), dispose };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Closes the listener and every connection, upgraded ones and unfinished handshakes included. */
function disposer(server: Server): () => Promise<void> {
  const open = new Set<Socket>();
  const track = (socket: Socket): void => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };
  server.on('connection', track);
  server.on('secureConnection', track);
  return async () => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    for (const socket of open) socket.destroy();
    await closed;
  };
}
