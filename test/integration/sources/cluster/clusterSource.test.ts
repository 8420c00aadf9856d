import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';

import { ALL_KINDS, kindEntry } from '../../../../src/mesh/model/kinds.ts';
import { describeMissing } from '../../../../src/mesh/words/describe.ts';
import type { MissingFact } from '../../../../src/mesh/model/explanation.ts';
import { accessRole } from '../../../../src/sources/cluster/accessRole.ts';
import type { ClusterSource } from '../../../../src/sources/cluster/clusterSource.ts';
import { openClusterSource } from '../../../../src/sources/cluster/clusterSource.ts';
import type { KubeTransport } from '../../../../src/sources/transport/transport.ts';
import { meshOfCluster } from '../../../../src/sources/meshSource.ts';
import { namespacesOf } from '../../../../src/mesh/snapshot/mesh.ts';
import type { ApiServerDouble, Received } from './apiServerDouble.ts';
import { sendJson, startApiServerDouble, transportTo } from './apiServerDouble.ts';
import { turns, until } from '../../../support/until.ts';

/** What the user may list, as `plural` (everywhere) or `namespace/plural`; `*` for everything. */
interface Role {
  readonly may: readonly string[];
  readonly served?: readonly string[];
  /** So many namespaces `ns-0`, `ns-1` … besides. */
  readonly namespaces?: number;
}

const OBJECTS: Readonly<Record<string, readonly (readonly [namespace: string, name: string])[]>> = {
  namespaces: [
    ['', 'foo'],
    ['', 'bar'],
    ['', 'istio-system'],
  ],
  pods: [
    ['foo', 'httpbin-1'],
    ['bar', 'sleep-1'],
  ],
  services: [['foo', 'httpbin']],
  peerauthentications: [['foo', 'default']],
  configmaps: [
    ['istio-system', 'istio'],
    ['istio-system', 'istio-ca-root-cert'],
    ['istio-system', 'other'],
  ],
};

interface Opened {
  readonly server: ApiServerDouble;
  readonly transport: KubeTransport;
  readonly source: ClusterSource;
}

const opened: Opened[] = [];

/** The first namespace is the context's own; the others are those that the person named. */
async function open(
  role: Role,
  [namespace, ...namespaces]: readonly [string, ...string[]] = ['foo'],
): Promise<Opened> {
  const server = await startApiServerDouble((received) => {
    answer(role, received);
  });
  const transport = transportTo(server);
  const pace = { baseMs: 5, maxMs: 20, refusedMs: 60_000 };
  const source = openClusterSource({ transport, namespace, namespaces, pace });
  const one = { server, transport, source };
  opened.push(one);
  return one;
}

afterEach(async () => {
  for (const { server, transport, source } of opened.splice(0)) {
    source.dispose();
    transport.close();
    await server.dispose();
  }
});

const CUSTOM_RESOURCES = ALL_KINDS.map(kindEntry)
  .filter(({ custom }) => custom === true)
  .map(({ plural }) => plural);

function answer(role: Role, received: Received): void {
  const { may, served = ['v1', 'v1beta1'] } = role;
  const parts = received.path.split('/').filter((part) => part !== '');
  const rest = parts.slice(parts[0] === 'apis' ? 3 : 2);
  const version = parts[parts[0] === 'apis' ? 2 : 1] ?? '';
  if (rest.length === 0) {
    const group = parts[1] ?? '';
    const istio =
      (group.endsWith('istio.io') && served.includes(version)) ||
      (group.startsWith('gateway.networking.') && version.startsWith('v1'));
    if (istio) sendJson(received, { resources: CUSTOM_RESOURCES.map((name) => ({ name })) });
    else sendJson(received, { kind: 'Status', code: 404, message: 'not found' }, 404);
    return;
  }
  const namespace = rest[0] === 'namespaces' && rest.length > 2 ? (rest[1] ?? '') : '';
  const plural = namespace === '' ? (rest[0] ?? '') : (rest[2] ?? '');
  const wanted = namespace === '' ? plural : `${namespace}/${plural}`;
  if (!may.includes('*') && !may.includes(wanted) && !may.includes(plural)) {
    sendJson(received, { kind: 'Status', code: 403, message: `${plural} is forbidden` }, 403);
  } else if (received.query.has('watch')) {
    received.response.writeHead(200).flushHeaders();
  } else {
    const more = plural === 'namespaces' ? manyNamespaces(role.namespaces ?? 0) : [];
    const all = [...(OBJECTS[plural] ?? []), ...more];
    const asked = all.filter(([of]) => namespace === '' || of === namespace);
    const items = asked.map(([of, name]) => ({
      metadata: { name, ...(of !== '' && { namespace: of }) },
    }));
    sendJson(received, { metadata: { resourceVersion: '1' }, items });
  }
}

