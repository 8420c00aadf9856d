import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { startDemo } from '../../../src/demo/demo.ts';
import type { Demo } from '../../../src/demo/demo.ts';
import { startDenyingDemo } from '../../support/denyingDemo.ts';
import {
  activate,
  demoContext,
  rootsAre,
  row,
  rowReads,
  rows,
  tooltip,
} from '../support/meshRows.ts';
import { person } from '../support/person.ts';
import { set } from '../support/settings.ts';
import { untilHolds } from '../../support/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-access-'));

async function connectTo(kubeconfig: string): Promise<void> {
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, kubeconfig);
  await set('istioMtls.kubeconfig', file);
  await vscode.commands.executeCommand('istioMtls.reconnect');
}

async function leave(): Promise<void> {
  await vscode.commands.executeCommand('istioMtls.disconnect');
  await set('istioMtls.kubeconfig', undefined);
}

describe('a person who may not list PeerAuthentications', () => {
  let demo: Demo;

  before(async () => {
    await activate();
    demo = await startDenyingDemo([{ resource: 'peerauthentications' }], {
      meshes: ['tutorial'],
    });
    await connectTo(demo.kubeconfig);
    await rowReads([demoContext, 'foo', 'httpbin'], /unknown/);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await leave();
    await demo.dispose();
  });

  it('sees every mode as unknown and none as safe', async () => {
    const unknown = /unknown \(no permission to list PeerAuthentication\)$/;
    for (const path of [[demoContext], [demoContext, 'foo'], [demoContext, 'foo', 'httpbin']]) {
      const { item } = await rowReads(path, unknown);
      assert.match(item.accessibilityInformation?.label ?? '', /unknown/);
    }
  });

  it('sees why, and gets the role that would change that', async () => {
    const [notice] = await rows(demoContext);
    assert.match(notice?.label ?? '', /^You may not read PeerAuthentication/);
    assert.equal(notice?.item.command?.command, 'istioMtls.showMissingRole');
    await vscode.commands.executeCommand('istioMtls.showMissingRole', notice.node);
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /kind: ClusterRole/);
    assert.match(text, /- security\.istio\.io\n {4}resources:\n {6}- peerauthentications\n/);
    assert.match(text, /- list\n {6}- watch/);
  });
});

describe('a person who may list in single namespaces only', () => {
  let demo: Demo;

  before(async () => {
    await activate();
    const denied = [{ namespace: '' }, { namespace: 'default' }, { namespace: 'istio-system' }];
    demo = await startDenyingDemo(denied, { meshes: ['tutorial'] });
    await connectTo(demo.kubeconfig);
  });
  after(async () => {
    const configuration = vscode.workspace.getConfiguration();
    const { Workspace } = vscode.ConfigurationTarget;
    await configuration.update('istioMtls.namespaces', undefined, Workspace);
    await leave();
    await demo.dispose();
  });

  it('is asked to name namespaces where the namespace of the context shows nothing', async () => {
    await rowReads([demoContext], /not connected/);
    const [why, offer] = await rows(demoContext);
    assert.match(why?.text ?? '', /^Try again The API server lets this context list nothing/);
    assert.equal(offer?.label, 'Name the namespaces to read…');
    assert.equal(offer.item.command?.command, 'istioMtls.nameNamespaces');
  });

  it('sees those that were named, in this workspace, with modes that nobody knows as unknown', async () => {
    const someone = person('foo, bar');
    await vscode.commands.executeCommand('istioMtls.nameNamespaces');
    someone.leave();
    const named = vscode.workspace.getConfiguration().inspect('istioMtls.namespaces');
    assert.deepEqual(named?.workspaceValue, ['foo', 'bar']);
    for (const namespace of ['foo', 'bar']) {
      await rowReads([demoContext, namespace, 'httpbin'], /unknown/);
      assert.match((await row(demoContext, namespace)).text, /unknown/);
    }
    const labels = (await rows(demoContext)).map(({ label }) => label);
    assert.ok(!labels.includes('legacy'), labels.join(', '));
    assert.ok(labels.includes('Name the namespaces to read…'), labels.join(', '));
  });
});

