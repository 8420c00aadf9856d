import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { namespacesOf, workloadOfPod } from '../../src/mesh/snapshot/mesh.ts';
import type { Mesh } from '../../src/mesh/snapshot/mesh.ts';
import { withDesired } from '../../src/mesh/change/change.ts';
import { preflight } from '../../src/mesh/change/preflight.ts';
import { childrenOf } from '../../src/surfaces/tree/meshTree.ts';
import type { TreeContent } from '../../src/surfaces/tree/meshTree.ts';
import { rowOf } from '../../src/surfaces/tree/rowOf.ts';
import type { TreeNode } from '../../src/surfaces/nodes/treeNode.ts';
import type { Json } from '../support/kubernetes/adminClient.ts';
import { startKubelet, type Kubelet } from './environment/kubelet.ts';
import {
  createNamespace,
  createPod,
  desired,
  peerAuthentication,
  policyPath,
} from './environment/objects.ts';
import { openProduct, type Product } from './environment/openProduct.ts';
import { programPaths } from './environment/programPaths.ts';
import { roles, type Role } from './environment/roles.ts';
import { startTestCluster } from './environment.ts';

/** By the labels of a namespace it is decided whether its policies count (R3). */
const meshConfig = {
  metadata: { name: 'istio' },
  data: {
    mesh: 'discoverySelectors:\n- matchExpressions:\n  - key: left-out\n    operator: DoesNotExist\n',
  },
};

const cluster = await startTestCluster({
  users: roles.map(({ name }) => ({ name, token: `token-of-${name}` })),
});
const { admin } = cluster;
const { kubelet: kubeletPath } = programPaths();
let kubelet: Kubelet | undefined;

before(async () => {
  const { files } = cluster;
  if (kubeletPath !== undefined) {
    kubelet = await startKubelet({ path: kubeletPath, files, admin, env: {} });
  }
  await createNamespace(admin, 'istio-system');
  await admin.create('/api/v1/namespaces/istio-system/configmaps', meshConfig);
  for (const namespace of ['foo', 'bar']) {
    await createNamespace(admin, namespace);
    await createPod(admin, namespace, 'sleep');
  }
  await admin.create(policyPath('foo'), peerAuthentication('foo', 'given'));
  for (const role of roles) await bind(role);
});
after(async () => {
  await kubelet?.dispose();
  await cluster.dispose();
});