function manyNamespaces(count: number): readonly (readonly [namespace: string, name: string])[] {
  return Array.from({ length: count }, (_, index) => ['', `ns-${String(index)}`]);
}

async function settled({ source }: Opened): Promise<void> {
  await until('everything to be loaded', () => {
    const loading = source.snapshot().missing.some(({ why }) => why === 'not-loaded');
    return !loading && source.status.kind !== 'connecting';
  });
}

function names({ source }: Opened, kind: string): readonly string[] {
  return [...source.snapshot().objects]
    .filter((one) => one.kind === kind)
    .map((one) => one.name)
    .sort();
}

function missing({ source }: Opened, kind: string): readonly MissingFact[] {
  return source.snapshot().missing.filter((fact) => fact.kind === kind);
}

describe('a user who', () => {
  it('may list everything sees everything, and of config maps only those of Istio', async () => {
    const cluster = await open({ may: ['*'] });
    await settled(cluster);
    assert.deepEqual(names(cluster, 'Pod'), ['httpbin-1', 'sleep-1']);
    assert.deepEqual(names(cluster, 'ConfigMap'), ['istio']);
    assert.deepEqual(cluster.source.snapshot().missing, []);
    assert.equal(cluster.source.status.kind, 'synced');
    assert.equal(cluster.source.istioInstalled, true);
  });

  it('may list pods in one namespace only sees those, and is told about the others', async () => {
    const cluster = await open({
      may: ['namespaces', 'services', 'peerauthentications', 'foo/pods'],
    });
    await settled(cluster);
    assert.deepEqual(names(cluster, 'Pod'), ['httpbin-1']);
    assert.deepEqual(
      missing(cluster, 'Pod')
        .map(({ namespace, why }) => `${namespace} ${why}`)
        .sort(),
      ['bar forbidden', 'istio-system forbidden'],
    );
  });

  it('may list pods only in single namespaces, of which there are more than are watched, is told so', async () => {
    const may = ['namespaces', 'foo/pods', ...manyNamespaces(60).map(([, name]) => `${name}/pods`)];
    const cluster = await open({ may, namespaces: 60 });
    await settled(cluster);
    const facts = missing(cluster, 'Pod');
    const unwatched = facts.filter(({ why }) => why === 'not-watched');
    assert.equal(unwatched.length, 63 - 40);
    const [fact] = unwatched;
    assert.ok(fact);
    assert.match(describeMissing(fact), /only 40 namespaces are watched one by one/);
    assert.match(accessRole(unwatched) ?? '', /pods/);
  });

  it('may list pods nowhere is told so once, however many namespaces there are', async () => {
    const cluster = await open({ may: ['namespaces', 'services'], namespaces: 60 });
    await settled(cluster);
    assert.deepEqual(missing(cluster, 'Pod'), [{ kind: 'Pod', namespace: '', why: 'forbidden' }]);
  });

  it('may not list namespaces sees the namespace of the context', async () => {
    const cluster = await open({ may: ['foo/pods', 'foo/services', 'foo/peerauthentications'] });
    await settled(cluster);
    assert.deepEqual(names(cluster, 'Pod'), ['httpbin-1']);
    assert.deepEqual(names(cluster, 'PeerAuthentication'), ['default']);
    assert.deepEqual(missing(cluster, 'Namespace'), [
      { kind: 'Namespace', namespace: '', why: 'forbidden' },
    ]);
    // A policy of the whole mesh may exist: whoever may not look there must not be told PERMISSIVE.
    assert.deepEqual(missing(cluster, 'PeerAuthentication'), [
      { kind: 'PeerAuthentication', namespace: 'istio-system', why: 'forbidden' },
    ]);
  });

  it('may not list namespaces sees those that are named besides', async () => {
    const may = ['foo/pods', 'bar/pods', 'foo/services', 'bar/services'];
    const cluster = await open({ may }, ['foo', 'bar', 'closed']);
    await settled(cluster);
    assert.deepEqual(names(cluster, 'Pod'), ['httpbin-1', 'sleep-1']);
    assert.deepEqual(
      missing(cluster, 'Pod').map(({ namespace, why }) => `${namespace} ${why}`),
      ['istio-system forbidden', 'closed forbidden'],
    );
  });

  it('named more namespaces than are watched is told which are not read, and the root namespace is', async () => {
    const [first = 'ns', ...rest] = manyNamespaces(45).map(([, name]) => name);
    const may = [...manyNamespaces(45).map(([, name]) => `${name}/pods`), 'istio-system/pods'];
    const cluster = await open({ may }, [first, ...rest]);
    await settled(cluster);
    assert.deepEqual(
      missing(cluster, 'Pod').map(({ namespace, why }) => `${namespace} ${why}`),
      ['39', '40', '41', '42', '43', '44'].map((index) => `ns-${index} not-watched`),
    );
  });

  it('may list nothing is told so in one sentence', async () => {
    const cluster = await open({ may: [] });
    await settled(cluster);
    const { status } = cluster.source;
    assert.equal(status.kind, 'failed');
    assert.match(status.cause, /^The API server lets this context list nothing: .* is forbidden$/);
    assert.equal(status.forbidden, true);
    assert.ok(missing(cluster, 'Pod').every(({ why }) => why === 'forbidden'));
    assert.deepEqual(missing(cluster, 'ConfigMap'), [
      { kind: 'ConfigMap', namespace: 'istio-system', why: 'forbidden' },
    ]);
  });
});

