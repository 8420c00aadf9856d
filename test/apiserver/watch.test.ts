import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { namespacesOf, peerAuthenticationsIn } from '../../src/mesh/snapshot/mesh.ts';
import { namespaceMtls } from '../../src/mesh/server/namespaceMtls.ts';
import type { MeshSnapshot } from '../../src/sources/meshSource.ts';
import { adminClient, type Json } from '../support/kubernetes/adminClient.ts';
import type { Credential } from '../support/kubernetes/kubeconfig.ts';
import { createNamespace, peerAuthentication, policyPath } from './environment/objects.ts';
import { openProduct, type Product } from './environment/openProduct.ts';
import { startTcpProxy, type TcpProxy } from './environment/tcpProxy.ts';
import { waitFor } from '../support/kubernetes/waitFor.ts';
import { startTestCluster } from './environment.ts';

const cluster = await startTestCluster();
const { admin } = cluster;
let product: Product;

before(async () => {
  await createNamespace(admin, 'foo');
  const pair = await cluster.certificateOf({ name: 'watcher', group: 'system:masters' });
  product = await openProduct(cluster, { credential: { kind: 'certificate', pair } });
  await product.untilSettled();
});
after(async () => {
  try {
    product.dispose();
  } finally {
    await cluster.dispose();
  }
});

test('what anybody changes shows', async () => {
  await admin.create(policyPath('foo'), peerAuthentication('foo', 'default'));
  await product.until('STRICT', ({ mesh }) => namespaceMtls(mesh, 'foo').mode === 'STRICT');
  await admin.patch(policyPath('foo', 'default'), { spec: { mtls: { mode: 'DISABLE' } } });
  await product.until('DISABLE', ({ mesh }) => namespaceMtls(mesh, 'foo').mode === 'DISABLE');
  await admin.delete(policyPath('foo', 'default'));
  await product.until(
    'the default',
    ({ mesh }) => namespaceMtls(mesh, 'foo').mode === 'PERMISSIVE',
  );
});

describe('a restart of the API server', () => {
  test('shows as stale with its cause, and keeps what was known', async () => {
    await admin.create(policyPath('foo'), peerAuthentication('foo', 'kept'));
    await product.until('the policy', ({ mesh }) => has(mesh, 'foo', 'kept'));
    await cluster.stopApiServer();
    const { mesh, status } = await product.until(
      'stale',
      (now) => now.status.kind === 'stale' && now,
    );
    assert.ok(status.kind === 'stale');
    assert.match(status.cause, /refused|cut/);
    assert.ok(has(mesh, 'foo', 'kept'));
  });

  test('ends in the state that a fresh list shows', async () => {
    await cluster.startApiServer();
    await product.until('synced', ({ status }) => status.kind === 'synced');
    await admin.create(policyPath('foo'), peerAuthentication('foo', 'after-restart'));
    await product.until('the new policy', ({ mesh }) => has(mesh, 'foo', 'after-restart'));
    await equalsFreshList(product);
  });

  test('and a compaction meanwhile loses nothing: 410 leads to a new list', async (t) => {
    const { late, proxy } = await openLate(t);
    await late.untilSettled();
    await proxy.dispose();
    await admin.delete(policyPath('foo', 'kept'));
    await admin.create(policyPath('foo'), peerAuthentication('foo', 'unseen'));
    await cluster.etcd.compact();
    // A new API server remembers no events: the version that we stand at is too old for it.
    await cluster.stopApiServer();
    await cluster.startApiServer();
    await admin.create(policyPath('foo'), peerAuthentication('foo', 'unseen-either'));
    const again = await startTcpProxy(cluster.port, proxy.port);
    t.after(() => again.dispose());
    await equalsFreshList(late);
  });
});

test('a token that expires in mid-watch is read anew from its file', async (t) => {
  const subject = await serviceAccount('rotated');
  const path = join(cluster.files.folder, 'rotated-token');
  const token = cluster.tokenOf(subject, 3);
  await writeFile(path, token);
  const { late, proxy } = await openLate(t, { kind: 'token-file', path });
  await late.untilSettled();
  await untilRefused(t, token);
  await writeFile(path, cluster.tokenOf(subject, 600));
  proxy.cut();
  await admin.create(policyPath('foo'), peerAuthentication('foo', 'after-expiry'));
  await late.until('the policy', ({ mesh }) => has(mesh, 'foo', 'after-expiry'));
  await late.until('synced', ({ status }) => status.kind === 'synced');
});

test('a token that expires for good is said to be the cause', async (t) => {
  const token = cluster.tokenOf(await serviceAccount('expiring'), 3);
  const { late, proxy } = await openLate(t, { kind: 'token', token });
  const { mesh } = await late.untilSettled();
  await untilRefused(t, token);
  proxy.cut();
  await late.until(
    'the cause',
    ({ status }) => status.kind === 'stale' && /credentials.*401.*expired/.test(status.cause),
  );
  assert.deepEqual(
    names(late),
    namespacesOf(mesh).map(({ name }) => name),
  );
});