for (const role of roles) {
  describe(`the role ${role.name}`, () => {
    let product: Product;
    before(async () => {
      product = await openProduct(cluster, {
        credential: { kind: 'token', token: `token-of-${role.name}` },
        namespace: 'foo',
      });
      await product.untilSettled();
    });
    after(() => {
      product.dispose();
    });

    test('sees what it may see', async () => {
      const { pods } = role.sees;
      const foo = pods !== 'none';
      const bar = pods === 'foo and bar';
      await product.until('its namespaces and pods', ({ mesh }) => {
        const own = namespacesOf(mesh)
          .filter(({ name }) => !name.startsWith('kube-') && name !== 'default')
          .filter(({ name }) => name !== 'istio-system')
          .map(({ name }) => name);
        assert.deepEqual(own, role.sees.namespaces);
        assert.equal(workloadOfPod(mesh, 'foo', 'sleep') !== undefined, foo);
        assert.equal(workloadOfPod(mesh, 'bar', 'sleep') !== undefined, bar);
        return true;
      });
    });

    test('is told what is missing', () => {
      const { missing } = product.now?.mesh ?? { missing: [] };
      // The cluster has no Gateway API, which hides nothing.
      const hidden = missing.filter(({ why }) => why !== 'not-installed');
      const all = hidden.map(({ kind, namespace, why }) => `${kind} in ${namespace}: ${why}`);
      for (const fact of role.sees.missing) assert.ok(all.includes(fact), all.join('\n'));
      if (role.sees.missing.length === 0) assert.deepEqual(all, []);
    });

    test('is told how the connection stands', async () => {
      await product.until('the status', ({ status }) => status.kind === role.sees.status);
    });

    test('is shown what it can know, and the rest as unknown, never as safe', async () => {
      const { mesh } = await product.untilSettled();
      const states = [...statesBelow(contentOf(mesh), { kind: 'mesh', context: 'any' })];
      if (role.sees.modes === 'known') {
        assert.deepEqual(states, ['any permissive', 'foo unenforced', 'sleep not-in-mesh']);
        return;
      }
      assert.ok(states.length > 0);
      assert.deepEqual(
        states.filter((state) => !state.endsWith(' unknown')),
        [],
      );
    });

    test('is told, before it enforces a mode, which clients it cannot see', async () => {
      const { mesh } = await product.untilSettled();
      const wish = desired(peerAuthentication('foo', 'default'));
      const { missing } = preflight(mesh, withDesired(mesh, [wish]));
      assert.equal(missing.length > 0, role.sees.hidesClients, JSON.stringify(missing));
    });

    test('may write where it may write, and is told the permission that it lacks', async () => {
      assert.equal(await prepareIn(product, 'foo'), role.writes.foo);
      assert.equal(await prepareIn(product, 'bar'), role.writes.bar);
      assert.equal((await admin.send(policyPath('foo', 'default'))).status, 404);
    });

    test('may execute where it may execute', { skip: kubeletPath === undefined }, async () => {
      const target = { namespace: 'foo', pod: 'sleep', container: 'main', command: ['true'] };
      const limits = { timeoutMs: 10_000, signal: product.signal };
      const result = await product.cluster.actions.exec(target, limits);
      assert.equal(result.kind, role.exec, JSON.stringify(result));
      const access = { verb: 'create', group: '', resource: 'pods', subresource: 'exec' };
      const may = await product.cluster.actions.may(
        { ...access, namespace: 'foo' },
        product.signal,
      );
      assert.equal(may, role.exec === 'exited' ? 'yes' : 'no');
    });
  });
}

function contentOf(mesh: Mesh): TreeContent {
  return { context: 'any', role: 'only', mesh, shownNamespaces: 1_000, filter: undefined };
}

/** What the rows of foo and its workloads, and of the mesh itself, say about mutual TLS, each behind its label. */
function* statesBelow(content: TreeContent, node: TreeNode): Iterable<string> {
  if (node.kind === 'namespace' && node.namespace !== 'foo') return;
  const { label, state } = rowOf(content, node);
  if (state !== undefined && node.kind !== 'differing-namespaces') yield `${label} ${state}`;
  for (const child of childrenOf(content, node)) yield* statesBelow(content, child);
}

async function prepareIn(product: Product, namespace: string): Promise<string> {
  const wish = desired(peerAuthentication(namespace, 'default'));
  const prepared = await product.cluster.actions.prepare([wish], product.signal);
  if (prepared.kind !== 'denied') return prepared.kind;
  assert.equal(prepared.resource, 'peerauthentications');
  assert.equal(prepared.namespace, namespace);
  return `denied ${prepared.verb}`;
}

async function bind({ name, rules, only, rootRules }: Role): Promise<void> {
  await grant(name, rules, only);
  if (rootRules !== undefined) await grant(name, rootRules, 'istio-system');
}

/** Lets a user do what the rules say in one namespace, or everywhere. */
async function grant(name: string, rules: readonly Json[], only?: string): Promise<void> {
  const group = '/apis/rbac.authorization.k8s.io/v1';
  const base = only === undefined ? group : `${group}/namespaces/${only}`;
  const [role, binding] =
    only === undefined ? ['clusterroles', 'clusterrolebindings'] : ['roles', 'rolebindings'];
  await admin.create(`${base}/${role}`, { metadata: { name }, rules });
  await admin.create(`${base}/${binding}`, {
    metadata: { name },
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: only === undefined ? 'ClusterRole' : 'Role',
      name,
    },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
  });
}
