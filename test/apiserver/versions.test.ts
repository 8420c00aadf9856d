import assert from 'node:assert/strict';
import { after, test, type TestContext } from 'node:test';
import { peerAuthenticationsIn } from '../../src/mesh/snapshot/mesh.ts';
import {
  installCrds,
  readCrds,
  servingOnly,
} from '../support/kubernetes/customResourceDefinitions.ts';
import { createNamespace, desired, peerAuthentication } from './environment/objects.ts';
import { openProduct, type Product } from './environment/openProduct.ts';
import { programPaths } from './environment/programPaths.ts';
import { startTestCluster } from './environment.ts';

const cluster = await startTestCluster({ istio: false });
const { admin } = cluster;
after(() => cluster.dispose());
await createNamespace(admin, 'foo');

test('a cluster without Istio is known to have none, and nothing is written', async (t) => {
  const product = await open(t);
  const { istioInstalled, mesh, status } = await product.untilSettled();
  assert.equal(istioInstalled, false);
  assert.equal(status.kind, 'synced');
  assert.ok(
    mesh.missing.some(({ kind, why }) => kind === 'PeerAuthentication' && why === 'not-installed'),
  );
  const prepared = await product.cluster.actions.prepare(
    [desired(peerAuthentication('foo', 'default'))],
    product.signal,
  );
  assert.equal(prepared.kind, 'not-installed');
});

test('where only v1beta1 is served, v1beta1 is read and written', async (t) => {
  const crds = await readCrds(programPaths().crds);
  await installCrds(
    admin,
    crds
      .filter(({ spec }) => spec.group === 'security.istio.io')
      .map((crd) => servingOnly(crd, 'v1beta1')),
  );
  const product = await open(t);
  const policy = peerAuthentication('foo', 'default');
  const { actions } = product.cluster;
  const ready = await actions.prepare([desired(policy)], product.signal);
  assert.ok(ready.kind === 'ready', JSON.stringify(ready));
  assert.equal(ready.changes[0].after?.apiVersion, 'security.istio.io/v1beta1');
  const applied = await actions.commit(ready, { title: 'Changed it' }, product.signal);
  assert.ok(applied.kind === 'applied', JSON.stringify(applied));
  const path = '/apis/security.istio.io/v1beta1/namespaces/foo/peerauthentications/default';
  assert.deepEqual((await admin.get(path))['spec'], policy['spec']);
  await product.until('the policy', ({ mesh }) => peerAuthenticationsIn(mesh, 'foo').length === 1);
  const undone = await actions.undo(applied.entry.id, product.signal);
  assert.equal(undone.kind, 'restored');
  assert.equal((await admin.send(path)).status, 404);
});

async function open(t: TestContext): Promise<Product> {
  const pair = await cluster.certificateOf({ name: 'operator', group: 'system:masters' });
  const product = await openProduct(cluster, { credential: { kind: 'certificate', pair } });
  t.after(() => {
    product.dispose();
  });
  return product;
}
