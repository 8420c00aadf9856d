import { ServerResponse, type IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

import { generate } from 'selfsigned';

import { openTransport } from '../../../../src/sources/transport/httpsTransport.ts';
import type { KubeTransport } from '../../../../src/sources/transport/transport.ts';
import type { Credentials } from '../../../../src/sources/transport/credentials.ts';
import { openCredentials } from '../../../../src/sources/kubeconfig/credentials.ts';
import type { UserEntry } from '../../../../src/sources/kubeconfig/kubeconfigEntry.ts';

/** One request as the server got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A TLS server on loopback that answers as the test says. */
export interface ApiServerDouble {
  readonly url: string;
  readonly ca: string;
  readonly received: readonly Received[];
  /** How many TCP connections were made so far. */
  readonly connections: number;
  readonly open: ReadonlySet<Socket>;
  dispose(): Promise<void>;
}

const pems = generate([{ name: 'commonName', value: '127.0.0.1' }], {
  keyType: 'ec',
  curve: 'P-256',
  algorithm: 'sha256',
  extensions: [
    { name: 'basicConstraints', cA: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 7, ip: '127.0.0.1' },
        { type: 2, value: 'localhost' },
      ],
    },
  ],
});

/** A request to change the protocol, as exec and port-forward make it. */
export type Upgrading = Received & { readonly socket: Socket; readonly head: Buffer };

/** @param upgrade takes the requests to change the protocol; without it they are answered as all others */
export async function startApiServerDouble(
  answer: (received: Received) => void,
  upgrade?: (upgrading: Upgrading) => void,
): Promise<ApiServerDouble> {
  const { private: key, cert } = await pems;
  const received: Received[] = [];
  const open = new Set<Socket>();
  let connections = 0;
  const receive = (request: IncomingMessage, response: ServerResponse): Received => {
    const one = receivedFrom(request, response);
    received.push(one);
    return one;
  };
  const server = createServer({ key, cert }, (request, response) => {
    answer(receive(request, response));
  });
  if (upgrade !== undefined) {
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const response = new ServerResponse(request);
      response.assignSocket(socket);
      upgrade({ ...receive(request, response), socket, head });
    });
  }
  server.on('connection', (socket: Socket) => {
    connections += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: cert,
    received,
    get connections() {
      return connections;
    },
    open,
    dispose: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function receivedFrom(request: IncomingMessage, response: ServerResponse): Received {
  const url = new URL(request.url ?? '/', 'https://server');
  const method = request.method ?? '';
  return { method, path: url.pathname, query: url.searchParams, request, response };
}

/** Answers with JSON. */
export function sendJson({ response }: Received, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Credentials of a user for the double. */
export function credentialsFor(server: ApiServerDouble, user: UserEntry): Credentials {
  const ca = Buffer.from(server.ca).toString('base64');
  return openCredentials({
    name: 'test',
    namespace: 'default',
    cluster: { server: server.url, certificateAuthorityData: ca, insecureSkipTlsVerify: false },
    user,
  });
}

/** The product's transport to the double. */
export function transportTo(server: ApiServerDouble, user: UserEntry = {}): KubeTransport {
  return openTransport({ server: server.url, credentials: credentialsFor(server, user) });
}
