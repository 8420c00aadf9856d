import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCluster } from '../../../../src/kube.ts';
import type { MeshSnapshot } from '../../../../src/sources/meshSource.ts';
import { namespacesOf } from '../../../../src/mesh/snapshot/mesh.ts';
import { ClusterNeed } from '../../../../src/surfaces/session/clusterNeed.ts';
import { OpenContext } from '../../../../src/surfaces/session/openContext.ts';
import { startScriptedServer } from '../../sources/faults/scriptedServer.ts';
import type { ScriptedServer } from '../../sources/faults/scriptedServer.ts';
import { turns, untilHolds } from '../../../support/until.ts';

const person = Symbol('person');
const graceMs = 100;
const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };

interface Following {
  readonly server: ScriptedServer;
  readonly need: ClusterNeed;
  readonly context: OpenContext;
  /** The statuses that were told, without repetitions. */
  readonly told: readonly string[];
}

/** A context of a scripted server with two namespaces. */
async function follow(t: { after(end: () => Promise<void>): void }): Promise<Following> {
  const server = await startScriptedServer();
  for (const name of ['foo', 'bar']) server.store.put('namespaces', name);
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-open-context-'));
  const file = join(folder, 'config');
  writeFileSync(file, kubeconfig(server.url));
  const need = new ClusterNeed(graceMs);
  const told: string[] = [];
  const context: OpenContext = new OpenContext(
    { kind: 'target', paths: [file], context: 'scripted', demo: false },
    {
      openCluster: (_, signal) =>
        openCluster({ kubeconfigPaths: [file], context: 'scripted', log, signal }),
      log,
      need,
      onChange: () => {
        const kind = context.mesh?.status.kind ?? 'nothing';
        if (told.at(-1) !== kind) told.push(kind);
      },
    },
  );
  t.after(async () => {
    context.dispose();
    need.dispose();
    await server.dispose();
    rmSync(folder, { recursive: true });
  });
  return { server, need, context, told };
}

function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'scripted',
    clusters: [{ name: 'scripted', cluster: { server } }],
    users: [{ name: 'scripted', user: {} }],
    contexts: [{ name: 'scripted', context: { cluster: 'scripted', user: 'scripted' } }],
  });
}

function shown(
  { context }: Following,
  kind: MeshSnapshot['status']['kind'],
): Promise<MeshSnapshot> {
  return untilHolds(`a mesh that is ${kind}`, () => {
    const { mesh } = context;
    assert.equal(mesh?.status.kind, kind);
    return mesh;
  });
}

/** Timers that would still do something. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
}

function names({ mesh }: MeshSnapshot): readonly string[] {
  return namespacesOf(mesh).map(({ name }) => name);
}

/** Needs the cluster until it is synced, and then no longer. */
async function readAndPause(following: Following): Promise<MeshSnapshot> {
  const { need, context } = following;
  need.set(person, true);
  await context.connect();
  await shown(following, 'synced');
  need.set(person, false);
  return shown(following, 'paused');
}

test('a context that nothing needs keeps its mesh, as of then, and no socket', async (t) => {
  const following = await follow(t);
  const paused = await readAndPause(following);
  assert.deepEqual(names(paused), ['bar', 'foo']);
  assert.ok(paused.status.kind === 'paused' && Date.now() - paused.status.since < 5_000);
  const { server } = following;
  await untilHolds('all sockets to be closed', () => {
    assert.equal(server.sockets.size, 0);
  });
  const { requests } = server;
  server.store.put('namespaces', 'late');
  // Without a socket and without a timer nothing can ask again.
  assert.equal(timers(), 0);
  await turns(20);
  assert.deepEqual([server.sockets.size, server.requests], [0, requests]);
});

test('once it is needed again, the mesh is what a fresh list says, and then follows', async (t) => {
  const following = await follow(t);
  await readAndPause(following);
  const { server, need, told } = following;
  server.store.put('namespaces', 'late');
  server.store.remove('namespaces', 'foo');
  need.set(person, true);
  assert.deepEqual(names(await shown(following, 'synced')), ['bar', 'late']);
  assert.deepEqual(told.slice(told.indexOf('synced')), ['synced', 'paused', 'synced']);
  server.store.put('namespaces', 'later');
  await untilHolds('the watch to bring another namespace', () => {
    assert.ok(following.context.mesh);
    assert.deepEqual(names(following.context.mesh), ['bar', 'late', 'later']);
  });
});

test('while the cluster does not answer after a pause, the mesh is called out of date since then', async (t) => {
  const following = await follow(t);
  const { status } = await readAndPause(following);
  following.server.script = () => ({ kind: 'status', status: 500 });
  following.need.set(person, true);
  const stale = await shown(following, 'stale');
  assert.deepEqual(names(stale), ['bar', 'foo']);
  assert.ok(stale.status.kind === 'stale' && status.kind === 'paused');
  assert.equal(stale.status.since, status.since);
  following.server.script = () => undefined;
  await shown(following, 'synced');
});

test('a context that is opened while nothing needs it reads nothing until something does', async (t) => {
  const following = await follow(t);
  await following.context.connect();
  await untilHolds('all sockets to be closed', () => {
    assert.equal(following.server.sockets.size, 0);
  });
  assert.equal(following.context.mesh, undefined);
  following.need.set(person, true);
  await shown(following, 'synced');
});

test('a context that was closed is not read again by whoever needs clusters', async (t) => {
  const following = await follow(t);
  await readAndPause(following);
  following.context.dispose();
  const { requests } = following.server;
  following.need.set(person, true);
  await turns(20);
  assert.equal(timers(), 0);
  assert.equal(following.server.requests, requests);
});
