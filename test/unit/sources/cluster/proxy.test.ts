import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, it } from 'node:test';

import { openTransport } from '../../../../src/sources/cluster/httpsTransport.ts';
import { describeFailure } from '../../../../src/sources/cluster/kubeFailure.ts';
import type { KubeTransport } from '../../../../src/sources/cluster/transport.ts';
import { openCredentials } from '../../../../src/sources/kubeconfig/credentials.ts';
import { sendJson, startApiServerDouble } from './apiServerDouble.ts';

/** An HTTP proxy that tunnels, and counts its tunnels. */
async function startProxy(): Promise<{
  url: string;
  tunnels: () => number;
  dispose: () => Promise<void>;
}> {
  const sockets = new Set<Socket>();
  let tunnels = 0;
  const proxy = createServer();
  proxy.on('connect', (request, socket: Socket) => {
    tunnels += 1;
    const [host, port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.on('error', () => one.destroy());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    tunnels: () => tunnels,
    dispose: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

function through(proxyUrl: string, server: string, ca: string): KubeTransport {
  const cluster = {
    server,
    proxyUrl,
    certificateAuthorityData: Buffer.from(ca).toString('base64'),
    insecureSkipTlsVerify: false,
  };
  return openTransport({
    server,
    credentials: openCredentials({ name: 'x', namespace: 'd', cluster, user: { token: 't' } }),
  });
}

describe('the proxy-url of a cluster', () => {
  it('is used, with one tunnel for many requests', async () => {
    const server = await startApiServerDouble((received) => {
      sendJson(received, { ok: received.request.headers.authorization });
    });
    const proxy = await startProxy();
    const transport = through(proxy.url, server.url, server.ca);
    for (let i = 0; i < 3; i += 1) {
      const answer = await transport.request({ method: 'GET', path: '/version' });
      assert.deepEqual(answer.kind === 'ok' ? answer.body : answer, { ok: 'Bearer t' });
    }
    assert.equal(proxy.tunnels(), 1);
    transport.close();
    await proxy.dispose();
    await server.dispose();
  });

  it('that nothing listens at is one sentence', async () => {
    const transport = through('http://127.0.0.1:1', 'https://127.0.0.1:2', '');
    const answer = await transport.request({ method: 'GET', path: '/version', timeoutMs: 3_000 });
    assert.notEqual(answer.kind, 'ok');
    assert.match(answer.kind === 'ok' ? '' : describeFailure(answer), /^[^\n]+$/);
    transport.close();
  });
});