describe('a cluster', () => {
  it('without Istio has no policies, and that is known', async () => {
    const cluster = await open({ may: ['*'], served: [] });
    await settled(cluster);
    assert.equal(cluster.source.istioInstalled, false);
    assert.deepEqual(missing(cluster, 'PeerAuthentication'), [
      { kind: 'PeerAuthentication', namespace: '', why: 'not-installed' },
    ]);
    assert.equal(cluster.source.status.kind, 'synced');
  });

  it('that serves v1beta1 only is read in v1beta1', async () => {
    const cluster = await open({ may: ['*'], served: ['v1beta1'] });
    await settled(cluster);
    assert.deepEqual(names(cluster, 'PeerAuthentication'), ['default']);
    const asked = cluster.server.received.map(({ path }) => path);
    assert.ok(asked.includes('/apis/security.istio.io/v1beta1/peerauthentications'));
  });

  it('is asked for ReplicaSets without their contents', async () => {
    const cluster = await open({ may: ['*'] });
    await settled(cluster);
    const lists = cluster.server.received.filter(({ path }) => path.endsWith('/replicasets'));
    assert.ok(
      lists.every(({ request }) => request.headers.accept?.includes('as=PartialObjectMetadata')),
    );
    assert.ok(lists.length > 0);
  });
});

describe('the meshes of a cluster', () => {
  it('come soon, change seldom, and stop with dispose', async () => {
    const cluster = await open({ may: ['*'] });
    const source = meshOfCluster({ open: () => cluster.source, context: 'demo' });
    let told = 0;
    source.subscribe(() => (told += 1));
    await settled(cluster);
    await until('a mesh that is synced', () => source.current?.status.kind === 'synced');
    const now = source.current;
    assert.ok(now);
    assert.deepEqual(
      namespacesOf(now.mesh).map(({ name }) => name),
      ['bar', 'foo', 'istio-system'],
    );
    assert.equal(now.context, 'demo');
    assert.ok(told <= 6, `${told} meshes for one start`);
    source.dispose();
    const before = told;
    await turns(20);
    assert.equal(told, before);
  });
});