test('two clusters at once keep to themselves', async () => {
  const other = await startTestCluster();
  let there: Product | undefined;
  try {
    await createNamespace(other.admin, 'only-there');
    const pair = await other.certificateOf({ name: 'watcher', group: 'system:masters' });
    there = await openProduct(other, { credential: { kind: 'certificate', pair } });
    await there.untilSettled();
    await other.admin.create(policyPath('only-there'), peerAuthentication('only-there', 'default'));
    await there.until('STRICT', ({ mesh }) => namespaceMtls(mesh, 'only-there').mode === 'STRICT');
    assert.ok(!names(there).includes('foo'));
    assert.ok(!names(product).includes('only-there'));
    await other.stopApiServer();
    await there.until('stale', ({ status }) => status.kind === 'stale');
    assert.equal(product.now?.status.kind, 'synced');
  } finally {
    there?.dispose();
    await other.dispose();
  }
});

test('lists that are longer than a page are read in full', async (t) => {
  await createNamespace(admin, 'many');
  const numbers = Array.from({ length: 1_100 }, (_, index) => index);
  const spec = { selector: { matchLabels: { app: 'a' } } };
  // In portions: the API server takes only so many requests of one client at a time.
  for (let at = 0; at < numbers.length; at += 50) {
    const portion = numbers.slice(at, at + 50).map((number) => `policy-${number}`);
    await Promise.all(
      portion.map((name) =>
        admin.create(policyPath('many'), peerAuthentication('many', name, { spec })),
      ),
    );
  }
  const { late } = await openLate(t);
  const all = ({ mesh }: MeshSnapshot) => peerAuthenticationsIn(mesh, 'many').length;
  await late.until('all policies', (now) => all(now) === 1_100);
  await product.until('all policies by watch', (now) => all(now) === 1_100);
});

test('no connection stays open after dispose', async (t) => {
  const { late, proxy } = await openLate(t);
  await late.untilSettled();
  assert.ok(proxy.connections > 0);
  late.dispose();
  await waitFor('all connections to be closed', 2_000, () => proxy.connections === 0);
});

/** Opens another product through a wire that can be cut; both end with the test. */
async function openLate(
  t: TestContext,
  credential?: Credential,
): Promise<{ readonly late: Product; readonly proxy: TcpProxy }> {
  const proxy = await startTcpProxy(cluster.port);
  t.after(() => proxy.dispose());
  const server = `https://127.0.0.1:${proxy.port}`;
  const late = await openProduct(cluster, {
    credential: credential ?? {
      kind: 'certificate',
      pair: await cluster.certificateOf({ name: 'late', group: 'system:masters' }),
    },
    server,
  });
  t.after(() => {
    late.dispose();
  });
  return { late, proxy };
}

/** Waits until the API server no longer takes a token. */
async function untilRefused(t: TestContext, token: string): Promise<void> {
  const bearer = adminClient(cluster.url, cluster.authority, { token });
  t.after(() => {
    bearer.close();
  });
  await waitFor('the token to expire', 40_000, async () => {
    return (await bearer.send('/version')).status === 401;
  });
}

type Mesh = NonNullable<Product['now']>['mesh'];

function has(mesh: Mesh, namespace: string, name: string): boolean {
  return peerAuthenticationsIn(mesh, namespace).some((policy) => policy.name === name);
}

function names({ now }: Product): readonly string[] {
  return now === undefined ? [] : namespacesOf(now.mesh).map(({ name }) => name);
}

/** Waits until namespaces and policies are those that a list by the administrator gives. */
async function equalsFreshList(watching: Product): Promise<void> {
  const namespaces = await listNames('/api/v1/namespaces');
  const policies = await listNames(policyPath('foo'));
  await watching.until('the cache to equal a fresh list', ({ mesh }) => {
    const seen = namespacesOf(mesh).filter(({ exists }) => exists);
    const kept = peerAuthenticationsIn(mesh, 'foo').map(({ name }) => name);
    return (
      seen
        .map(({ name }) => name)
        .sort()
        .join() === namespaces.join() && kept.sort().join() === policies.join()
    );
  });
}

async function listNames(path: string): Promise<readonly string[]> {
  const { items } = await admin.get(path);
  return (items as readonly { metadata: { name: string } }[])
    .map((one) => one.metadata.name)
    .sort();
}

/** Creates a service account that may read everything. */
async function serviceAccount(
  name: string,
): Promise<{ namespace: string; name: string; uid: string }> {
  const made = await admin.create('/api/v1/namespaces/foo/serviceaccounts', { metadata: { name } });
  await admin.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'foo', name }],
  });
  return { namespace: 'foo', name, uid: String((made['metadata'] as Json)['uid']) };
}
