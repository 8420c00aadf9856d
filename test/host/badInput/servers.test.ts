import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { parse, stringify } from 'yaml';
import { startDemo } from '../../../src/demo/demo.ts';
import type { Demo } from '../../../src/demo/demo.ts';
import { activate, demoContext, rootsAre, rows } from '../support/meshRows.ts';
import { set } from '../support/settings.ts';
import { eventually } from '../yaml/openManifest.ts';

function kubeconfigFor(server: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'there',
    contexts: [{ name: 'there', context: { cluster: 'there', user: 'me' } }],
    clusters: [{ name: 'there', cluster: { server } }],
    users: [{ name: 'me', user: { token: 'secret-canary' } }],
  });
}

function status(code: number, reason: string, message: string) {
  return (response: ServerResponse): void => {
    response.writeHead(code, { 'content-type': 'application/json' });
    const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code };
    response.end(JSON.stringify(body));
  };
}

function page(type: string, body: string) {
  return (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': type });
    response.end(body);
  };
}

const answers: readonly {
  readonly name: string;
  readonly answer: (response: ServerResponse) => void;
  readonly sentence: RegExp;
}[] = [
  {
    name: 'does not take the credentials',
    answer: status(401, 'Unauthorized', 'Unauthorized'),
    sentence:
      /^The API server does not accept the credentials of this context \(401\): Unauthorized\./,
  },
  {
    name: 'forbids everything',
    answer: status(403, 'Forbidden', 'forbidden: User "me" cannot get path "/apis"'),
    sentence:
      /^The API server lets this context list nothing: forbidden: User \"me\" cannot get path/,
  },
  {
    name: 'is a web site and no Kubernetes server',
    answer: page('text/html', '<html><title>Welcome</title></html>'),
    sentence: /^The API server's answer could not be read: it is not valid JSON\.$/,
  },
  {
    name: 'answers nothing',
    answer: page('text/plain', ''),
    sentence: /^The API server's answer could not be read: it is not valid JSON\.$/,
  },
  {
    name: 'cuts the connection',
    answer: (response) => {
      response.socket?.destroy();
    },
    sentence: /^The connection to http:\/\/127\.0\.0\.1:\d+ was cut \(ECONNRESET\)\.$/,
  },
];

describe('a server that is not what the kubeconfig says ends in one sentence below its context', () => {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-servers-'));
  const file = join(folder, 'kubeconfig');
  let answer: (response: ServerResponse) => void = status(500, 'x', 'x');
  let server: Server;
  let demo: Demo;

  before(async () => {
    await activate();
    demo = await startDemo({ meshes: ['tutorial'] });
    server = createServer((_request, response) => {
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await set('istioMtls.kubeconfig', file);
  });
  after(async () => {
    await vscode.commands.executeCommand('istioMtls.disconnect');
    await set('istioMtls.kubeconfig', undefined);
    await demo.dispose();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  /** Connects, and waits until the first row below the context says this. */
  async function says(kubeconfig: string, context: string, sentence: RegExp): Promise<void> {
    writeFileSync(file, kubeconfig);
    await vscode.commands.executeCommand('istioMtls.reconnect');
    const [label] = await eventually(
      async () => (await rows(context)).map((one) => String(one.item.description)),
      ([first = '']) => sentence.test(first),
    );
    assert.doesNotMatch(label ?? '', /canary|\n/);
  }

  for (const { name, answer: given, sentence } of answers) {
    it(name, async () => {
      answer = given;
      const { port } = server.address() as AddressInfo;
      await says(kubeconfigFor(`http://127.0.0.1:${port}`), 'there', sentence);
    });
  }

  it('is none with Istio, which the welcome says in place of rows', async () => {
    answer = page('application/json', '{"kind":"APIGroupList","groups":[]}');
    const { port } = server.address() as AddressInfo;
    writeFileSync(file, kubeconfigFor(`http://127.0.0.1:${port}`));
    await vscode.commands.executeCommand('istioMtls.reconnect');
    await rootsAre([]);
  });

  it('is signed by another authority', async () => {
    const config = parse(demo.kubeconfig) as {
      clusters: [{ cluster: Record<string, unknown> }];
    };
    delete config.clusters[0].cluster['certificate-authority-data'];
    await says(
      stringify(config),
      demoContext,
      /^The certificate of https:\/\/127\.0\.0\.1:\d+ is not signed by the certificate authority of the kubeconfig/,
    );
  });

  it('is asked by a user that is not in the kubeconfig', async () => {
    await says(
      kubeconfigFor('https://127.0.0.1:1').replace('user: me', 'user: you'),
      'there',
      /^Context \"there\" names the user \"you\", which the kubeconfig does not have\.$/,
    );
  });
});
