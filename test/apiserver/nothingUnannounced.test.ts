import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { auditedRequests, type AuditedRequest } from './environment/auditLog.ts';
import { createNamespace, desired, peerAuthentication, policyPath } from './environment/objects.ts';
import { openProduct, type Product } from './environment/openProduct.ts';
import { startTestCluster } from './environment.ts';

const user = 'audited';
const cluster = await startTestCluster();
let product: Product;

before(async () => {
  await createNamespace(cluster.admin, 'foo');
  await cluster.admin.create(policyPath('foo'), peerAuthentication('foo', 'there'));
  const pair = await cluster.certificateOf({ name: user, group: 'system:masters' });
  product = await openProduct(cluster, { credential: { kind: 'certificate', pair } });
});
after(async () => {
  try {
    product.dispose();
  } finally {
    await cluster.dispose();
  }
});

test('opening a cluster, watching it and losing it only reads', async () => {
  await product.untilSettled();
  await cluster.stopApiServer();
  await product.until('stale', ({ status }) => status.kind === 'stale');
  await cluster.startApiServer();
  await product.until('synced', ({ status }) => status.kind === 'synced');
  const requests = await auditedRequests(cluster.files, user);
  assert.ok(requests.length > 20, `${requests.length} requests`);
  assert.deepEqual(new Set(requests.map(({ verb }) => verb)), new Set(['get', 'list', 'watch']));
});

test('a preview asks for permissions and sends dry runs, and a confirmation sends one write', async () => {
  const { actions } = product.cluster;
  const wishes = [
    desired(peerAuthentication('foo', 'new')),
    desired(peerAuthentication('foo', 'there'), 'absent'),
  ];
  const before = await writes();
  const ready = await actions.prepare(wishes, product.signal);
  assert.ok(ready.kind === 'ready', JSON.stringify(ready));
  const previewed = (await writes()).slice(before.length);
  for (const { verb, resource, dryRun } of previewed) {
    assert.ok(dryRun || resource === 'selfsubjectaccessreviews', `${verb} ${resource}`);
  }
  await actions.commit(ready, { title: 'Changed it' }, product.signal);
  const committed = (await writes()).slice(before.length + previewed.length);
  assert.deepEqual(
    committed.map(({ verb, dryRun, status }) => `${verb} ${dryRun} ${status}`),
    ['patch false 201', 'delete false 200'],
  );
  const [applied] = committed;
  assert.match(applied?.uri ?? '', /fieldManager=istio-mtls/);
  assert.doesNotMatch(applied?.uri ?? '', /force=true/);
});

async function writes(): Promise<readonly AuditedRequest[]> {
  const requests = await auditedRequests(cluster.files, user);
  return requests.filter(({ verb }) => !['get', 'list', 'watch'].includes(verb));
}
