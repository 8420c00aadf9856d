import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';

import { decodeObject } from '../../../src/sources/yaml/decodeObject.ts';
import type { MeshObject } from '../../../src/mesh/model/objects.ts';
import type { MissingFact } from '../../../src/mesh/model/explanation.ts';
import { namespaceMtls } from '../../../src/mesh/server/namespaceMtls.ts';
import type { ClusterSource } from '../../../src/sources/cluster/clusterSource.ts';
import type { ClusterStatus } from '../../../src/sources/cluster/clusterStatus.ts';
import type { ObjectChange } from '../../../src/sources/cluster/resourceWatch.ts';
import type { MeshSnapshot, MeshSource } from '../../../src/sources/meshSource.ts';
import { meshOfCluster } from '../../../src/sources/meshSource.ts';
import { manifest } from '../../properties/manifests.ts';

/** A cluster that says what the test says. */
class SpokenCluster implements ClusterSource {
  readonly #listeners = new Set<(change: ObjectChange) => void>();
  readonly #objects: MeshObject[] = [];
  status: ClusterStatus = { kind: 'synced' };
  missing: readonly MissingFact[] = [];
  readonly istioInstalled = true;
  readonly kinds = [];

  snapshot(): { readonly objects: Iterable<MeshObject>; readonly missing: readonly MissingFact[] } {
    return { objects: this.#objects, missing: [...this.missing] };
  }

  subscribe(listener: (change: ObjectChange) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  dispose(): void {
    this.#listeners.clear();
  }

  say(upsert: readonly MeshObject[] = []): void {
    this.#objects.push(...upsert);
    for (const listener of this.#listeners) listener({ upsert, remove: [] });
  }
}

function policy(namespace: string, mode: string): MeshObject {
  const header = { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', namespace };
  const value = manifest({ ...header, name: 'default', age: 1 }, { spec: { mtls: { mode } } });
  const { object } = decodeObject(value, { kind: 'cluster' });
  assert.ok(object);
  return object;
}

function next(source: MeshSource): Promise<MeshSnapshot> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(5_000);
    signal.addEventListener('abort', () => {
      reject(new Error('no snapshot came'));
    });
    const subscription = source.subscribe((now) => {
      if (now === undefined) return;
      subscription.dispose();
      resolve(now);
    });
  });
}

describe('a mesh that follows a cluster', () => {
  it('keeps its answers about namespaces that a change does not touch', async () => {
    const cluster = new SpokenCluster();
    const source = meshOfCluster({ open: () => cluster, context: 'c' });
    cluster.say([policy('foo', 'STRICT'), policy('bar', 'STRICT')]);
    const before = await next(source);
    const [foo, bar] = [namespaceMtls(before.mesh, 'foo'), namespaceMtls(before.mesh, 'bar')];
    cluster.say([policy('foo', 'PERMISSIVE')]);
    const after = await next(source);
    assert.equal(namespaceMtls(after.mesh, 'bar'), bar);
    assert.notEqual(namespaceMtls(after.mesh, 'foo'), foo);
    source.dispose();
  });

  it('tells at once what is missing now, and what is not any more', async () => {
    const cluster = new SpokenCluster();
    const source = meshOfCluster({ open: () => cluster, context: 'c' });
    cluster.say([policy('foo', 'STRICT')]);
    await next(source);
    const fact = { kind: 'Pod', namespace: '', why: 'forbidden' } as const;
    cluster.missing = [fact];
    cluster.say();
    assert.deepEqual((await next(source)).mesh.missing, [fact]);
    cluster.missing = [];
    cluster.say();
    assert.deepEqual((await next(source)).mesh.missing, []);
    source.dispose();
  });

  it('does not hold back that everything was read, however long the mesh before it took', (t) => {
    const clock = standingClock(t);
    const cluster = new SpokenCluster();
    cluster.status = { kind: 'connecting' };
    const source = meshOfCluster({ open: () => cluster, context: 'c' });
    const told = statusesOf(source, () => {
      clock.busy(200);
    });
    cluster.say([policy('foo', 'STRICT')]);
    clock.pass(0);
    cluster.say([policy('bar', 'STRICT')]);
    cluster.status = { kind: 'synced' };
    clock.pass(0);
    assert.deepEqual(told, ['connecting']);
    cluster.say();
    clock.pass(0);
    assert.deepEqual(told, ['connecting', 'synced']);
    source.dispose();
  });

  it('leaves time between two meshes that take long to show, ten times as much while connecting', (t) => {
    const clock = standingClock(t);
    const cluster = new SpokenCluster();
    cluster.status = { kind: 'connecting' };
    const source = meshOfCluster({ open: () => cluster, context: 'c' });
    const told = statusesOf(source, () => {
      clock.busy(150);
    });
    cluster.say([policy('foo', 'STRICT')]);
    clock.pass(0);
    cluster.say([policy('bar', 'STRICT')]);
    clock.pass(10 * 150 - 150 - 1);
    assert.equal(told.length, 1);
    clock.pass(1);
    assert.equal(told.length, 2);
    source.dispose();
  });
});

/** A clock that stands still unless it is told to go on; `busy` is time in which no timer can fire. */
function standingClock(t: TestContext): { busy(ms: number): void; pass(ms: number): void } {
  let now = 1_000;
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(performance, 'now', () => now);
  return {
    busy: (ms) => {
      now += ms;
    },
    pass: (ms) => {
      now += ms;
      t.mock.timers.tick(ms);
    },
  };
}

/** What the meshes that come say about the cluster, and what is done with each. */
function statusesOf(source: MeshSource, onMesh: () => void): readonly string[] {
  const told: string[] = [];
  source.subscribe((now) => {
    told.push(now?.status.kind ?? 'nothing');
    onMesh();
  });
  return told;
}
