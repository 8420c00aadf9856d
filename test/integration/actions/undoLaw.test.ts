import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';

import { journalInMemory, openJournal } from '../../../src/actions/journal.ts';
import { sameContent } from '../../../src/actions/manifestContent.ts';
import { undo } from '../../../src/actions/rollback.ts';
import { podsOf } from '../../../src/mesh/change/workloadPods.ts';
import type { WorkloadRef } from '../../../src/mesh/model/reference.ts';
import { buildMesh } from '../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../src/mesh/snapshot/mesh.ts';
import { openClusterSource } from '../../../src/sources/cluster/clusterSource.ts';
import { until } from '../../support/until.ts';
import type { Manifest } from '../../../src/mesh/model/manifest.ts';
import type { DemoCluster } from './demoCluster.ts';
import { NEVER, change, desire, policy, policyRef, startDemoCluster } from './demoCluster.ts';

let cluster: DemoCluster;

before(async () => {
  cluster = await startDemoCluster();
});
after(() => cluster.dispose());

/** One step of a chain: what a policy becomes; undefined deletes it. */
interface Step {
  readonly name: 'a' | 'b';
  readonly mode: string | undefined;
  readonly port: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  name: fc.constantFrom('a', 'b'),
  mode: fc.constantFrom('STRICT', 'PERMISSIVE', 'DISABLE', undefined),
  port: fc.boolean(),
});

function wanted({ name, mode, port }: Step): Manifest | undefined {
  if (mode === undefined) return undefined;
  const selector = { matchLabels: { app: name } };
  const ports = port ? { portLevelMtls: { 8080: { mode: 'DISABLE' } } } : {};
  return policy('bar', { selector, mtls: { mode }, ...ports }, name);
}

const state = (): Promise<readonly (Manifest | undefined)[]> =>
  Promise.all([cluster.live(policyRef('bar', 'a')), cluster.live(policyRef('bar', 'b'))]);

function assertSameState(
  is: readonly (Manifest | undefined)[],
  was: readonly (Manifest | undefined)[],
): void {
  for (const [index, before] of was.entries()) {
    const now = is[index];
    const isSame =
      now === undefined || before === undefined ? now === before : sameContent(now, before);
    assert.ok(isSame, JSON.stringify({ now, before }));
  }
}

/** Makes a change, unless the policy is like that already; the state before it, and its entry. */
async function make(one: Step) {
  const was = await state();
  const manifest = wanted(one);
  const present = was[one.name === 'a' ? 0 : 1];
  const isLikeThat = manifest === undefined ? present === undefined : sameSpec(present, manifest);
  if (isLikeThat) return undefined;
  const shape = manifest ?? policy('bar', {}, one.name);
  return { was, id: await change(cluster, { ...desire(shape), after: manifest }) };
}

function sameSpec(present: Manifest | undefined, manifest: Manifest): boolean {
  return JSON.stringify(present?.['spec']) === JSON.stringify(manifest['spec']);
}

describe('Undo', () => {
  it('leads every chain of changes back, step by step, from the journal alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        const made = [];
        for (const one of steps) {
          const done = await make(one);
          if (done !== undefined) made.push(done);
        }
        for (const { was, id } of made.reverse()) {
          // As after a restart.
          const journal = openJournal(journalInMemory(cluster.store));
          const undone = await undo(cluster.transport, journal, id, NEVER);
          assert.equal(undone.kind, 'restored', JSON.stringify(undone));
          assertSameState(await state(), was);
        }
      }),
      { numRuns: 15, seed: 8 },
    );
  });
});

describe('sidecars that were given and taken', () => {
  const ref = { kind: 'Namespace', namespace: '', name: 'legacy' } as const;
  const target = { scope: 'namespace', namespace: 'legacy' } as const;

  /** Labels and pods: everything that such a change is about. */
  const seen = async () => ({
    labels: (await cluster.live(ref))?.metadata.labels,
    pods: podsOf(await readMesh(), ref),
  });

  async function move(way: 'in' | 'out') {
    const { actions } = cluster;
    const mesh = await readMesh();
    const plan =
      way === 'in'
        ? await actions.planInjection(mesh, target, NEVER)
        : await actions.planWithdrawal(mesh, target, NEVER);
    assert.ok(plan.kind === 'plan', JSON.stringify(plan));
    assert.deepEqual(plan.restarted.map(({ name }) => name).sort(), ['httpbin', 'sleep']);
    const id = await change(cluster, ...plan.desired);
    await rolledOut(plan.restarted);
    const expected = way === 'in' ? ['sidecar'] : ['none'];
    // A pod that ends may still be listed for a moment.
    await until('the new pods alone', async () => {
      for (const { dataPlanes } of (await seen()).pods) assert.deepEqual(dataPlanes, expected);
      return true;
    });
    return { id, restarted: plan.restarted };
  }

  it('are as before after Undo, labels and pods, one step after the other', async () => {
    const outside = await seen();
    const given = await move('in');
    const inside = await seen();
    const taken = await move('out');
    assert.deepEqual(await seen(), outside);
    for (const [{ id, restarted }, before] of [
      [taken, inside],
      [given, outside],
    ] as const) {
      const undone = await cluster.actions.undo(id, NEVER);
      assert.equal(undone.kind, 'restored', JSON.stringify(undone));
      await rolledOut(restarted);
      await until('the state before', async () => {
        assert.deepEqual(await seen(), before);
        return true;
      });
    }
  });

  it('stay where somebody else applied the label that asks for them', async () => {
    const mesh = await readMesh();
    const foo = { scope: 'namespace', namespace: 'foo' } as const;
    const plan = await cluster.actions.planWithdrawal(mesh, foo, NEVER);
    assert.ok(plan.kind === 'plan');
    assert.equal((await cluster.actions.prepare(plan.desired, NEVER)).kind, 'conflict');
  });

  it('cannot be taken from what has none', async () => {
    const plan = await cluster.actions.planWithdrawal(await readMesh(), target, NEVER);
    assert.deepEqual(plan, { kind: 'nothing-to-do' });
  });
});

async function rolledOut(workloads: readonly WorkloadRef[]): Promise<void> {
  for (const ref of workloads) {
    const options = { timeoutMs: 20_000, signal: NEVER };
    const result = await cluster.actions.waitForRollout(ref, options);
    assert.deepEqual(result, { kind: 'complete' });
  }
}

/** The mesh as the cluster has it. */
async function readMesh(): Promise<Mesh> {
  const source = openClusterSource({ transport: cluster.transport, namespace: 'default' });
  try {
    await until('an answer of the cluster', () => source.status.kind !== 'connecting');
    return buildMesh(source.snapshot());
  } finally {
    source.dispose();
  }
}
