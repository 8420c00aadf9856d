import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { startDemo } from '../../../src/demo/demo.ts';
import type { Demo } from '../../../src/demo/demo.ts';
import type { Proxy } from '../../support/proxies.ts';
import { startHttpProxy, startSocksProxy } from '../../support/proxies.ts';
import { activate, demoContext, rowReads } from '../support/meshRows.ts';
import { probe } from '../support/probes.ts';
import { set } from '../support/settings.ts';

/** A server that nobody but the proxy can find: whatever goes another way does not arrive. */
const server = 'cluster.invalid:6443';

const proxies: readonly (readonly [string, (port: number) => Promise<Proxy>])[] = [
  ['HTTP', startHttpProxy],
  ['SOCKS5', startSocksProxy],
];

for (const [name, start] of proxies) {
  describe(`a cluster behind a proxy-url of ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-proxy-'));
    let demo: Demo;
    let proxy: Proxy;
    let ofVsCode: Proxy;

    before(async () => {
      await activate();
      demo = await startDemo({ meshes: ['tutorial'] });
      const port = Number(new URL(demo.url).port);
      [proxy, ofVsCode] = await Promise.all([start(port), startHttpProxy(port)]);
      const cluster = `server: https://${server}\n      tls-server-name: localhost\n      proxy-url: ${proxy.url}`;
      const file = join(folder, 'kubeconfig');
      writeFileSync(file, demo.kubeconfig.replace(/server: .*/, cluster));
      await set('istioMtls.kubeconfig', file);
      await proxyOfVsCode(ofVsCode.url);
      await vscode.commands.executeCommand('istioMtls.reconnect');
    });
    after(async () => {
      await vscode.commands.executeCommand('istioMtls.disconnect');
      await set('istioMtls.kubeconfig', undefined);
      await proxyOfVsCode(undefined);
      await Promise.all([proxy.dispose(), ofVsCode.dispose()]);
      await demo.dispose();
      rmSync(folder, { recursive: true, force: true });
    });

    it('is read through it, and not through the proxy that VS Code is set to', async () => {
      await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
      assert.deepEqual([...new Set(proxy.asked)], [server]);
      assert.deepEqual(ofVsCode.asked, []);
    });

    it('is probed through it, too', async () => {
      assert.match(await probe('foo/sleep', 'http://httpbin.foo:8000/headers'), /HTTP 200/);
      assert.deepEqual(ofVsCode.asked, []);
    });
  });
}

/** Sets VS Code's own proxy for requests of extensions, in the way that leaves them no other; undefined for none. */
async function proxyOfVsCode(url: string | undefined): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('http');
  const { Global } = vscode.ConfigurationTarget;
  await configuration.update('proxy', url, Global);
  await configuration.update('proxySupport', url === undefined ? undefined : 'override', Global);
}
