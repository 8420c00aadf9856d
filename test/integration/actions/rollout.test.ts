import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { rolloutState } from '../../../src/actions/rollout.ts';
import type { RolloutProgress } from '../../../src/actions/rollout.ts';
import { buildMesh } from '../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../src/mesh/snapshot/mesh.ts';
import type { WorkloadRef } from '../../../src/mesh/model/reference.ts';
import { openClusterSource } from '../../../src/sources/cluster/clusterSource.ts';
import type { DemoCluster } from './demoCluster.ts';
import { ASKED, NEVER, startDemoCluster } from './demoCluster.ts';
import { until } from '../../support/until.ts';

function deployment(status: object, generation = 2, replicas = 2): unknown {
  return {
    kind: 'Deployment',
    metadata: { generation },
    spec: { replicas },
    status: { observedGeneration: 2, ...status },
  };
}

const complete = { replicas: 2, updatedReplicas: 2, availableReplicas: 2, readyReplicas: 2 };

const states: readonly (readonly [string, unknown, string])[] = [
  ['all pods new and available', deployment(complete), 'complete'],
  ['a template that the controller has not seen yet', deployment(complete, 3), 'rolling'],
  [
    'a new pod that is not available yet',
    deployment({ ...complete, availableReplicas: 1 }),
    'rolling',
  ],
  ['an old pod that still runs', deployment({ ...complete, replicas: 3 }), 'rolling'],
  ['scaled to nothing', deployment({}, 2, 0), 'complete'],
  [
    'a deadline that passed',
    deployment({
      conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded', message: 'x' }],
    }),
    'stuck',
  ],
  [
    'a StatefulSet whose old revision still runs',
    {
      kind: 'StatefulSet',
      metadata: { generation: 1 },
      spec: { replicas: 1 },
      status: {
        observedGeneration: 1,
        replicas: 1,
        updatedReplicas: 1,
        readyReplicas: 1,
        currentRevision: 'a',
        updateRevision: 'b',
      },
    },
    'rolling',
  ],
  [
    'a DaemonSet on all nodes',
    {
      kind: 'DaemonSet',
      metadata: { generation: 1 },
      status: {
        observedGeneration: 1,
        desiredNumberScheduled: 3,
        updatedNumberScheduled: 3,
        numberAvailable: 3,
      },
    },
    'complete',
  ],
];

describe('a rollout', () => {
  for (const [name, manifest, expected] of states) {
    it(`${name}: ${expected}`, () => {
      assert.equal(rolloutState(manifest).kind, expected);
    });
  }
});

