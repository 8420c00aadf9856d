import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findWorkload } from '../../src/mesh/snapshot/mesh.ts';
import type { JournalEntry } from '../../src/actions/journal.ts';
import type { WorkloadRef } from '../../src/mesh/model/reference.ts';
import type { Json } from '../support/kubernetes/adminClient.ts';
import { content, createNamespace } from './environment/objects.ts';
import { openProduct, type Product } from './environment/openProduct.ts';
import { startTestCluster } from './environment.ts';

const cluster = await startTestCluster();
const { admin } = cluster;
const namespacePath = '/api/v1/namespaces/foo';
const deployments = '/apis/apps/v1/namespaces/foo/deployments';
const sleep: WorkloadRef = { kind: 'Deployment', namespace: 'foo', name: 'sleep' };
let product: Product;
let entry: JournalEntry;
let unchanged: { readonly namespace: unknown; readonly deployment: unknown };

before(async () => {
  await createNamespace(admin, 'foo');
  await admin.create(
    '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
    injector(),
  );
  await admin.create(`${deployments}?fieldManager=kubectl-client-side-apply`, deployment());
  await createReplicas();
  unchanged = await liveContent();
  const pair = await cluster.certificateOf({ name: 'operator', group: 'system:masters' });
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

test('bringing a namespace into the mesh labels it and restarts what is outside', async () => {
  const { actions } = product.cluster;
  const mesh = await product.until(
    'the workload',
    ({ mesh: now }) => findWorkload(now, sleep)?.pods.length === 1 && now,
  );
  const target = { scope: 'namespace', namespace: 'foo' } as const;
  const plan = await actions.planInjection(mesh, target, product.signal);
  assert.ok(plan.kind === 'plan', JSON.stringify(plan));
  assert.deepEqual(plan.restarted, [sleep]);
  const ready = await actions.prepare(plan.desired, product.signal);
  assert.ok(ready.kind === 'ready', JSON.stringify(ready));
  const applied = await actions.commit(ready, { title: 'Changed it' }, product.signal);
  assert.ok(applied.kind === 'applied', JSON.stringify(applied));
  entry = applied.entry;
  const { metadata } = await admin.get(namespacePath);
  assert.equal(labels(metadata)['istio-injection'], 'enabled');
  const restarted = JSON.stringify((await admin.get(`${deployments}/sleep`))['spec']);
  assert.match(restarted, /"kubectl.kubernetes.io\/restartedAt":"\d{4}-/);
});

test('the rollout is followed until its controller reports that all pods are new', async () => {
  const progress: string[] = [];
  const following = product.cluster.actions.waitForRollout(sleep, {
    timeoutMs: 20_000,
    signal: product.signal,
    onProgress: ({ updated, ready, desired }) => progress.push(`${updated}/${ready}/${desired}`),
  });
  for (const ready of [0, 1, 2]) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await reportRollout(ready);
  }
  assert.deepEqual(await following, { kind: 'complete' });
  assert.ok(progress.includes('2/1/2'), progress.join());
});

test('Undo takes back the label and the restart, exactly', async () => {
  const undone = await product.cluster.actions.undo(entry.id, product.signal);
  assert.equal(undone.kind, 'restored', JSON.stringify(undone));
  assert.deepEqual(await liveContent(), unchanged);
});

async function liveContent(): Promise<typeof unchanged> {
  return {
    namespace: content(await admin.get(namespacePath)),
    deployment: content(await admin.get(`${deployments}/sleep`)),
  };
}

/** Says what the controller of Deployments would say. */
async function reportRollout(ready: number): Promise<void> {
  const { metadata } = await admin.get(`${deployments}/sleep`);
  await admin.patch(`${deployments}/sleep/status`, {
    status: {
      observedGeneration: (metadata as { generation: number }).generation,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: ready,
      availableReplicas: ready,
    },
  });
}

/** Makes the ReplicaSet and a pod without a sidecar, as the controllers would. */
async function createReplicas(): Promise<void> {
  const owner = await admin.get(`${deployments}/sleep`);
  const template = { metadata: { labels: { app: 'sleep' } }, spec: podSpec() };
  const made = await admin.create('/apis/apps/v1/namespaces/foo/replicasets', {
    metadata: { name: 'sleep-1', ...ownedBy('Deployment', 'sleep', owner) },
    spec: { replicas: 1, selector: { matchLabels: { app: 'sleep' } }, template },
  });
  await admin.create('/api/v1/namespaces/foo/pods', {
    metadata: {
      name: 'sleep-1-a',
      labels: { app: 'sleep' },
      ...ownedBy('ReplicaSet', 'sleep-1', made),
    },
    spec: podSpec(),
  });
  await admin.patch('/api/v1/namespaces/foo/pods/sleep-1-a/status', {
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
}

function ownedBy(kind: string, name: string, { metadata }: Json): object {
  const { uid } = metadata as { uid: string };
  return { ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid, controller: true }] };
}

function podSpec(): object {
  return { containers: [{ name: 'sleep', image: 'example.com/curl' }] };
}

function labels(metadata: unknown): Readonly<Record<string, string>> {
  return (metadata as { labels?: Readonly<Record<string, string>> }).labels ?? {};
}

function deployment(): object {
  return {
    metadata: { name: 'sleep', labels: { app: 'sleep' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'sleep' } },
      template: {
        metadata: { labels: { app: 'sleep' }, annotations: { kept: 'yes' } },
        spec: podSpec(),
      },
    },
  };
}

/** The webhook by which a cluster shows that it has an injector; nothing answers behind it. */
function injector(): object {
  return {
    metadata: {
      name: 'istio-sidecar-injector',
      labels: { app: 'sidecar-injector', 'istio.io/rev': 'default' },
    },
    webhooks: [
      {
        name: 'namespace.sidecar-injector.istio.io',
        clientConfig: { service: { namespace: 'istio-system', name: 'istiod', path: '/inject' } },
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
        namespaceSelector: {
          matchExpressions: [{ key: 'istio-injection', operator: 'In', values: ['enabled'] }],
        },
        objectSelector: {
          matchExpressions: [
            { key: 'sidecar.istio.io/inject', operator: 'NotIn', values: ['false'] },
          ],
        },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
      },
    ],
  };
}
