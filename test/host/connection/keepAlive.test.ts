import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { startDemo } from '../../../src/demo/demo.ts';
import type { Demo } from '../../../src/demo/demo.ts';
import { activate, demoContext, row, rowReads } from '../support/meshRows.ts';
import { set } from '../support/settings.ts';

/** An address of this machine that VS Code does not take for this machine, so that it treats it as any server. */
const elsewhere = '127.0.0.2';

/** Passes connections on to the API server and counts them. */
class CountingForwarder {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  connections = 0;

  constructor(port: number) {
    this.#server = createServer((socket) => {
      this.connections += 1;
      const onward = connect(port, '127.0.0.1');
      for (const one of [socket, onward]) {
        this.#sockets.add(one);
        one.on('error', () => one.destroy());
      }
      socket.pipe(onward).pipe(socket);
    });
  }

  /** The port; undefined where this machine has no such address. */
  async listen(): Promise<number | undefined> {
    return new Promise((resolve) => {
      this.#server.once('error', () => {
        resolve(undefined);
      });
      this.#server.listen(0, elsewhere, () => {
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  dispose(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

describe('the connection to a server that is not this machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-connection-'));
  let demo: Demo;
  let forwarder: CountingForwarder;

  before(async function () {
    await activate();
    demo = await startDemo({ meshes: ['tutorial'] });
    forwarder = new CountingForwarder(Number(new URL(demo.url).port));
    const port = await forwarder.listen();
    if (port === undefined) this.skip();
    const file = join(folder, 'kubeconfig');
    const server = `server: https://${elsewhere}:${port}\n      tls-server-name: localhost`;
    writeFileSync(file, demo.kubeconfig.replace(/server: .*/, server));
    await set('istioMtls.kubeconfig', file);
    await vscode.commands.executeCommand('istioMtls.reconnect');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('istioMtls.disconnect');
    await set('istioMtls.kubeconfig', undefined);
    forwarder.dispose();
    await demo.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is kept for the next request, whatever VS Code does to requests for the sake of proxies', async () => {
    const names = ['httpbin', 'sleep', 'httpbin', 'sleep', 'httpbin', 'sleep'];
    const before = forwarder.connections;
    for (const name of names) {
      const { node } = await row(demoContext, 'foo', name);
      await vscode.commands.executeCommand('istioMtls.openManifest', node);
      assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /kind: Deployment/);
    }
    assert.ok(forwarder.connections - before <= 1, `${forwarder.connections - before} connections`);
  });
});
