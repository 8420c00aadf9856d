import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestCluster } from './environment.ts';

const cluster = await startTestCluster();
after(() => cluster.dispose());

test('the API server serves both versions of the policies of Istio', async () => {
  const group = await cluster.admin.get('/apis/security.istio.io');
  const served = group['versions'] as readonly { readonly version: string }[];
  assert.deepEqual(
    served.map(({ version }) => version),
    ['v1', 'v1beta1'],
  );
});

test('the API server keeps its objects through a restart', async () => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kept' } };
  const made = await cluster.admin.create('/api/v1/namespaces', namespace);
  await cluster.stopApiServer();
  await assert.rejects(cluster.admin.get('/api/v1/namespaces/kept'));
  await cluster.startApiServer();
  assert.deepEqual(await cluster.admin.get('/api/v1/namespaces/kept'), made);
});

test('the API server forgets the revisions before a compaction', async () => {
  const { metadata } = await cluster.admin.get('/api/v1/namespaces');
  const { resourceVersion } = metadata as { resourceVersion: string };
  await cluster.stopApiServer();
  await cluster.startApiServer();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'later' } };
  await cluster.admin.create('/api/v1/namespaces', namespace);
  await cluster.etcd.compact();
  await cluster.stopApiServer();
  await cluster.startApiServer();
  const watch = `/api/v1/namespaces?watch=1&timeoutSeconds=5&resourceVersion=${resourceVersion}`;
  const { status, body } = await cluster.admin.send(watch);
  assert.match(`${status} ${JSON.stringify(body)}`, /410/);
});
