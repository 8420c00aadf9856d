import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';

import { buildMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import { namespaceLabels, type Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import { missingLabels } from '../../../../src/mesh/known/missing.ts';
import type { ClusterSource } from '../../../../src/sources/cluster/clusterSource.ts';
import { openClusterSource } from '../../../../src/sources/cluster/clusterSource.ts';
import type { ApiServerDouble, Received } from './apiServerDouble.ts';
import { sendJson, startApiServerDouble, transportTo } from './apiServerDouble.ts';
import { until } from '../../../support/until.ts';

/** The status and the body that the server answers with. */
type Answer = readonly [status: number, body: unknown];

const FORBIDDEN: Answer = [403, { kind: 'Status', message: 'namespaces is forbidden' }];
const GONE: Answer = [404, { kind: 'Status', message: 'namespaces "foo" not found' }];

function namespace(name: string, labels: Readonly<Record<string, string>> = {}): unknown {
  return { kind: 'Namespace', metadata: { name, resourceVersion: '1', labels } };
}

function list(...items: readonly unknown[]): Answer {
  return [200, { metadata: { resourceVersion: '1' }, items }];
}

const AMBIENT = { 'istio.io/dataplane-mode': 'ambient' };

/** A cluster in which everything is forbidden but what `answers` say by path; they may change. */
interface Tenancy {
  readonly answers: Map<string, Answer>;
  readonly server: ApiServerDouble;
  readonly source: ClusterSource;
}

const LIST = '/api/v1/namespaces';
const FOO = '/api/v1/namespaces/foo';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function open(given: Readonly<Record<string, Answer>>): Promise<Tenancy> {
  const answers = new Map(Object.entries(given));
  const server = await startApiServerDouble((received) => {
    answer(received, answers.get(received.path) ?? FORBIDDEN);
  });
  const transport = transportTo(server);
  const pace = { baseMs: 5, maxMs: 20, refusedMs: 40 };
  const source = openClusterSource({ transport, namespace: 'foo', namespaces: ['bar'], pace });
  ends.push(async () => {
    source.dispose();
    transport.close();
    await server.dispose();
  });
  return { answers, server, source };
}

function answer(received: Received, [status, body]: Answer): void {
  if (received.query.has('watch') && status === 200) {
    received.response.writeHead(200).flushHeaders();
  } else {
    sendJson(received, body, status);
  }
}

function meshOf({ source }: Tenancy): Mesh {
  return buildMesh(source.snapshot());
}

/** What is known of the labels of a namespace. */
function labelsOf(tenancy: Tenancy, name: string): Readonly<Record<string, string>> | 'unknown' {
  const mesh = meshOf(tenancy);
  return missingLabels(mesh, name) === undefined ? namespaceLabels(mesh, name) : 'unknown';
}

function times({ server }: Tenancy, path: string): number {
  return server.received.filter((one) => one.path === path).length;
}

/** So that whatever comes of the answers has come. */
async function untilReadAgain(tenancy: Tenancy, path: string): Promise<void> {
  const enough = times(tenancy, path) + 2;
  await until('what the server says', () => times(tenancy, path) >= enough);
}

describe('who may not list namespaces', () => {
  it('and may get one knows its labels, and of others nothing', async () => {
    const tenancy = await open({ [FOO]: [200, namespace('foo', AMBIENT)] });
    await until('what the server says', () => labelsOf(tenancy, 'foo') !== 'unknown');
    assert.deepEqual(labelsOf(tenancy, 'foo'), AMBIENT);
    for (const other of ['bar', 'istio-system', 'elsewhere']) {
      assert.equal(labelsOf(tenancy, other), 'unknown', other);
    }
    await until('what the server says', () => tenancy.source.status.kind === 'synced');
  });

  it('nor get one knows the labels of none', async () => {
    const tenancy = await open({});
    await untilReadAgain(tenancy, FOO);
    assert.equal(labelsOf(tenancy, 'foo'), 'unknown');
    await until('what the server says', () => tenancy.source.status.kind === 'failed');
  });

  it('sees a label that changes, without a watch', async () => {
    const tenancy = await open({ [FOO]: [200, namespace('foo')] });
    await until('what the server says', () => labelsOf(tenancy, 'foo') !== 'unknown');
    assert.deepEqual(labelsOf(tenancy, 'foo'), {});
    tenancy.answers.set(FOO, [200, namespace('foo', AMBIENT)]);
    await until(
      'what the server says',
      () => labelsOf(tenancy, 'foo') !== 'unknown' && times(tenancy, FOO) > 1,
    );
    await untilReadAgain(tenancy, FOO);
    assert.deepEqual(labelsOf(tenancy, 'foo'), AMBIENT);
    assert.ok(tenancy.server.received.every(({ query }) => !query.has('watch')));
  });

  for (const [what, next] of [
    ['the permission is withdrawn', FORBIDDEN],
    ['the namespace is deleted', GONE],
  ] as const) {
    it(`forgets the labels when ${what}`, async () => {
      const tenancy = await open({ [FOO]: [200, namespace('foo', AMBIENT)] });
      await until('what the server says', () => labelsOf(tenancy, 'foo') !== 'unknown');
      tenancy.answers.set(FOO, next);
      await until('what the server says', () => labelsOf(tenancy, 'foo') === 'unknown');
    });
  }

  it('keeps the labels, as stale, while the server fails', async () => {
    const tenancy = await open({ [FOO]: [200, namespace('foo', AMBIENT)] });
    await until('what the server says', () => labelsOf(tenancy, 'foo') !== 'unknown');
    tenancy.answers.set(FOO, [500, { kind: 'Status', message: 'etcd is away' }]);
    await until('what the server says', () => tenancy.source.status.kind === 'stale');
    assert.deepEqual(labelsOf(tenancy, 'foo'), AMBIENT);
    tenancy.answers.set(FOO, [200, namespace('foo', AMBIENT)]);
    await until('what the server says', () => tenancy.source.status.kind === 'synced');
  });

  for (const [what, body] of [
    ['another namespace', namespace('other', AMBIENT)],
    ['no namespace', { hello: 'world' }],
  ] as const) {
    it(`takes ${what} in the answer for none`, async () => {
      const tenancy = await open({ [FOO]: [200, body] });
      await untilReadAgain(tenancy, FOO);
      assert.equal(labelsOf(tenancy, 'foo'), 'unknown');
      assert.equal(labelsOf(tenancy, 'other'), 'unknown');
    });
  }

  it('sees all of them once that is allowed, and reads none by itself any more', async () => {
    const tenancy = await open({ [FOO]: [200, namespace('foo', AMBIENT)] });
    await until('what the server says', () => labelsOf(tenancy, 'foo') !== 'unknown');
    tenancy.answers.set(LIST, list(namespace('foo', AMBIENT), namespace('bar')));
    await until('what the server says', () => labelsOf(tenancy, 'bar') !== 'unknown');
    assert.deepEqual(labelsOf(tenancy, 'foo'), AMBIENT);
    assert.deepEqual(labelsOf(tenancy, 'bar'), {});
    const before = times(tenancy, FOO);
    // What is refused is asked for again at the same pace.
    await untilReadAgain(tenancy, '/api/v1/pods');
    assert.equal(times(tenancy, FOO), before);
  });
});
