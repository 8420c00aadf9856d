import { Agent, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { ProxyCall } from '../api/handler.ts';
import type { Answer } from '../objects/status.ts';
import { failure } from '../objects/status.ts';
import type { KubeObject } from '../objects/json.ts';
import { podAddress } from './podFacts.ts';
import type { DataPlane } from './dataPlane.ts';

const timeoutMs = 30_000;

/** `pods/proxy`: the API server asks the pod itself, in plaintext and from outside the mesh. */
export async function proxyToPod(
  dataPlane: DataPlane,
  pod: KubeObject,
  call: ProxyCall,
): Promise<Answer | undefined> {
  const port = await dataPlane.podPort(pod, call.port);
  const { method } = call.request;
  const address = `${podAddress(pod) ?? ''}:${call.port}`;
  return new Promise((resolve) => {
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path: call.path,
        headers: { ...withoutCredentials(call.request.headers), host: address },
        agent: new Agent(),
        timeout: timeoutMs,
      },
      (answer) => {
        call.response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('error', () => call.response.destroy());
        answer.pipe(call.response);
        resolve(undefined);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('i/o timeout')));
    sent.on('error', (error: NodeJS.ErrnoException) => {
      resolve(unreachable(address, error));
    });
    call.request.pipe(sent);
  });
}

function withoutCredentials(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
}

function unreachable(address: string, error: NodeJS.ErrnoException): Answer {
  const why = error.code === 'ECONNRESET' ? 'read: connection reset by peer' : error.message;
  return failure(
    503,
    'ServiceUnavailable',
    `error trying to reach service: dial tcp ${address}: ${why}`,
  );
}