describe('a mesh config that the settings override', () => {
  let demo: Demo;

  before(async () => {
    await activate();
    demo = await startDemo({ meshes: ['tutorial'] });
    await connectTo(demo.kubeconfig);
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
  after(async () => {
    await set('istioMtls.meshConfig', undefined);
    await leave();
    await demo.dispose();
  });

  it('is said to be, where the mesh is described', async () => {
    await set('istioMtls.meshConfig', { rootNamespace: 'foo' });
    const text = await untilHolds('the root namespace of the setting', async () => {
      const says = await tooltip(await row(demoContext));
      assert.match(says, /Root namespace: foo\./);
      return says;
    });
    assert.match(text, /overridden by the setting istioMtls\.meshConfig/);
  });

  it('of no use is one sentence in place of the mesh', async () => {
    await set('istioMtls.meshConfig', { enableAutoMTLS: true });
    await rowReads([demoContext], /not connected/);
    const [why] = await rows(demoContext);
    assert.match(
      why?.text ?? '',
      /^Try again The setting istioMtls\.meshConfig cannot be used: "enableAutoMTLS" is/,
    );
  });
});

/** The demo cluster as it would be without Istio's kinds, over plain HTTP on loopback. */
async function withoutIstio(demo: Demo): Promise<Server> {
  const authority = /certificate-authority-data: (\S+)/.exec(demo.kubeconfig)?.[1] ?? '';
  const ca = Buffer.from(authority, 'base64');
  const server = createServer((asked, answer) => {
    const path = asked.url ?? '/';
    if (/^\/apis\/(security|networking)\.istio\.io/.test(path)) {
      answer.writeHead(404, { 'content-type': 'application/json' });
      answer.end('{"kind":"Status","apiVersion":"v1","status":"Failure","code":404}');
      return;
    }
    const { method, headers } = asked;
    const onward = request(new URL(path, demo.url), { method, headers, ca }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    answer.on('close', () => onward.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('a cluster without Istio', () => {
  const told = new Map<unknown, unknown>();
  const executeCommand = vscode.commands.executeCommand.bind(vscode.commands);
  let demo: Demo;
  let server: Server;

  before(async () => {
    await activate();
    Object.assign(vscode.commands, {
      executeCommand: (command: string, ...rest: readonly unknown[]) => {
        if (command === 'setContext') told.set(rest[0], rest[1]);
        return executeCommand(command, ...rest);
      },
    });
    demo = await startDemo({ meshes: ['tutorial'] });
    server = await withoutIstio(demo);
    const { port } = server.address() as AddressInfo;
    await connectTo(demo.kubeconfig.replace(demo.url, `http://127.0.0.1:${port}`));
  });
  after(async () => {
    Object.assign(vscode.commands, { executeCommand });
    await leave();
    server.closeAllConnections();
    server.close();
    await demo.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows no rows but the welcome that says so', async () => {
    await rootsAre([]);
    assert.equal(told.get('istioMtls.connection'), 'connected');
    assert.equal(told.get('istioMtls.istioMissing'), true);
    const extension = vscode.extensions.getExtension('istio-mtls.istio-mtls');
    const { contributes } = extension?.packageJSON as {
      readonly contributes: {
        readonly viewsWelcome: readonly { readonly when: string; readonly contents: string }[];
      };
    };
    const shown = contributes.viewsWelcome.filter(({ when }) =>
      when.includes("istioMtls.connection == 'connected' && istioMtls.istioMissing"),
    );
    assert.deepEqual(
      shown.map(({ contents }) => contents.split('\n')[0]),
      ['This cluster has no Istio: its API server does not know PeerAuthentication.'],
    );
  });
});
