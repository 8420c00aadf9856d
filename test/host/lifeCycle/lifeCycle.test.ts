import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { meshView } from '../../../src/contributions.ts';
import { beginExtension, bundleFolder, endExtension, storageFolder } from '../support/lifeCycle.ts';
import { activate, demoContext, row, rowReads, rows } from '../support/meshRows.ts';
import { followResources } from '../support/ownResources.ts';
import type { OwnResources, Resource, ResourceKind } from '../support/ownResources.ts';
import { answering } from '../support/person.ts';
import { set } from '../support/settings.ts';
import { startTwoClusters } from '../support/twoClusters.ts';
import type { TwoClusters } from '../support/twoClusters.ts';
import {
  actionsAt,
  closeManifests,
  eventually,
  hoverText,
  openManifest,
} from '../yaml/openManifest.ts';

const brokenPolicy = `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: default
  namespace: foo
spec:
  mtls:
    mode: STR¦CT
`;

/** The commands that VS Code runs for the extension. */
async function commands(): Promise<readonly string[]> {
  const all = await vscode.commands.getCommands(true);
  // VS Code itself makes some for every view and container.
  return all.filter((id) => id.startsWith('istioMtls.') && !id.startsWith(`${meshView}.`)).sort();
}

function diagnosticCount(uri: vscode.Uri): number {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'istio-mtls')
    .length;
}

/** The demo mesh's kubeconfigs that are on the disk. */
function demoFiles(): readonly string[] {
  return readdirSync(storageFolder()).filter((name) => name.endsWith('.kubeconfig'));
}

function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => {
      resolve(true);
    });
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function kindsOf(held: readonly Resource[]): readonly ResourceKind[] {
  return [...new Set(held.map(({ kind }) => kind))].sort();
}

function pidsOf(held: readonly Resource[]): readonly number[] {
  return held.flatMap(({ pid }) => pid ?? []);
}

/** Uses everything that there is to use, and leaves a probe under way. */
async function useEverything(
  resources: OwnResources,
): Promise<{ readonly probe: Thenable<unknown> }> {
  await vscode.commands.executeCommand('istioMtls.startDemo');
  await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  await rows(demoContext, 'foo', 'httpbin');
  const someone = answering(({ kind, text, choices }) => {
    if (kind === 'warning') return choices.at(-1);
    if (kind === 'input') return 'http://httpbin.foo:8000/delay/9';
    if (kind !== 'pick') return undefined;
    if (text.startsWith('Which context')) return 'south';
    if (text.startsWith('From')) return 'legacy/sleep';
    return text.startsWith('To') ? 'Another URL…' : choices[0];
  });
  const { node } = await row(demoContext, 'foo');
  await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
  await rowReads([demoContext, 'foo'], /^foo STRICT/);
  await vscode.commands.executeCommand('istioMtls.undo');
  await rowReads([demoContext, 'foo'], /^foo PERMISSIVE · Istio default/);
  await vscode.commands.executeCommand('istioMtls.openManifest', node);
  await vscode.commands.executeCommand('istioMtls.openContext');
  await rowReads(['south', 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  await vscode.commands.executeCommand('istioMtls.useContext', (await row(demoContext)).node);
  const probe = vscode.commands.executeCommand('istioMtls.probe');
  await eventually(
    () => kindsOf(resources.held()).includes('process'),
    (runs) => runs,
  );
  someone.leave();
  return { probe };
}

describe('the life of the extension', () => {
  let clusters: TwoClusters;
  let resources: OwnResources;
  let used: readonly Resource[] = [];
  let ports: readonly number[] = [];
  let probe: Thenable<unknown> | undefined;
  let registered: readonly string[] = [];
  let manifest: Awaited<ReturnType<typeof openManifest>>;

  before(async function () {
    this.timeout(90_000);
    clusters = await startTwoClusters();
    await set('istioMtls.kubeconfig', clusters.file);
    resources = followResources(bundleFolder);
    await activate();
    registered = await commands();
    ({ probe } = await useEverything(resources));
    manifest = await openManifest(brokenPolicy);
    await eventually(
      () => hoverText(manifest),
      (text) => text.includes('laid over'),
    );
    assert.notEqual((await actionsAt(manifest, 'quickfix')).length, 0);
    await eventually(
      () => diagnosticCount(manifest.document.uri),
      (count) => count > 0,
    );
    used = resources.held();
    ports = demoFiles().map((name) => {
      const text = readFileSync(join(storageFolder(), name), 'utf8');
      return Number(/127\.0\.0\.1:(\d+)/.exec(text)?.[1]);
    });
    await endExtension();
  });

  after(async () => {
    await vscode.commands.executeCommand('istioMtls.disconnect');
    await set('istioMtls.kubeconfig', undefined);
    await closeManifests();
    await clusters.dispose();
  });

  it('takes sockets, servers, timers, a watcher and a process while it is used', () => {
    assert.deepEqual(kindsOf(used), ['pipe', 'process', 'server', 'socket', 'timer', 'watcher']);
  });

  it('gives all of them back when it ends', async () => {
    const held = await eventually(
      () => resources.held(),
      (all) => all.length === 0,
    ).catch(() => resources.held());
    resources.stop();
    assert.deepEqual(
      held.map(({ kind, stack }) => `${kind}\n${stack}`),
      [],
    );
  });

  it('ends the demo mesh: its port refuses, its programs are gone and its kubeconfig is deleted', async () => {
    assert.equal(ports.length, 1);
    for (const port of ports) assert.ok(await isRefused(port), `port ${port} answers`);
    assert.deepEqual(pidsOf(used).filter(isRunning), []);
    assert.deepEqual(demoFiles(), []);
  });

  it('ends the commands that were under way', async () => {
    await Promise.race([
      probe,
      new Promise((_resolve, reject) => setTimeout(reject, 5000, new Error('the probe goes on'))),
    ]);
  });

  it('leaves nothing in VS Code: no command, hover, code action or diagnostic', async () => {
    assert.deepEqual(await commands(), []);
    assert.equal(await hoverText(manifest), '');
    assert.deepEqual(await actionsAt(manifest, 'quickfix'), []);
    assert.equal(diagnosticCount(manifest.document.uri), 0);
  });

  it('begins anew with everything in its place', async function () {
    this.timeout(60_000);
    beginExtension();
    assert.deepEqual(await commands(), registered);
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE · Istio default/);
    await eventually(
      () => hoverText(manifest),
      (text) => text.includes('laid over'),
    );
    assert.notEqual((await actionsAt(manifest, 'quickfix')).length, 0);
  });
});