describe('bringing a client of the tutorial into the mesh', () => {
  let cluster: DemoCluster;
  before(async () => {
    cluster = await startDemoCluster();
  });
  after(() => cluster.dispose());
  const sleep: WorkloadRef = { kind: 'Deployment', namespace: 'legacy', name: 'sleep' };

  it('labels the pod template of one workload and nothing else, and Undo takes it back', async () => {
    const plan = await cluster.actions.planInjection(
      await meshOf(cluster),
      { scope: 'workload', workload: sleep },
      NEVER,
    );
    assert.equal(plan.kind, 'plan', JSON.stringify(plan));
    assert.deepEqual(plan.restarted, [sleep]);
    const prepared = await cluster.actions.prepare(plan.desired, NEVER);
    assert.equal(prepared.kind, 'ready', JSON.stringify(prepared));
    const was = await cluster.live(sleep);
    const applied = await cluster.actions.commit(prepared, ASKED, NEVER);
    assert.equal(applied.kind, 'applied', JSON.stringify(applied));
    const progress: RolloutProgress[] = [];
    const options = {
      timeoutMs: 10_000,
      signal: NEVER,
      onProgress: (one: RolloutProgress) => progress.push(one),
    };
    assert.deepEqual(await cluster.actions.waitForRollout(sleep, options), { kind: 'complete' });
    const containers = await containersOf(cluster, 'legacy', 'sleep');
    assert.deepEqual(containers.sort(), ['istio-proxy', 'sleep']);
    const undone = await cluster.actions.undo(applied.entry.id, NEVER);
    assert.equal(undone.kind, 'restored', JSON.stringify(undone));
    assert.deepEqual((await cluster.live(sleep))?.['spec'], was?.['spec']);
    assert.deepEqual(await cluster.actions.waitForRollout(sleep, options), { kind: 'complete' });
    assert.deepEqual(await containersOf(cluster, 'legacy', 'sleep'), ['sleep']);
  });

  it('labels a namespace and restarts its workloads', async () => {
    const plan = await cluster.actions.planInjection(
      await meshOf(cluster),
      { scope: 'namespace', namespace: 'legacy' },
      NEVER,
    );
    assert.equal(plan.kind, 'plan', JSON.stringify(plan));
    assert.deepEqual(plan.restarted.map((one) => one.name).sort(), ['httpbin', 'sleep']);
    assert.deepEqual(plan.desired[0].after?.metadata.labels?.['istio-injection'], 'enabled');
    const prepared = await cluster.actions.prepare(plan.desired, NEVER);
    assert.equal(prepared.kind, 'ready', JSON.stringify(prepared));
    assert.equal((await cluster.actions.commit(prepared, ASKED, NEVER)).kind, 'applied');
    for (const ref of plan.restarted) {
      assert.deepEqual(
        await cluster.actions.waitForRollout(ref, { timeoutMs: 10_000, signal: NEVER }),
        { kind: 'complete' },
      );
    }
    assert.deepEqual((await containersOf(cluster, 'legacy', 'httpbin')).sort(), [
      'httpbin',
      'istio-proxy',
    ]);
  });

  it('has nothing to do for a workload that has a sidecar', async () => {
    const workload: WorkloadRef = { kind: 'Deployment', namespace: 'foo', name: 'sleep' };
    const plan = await cluster.actions.planInjection(
      await meshOf(cluster),
      { scope: 'workload', workload },
      NEVER,
    );
    assert.deepEqual(plan, { kind: 'nothing-to-do' });
  });

  it('ends in time when pods never become ready, and when it is cancelled', async () => {
    const slow = await startDemoCluster({ podStartMs: 60_000 });
    try {
      const ref: WorkloadRef = { kind: 'Deployment', namespace: 'legacy', name: 'sleep' };
      const plan = await slow.actions.planInjection(
        await meshOf(slow),
        { scope: 'workload', workload: ref },
        NEVER,
      );
      assert.equal(plan.kind, 'plan');
      const prepared = await slow.actions.prepare(plan.desired, NEVER);
      assert.equal(prepared.kind, 'ready');
      await slow.actions.commit(prepared, ASKED, NEVER);
      const late = await slow.actions.waitForRollout(ref, { timeoutMs: 150, signal: NEVER });
      assert.equal(late.kind, 'timed-out');
      const signal = AbortSignal.timeout(50);
      assert.deepEqual(await slow.actions.waitForRollout(ref, { timeoutMs: 10_000, signal }), {
        kind: 'cancelled',
      });
    } finally {
      await slow.dispose();
    }
  });
});

async function meshOf({ transport }: DemoCluster): Promise<Mesh> {
  const source = openClusterSource({ transport, namespace: 'default' });
  await until('an answer of the cluster', () => source.status.kind !== 'connecting');
  const mesh = buildMesh(source.snapshot());
  source.dispose();
  return mesh;
}

async function containersOf(
  cluster: DemoCluster,
  namespace: string,
  app: string,
): Promise<string[]> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const answer = await cluster.transport.request({
    method: 'GET',
    path,
    query: { labelSelector: `app=${app}` },
  });
  assert.equal(answer.kind, 'ok');
  type Container = { name: string; restartPolicy?: string };
  const { items } = answer.body as {
    items: {
      metadata: { deletionTimestamp?: string };
      spec: { containers: Container[]; initContainers?: Container[] };
    }[];
  };
  const [pod] = items.filter((one) => one.metadata.deletionTimestamp === undefined);
  const native = (pod?.spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always');
  return [...(pod?.spec.containers ?? []), ...native].map((one) => one.name);
}
