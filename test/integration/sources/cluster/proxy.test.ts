import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { openTransport } from '../../../../src/sources/transport/httpsTransport.ts';
import { describeFailure } from '../../../../src/sources/transport/kubeFailure.ts';
import type { KubeTransport } from '../../../../src/sources/transport/transport.ts';
import { openCredentials } from '../../../../src/sources/kubeconfig/credentials.ts';
import type { Proxy } from '../../../support/proxies.ts';
import { startHttpProxy, startSocksProxy } from '../../../support/proxies.ts';
import type { ApiServerDouble } from './apiServerDouble.ts';
import { sendJson, startApiServerDouble } from './apiServerDouble.ts';

/** A name that nobody but the proxy can make anything of. */
const OUT_OF_REACH = 'https://cluster.invalid:6443';

function through(proxyUrl: string, server: string, ca: string): KubeTransport {
  const cluster = {
    server,
    proxyUrl,
    certificateAuthorityData: Buffer.from(ca).toString('base64'),
    insecureSkipTlsVerify: false,
    tlsServerName: 'localhost',
  };
  return openTransport({
    server,
    credentials: openCredentials({ name: 'x', namespace: 'd', cluster, user: { token: 't' } }),
  });
}

describe('the proxy-url of a cluster', () => {
  let server: ApiServerDouble;
  before(async () => {
    server = await startApiServerDouble((received) => {
      sendJson(received, { ok: received.request.headers.authorization });
    });
  });
  after(() => server.dispose());

  const proxies: readonly (readonly [string, (port: number) => Promise<Proxy>])[] = [
    ['HTTP', startHttpProxy],
    ['SOCKS5', startSocksProxy],
  ];
  for (const [name, start] of proxies) {
    it(`is used over ${name}, with one tunnel for many requests, and resolves the name`, async (t) => {
      const proxy = await start(Number(new URL(server.url).port));
      const transport = through(proxy.url, OUT_OF_REACH, server.ca);
      t.after(async () => {
        transport.close();
        await proxy.dispose();
      });
      for (let i = 0; i < 3; i += 1) {
        const answer = await transport.request({ method: 'GET', path: '/version' });
        assert.deepEqual(answer.kind === 'ok' ? answer.body : answer, { ok: 'Bearer t' });
      }
      assert.deepEqual(proxy.asked, ['cluster.invalid:6443']);
    });
  }

  for (const url of ['http://127.0.0.1:1', 'socks5://127.0.0.1:1']) {
    it(`that nothing listens at is one sentence that names the proxy: ${url}`, async (t) => {
      const transport = through(url, OUT_OF_REACH, server.ca);
      t.after(() => {
        transport.close();
      });
      const answer = await transport.request({ method: 'GET', path: '/version', timeoutMs: 3_000 });
      assert.notEqual(answer.kind, 'ok');
      assert.match(
        answer.kind === 'ok' ? '' : describeFailure(answer),
        /^Nothing listens at the proxy (http|socks5):\/\/127\.0\.0\.1:1[^\n]*\.$/,
      );
    });
  }
});
