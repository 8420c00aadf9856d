import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { effectiveJson } from '../../src/cli/effective.ts';
import {
  inverse,
  takenBack,
  withDesired,
  type Change,
  type Desired,
} from '../../src/mesh/change/change.ts';
import { planEnforcement, type DesiredMode } from '../../src/mesh/change/enforce.ts';
import type { EnforceTarget } from '../../src/mesh/change/enforceTarget.ts';
import { preflight } from '../../src/mesh/change/preflight.ts';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { allWorkloads, type Mesh } from '../../src/mesh/snapshot/mesh.ts';
import type { ObjectKind, ObjectRef, WorkloadRef } from '../../src/mesh/model/reference.ts';
import { sameRef } from '../../src/mesh/model/reference.ts';
import { effectiveMode } from '../../src/mesh/policy/serverMode.ts';
import { meshOf } from '../conformance/engineMesh.ts';
import { outcomesBetween } from '../conformance/engineOutcomes.ts';
import { calledPorts } from '../conformance/podAndService.ts';
import { eachPair, told } from '../support/eachPair.ts';
import { meshArbitrary } from './meshArbitrary.ts';
import { numRuns } from './runs.ts';

const anyMesh = fc.oneof(meshArbitrary('sidecar'), meshArbitrary('ambient'));
const modes = fc.constantFrom<DesiredMode>('STRICT', 'PERMISSIVE', 'DISABLE', 'INHERITED');

function refOf({ kind, metadata }: Manifest): ObjectRef {
  // Generated manifests are of kinds that the engine reads.
  return { kind: kind as ObjectKind, namespace: metadata.namespace ?? '', name: metadata.name };
}

function changeTo(objects: readonly Manifest[], { ref, after }: Desired): Change {
  return { ref, before: objects.find((object) => sameRef(refOf(object), ref)), after };
}

/** Everything that is told about a mesh: its modes, and what becomes of every connection. */
function everythingTold(mesh: Mesh, objects: readonly Manifest[]): unknown {
  const clients = [...allWorkloads(mesh)].map(({ ref }) => ref);
  const outcomes = calledPorts(objects).flatMap(({ host, port }) =>
    clients.map((workload) =>
      outcomesBetween(mesh, { kind: 'workload', workload }, { host, port }),
    ),
  );
  return { modes: effectiveJson(mesh, undefined), outcomes };
}

/** Whether taking changes back restores all that was told before, and giving them twice is giving them once. */
function assertRestores(objects: readonly Manifest[], desired: readonly Desired[]): void {
  const mesh = meshOf(objects);
  const before = everythingTold(mesh, objects);
  const changed = withDesired(mesh, desired);
  const changes = desired.map((one) => changeTo(objects, one));
  assert.deepEqual(everythingTold(withDesired(changed, takenBack(changes)), objects), before);
  for (const change of changes) assert.deepEqual(inverse(inverse(change)), change);
  const again = everythingTold(withDesired(changed, desired), objects);
  assert.deepEqual(again, everythingTold(changed, objects));
}

function targetsOf(mesh: Mesh, objects: readonly Manifest[]): readonly EnforceTarget[] {
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
  return [
    { scope: 'mesh' },
    ...namespaces.map(
      ({ metadata }) => ({ scope: 'namespace', namespace: metadata.name }) as const,
    ),
    ...[...allWorkloads(mesh)].flatMap(({ ref }) => [
      { scope: 'workload', workload: ref } as const,
      { scope: 'port', workload: ref, port: 8080 } as const,
    ]),
  ];
}

interface AskedChange {
  readonly mesh: { readonly objects: readonly Manifest[] };
  readonly target: number;
  readonly mode: DesiredMode;
  readonly except: number;
}

const asked: fc.Arbitrary<AskedChange> = fc.record({
  mesh: anyMesh,
  target: fc.nat(),
  mode: modes,
  except: fc.nat(3),
});

/** What is asked for, and the plan for it. */
function planned({ mesh: { objects }, target, mode, except }: AskedChange) {
  const mesh = meshOf(objects);
  const targets = targetsOf(mesh, objects);
  const chosen = targets[target % targets.length] ?? { scope: 'mesh' };
  const exceptions = isWide(chosen) && mode === 'STRICT' ? exceptionsIn(mesh, chosen, except) : [];
  return {
    mesh,
    objects,
    chosen,
    exceptions,
    plan: planEnforcement(mesh, chosen, mode, exceptions),
  };
}

type WideTarget = Extract<EnforceTarget, { scope: 'mesh' | 'namespace' }>;

function isWide(target: EnforceTarget): target is WideTarget {
  return target.scope === 'mesh' || target.scope === 'namespace';
}

function exceptionsIn(mesh: Mesh, target: WideTarget, count: number): readonly WorkloadRef[] {
  return [...allWorkloads(mesh)]
    .map(({ ref }) => ref)
    .filter(({ namespace }) => target.scope === 'mesh' || target.namespace === namespace)
    .slice(0, count);
}

test('a mode that is enforced at any scope, with exceptions or without, is taken back without a trace', () => {
  fc.assert(
    fc.property(asked, (question) => {
      const { plan, objects } = planned(question);
      if (plan.kind === 'plan') assertRestores(objects, plan.desired);
    }),
    { numRuns },
  );
});

test('a mode that is enforced on a workload or a port is the mode it has then', () => {
  fc.assert(
    fc.property(asked, (question) => {
      const { plan, mesh, chosen } = planned(question);
      if (plan.kind !== 'plan' || isWide(chosen) || question.mode === 'INHERITED') return;
      const changed = withDesired(mesh, plan.desired);
      const workload = [...allWorkloads(changed)].find(({ ref }) => sameRef(ref, chosen.workload));
      assert.ok(workload !== undefined);
      const port = chosen.scope === 'port' ? chosen.port : undefined;
      assert.equal(effectiveMode(changed, workload, port).mode, question.mode);
    }),
    { numRuns },
  );
});

test('who is affected by a change is who is affected by its inverse', () => {
  fc.assert(
    fc.property(asked, (question) => {
      const { plan, mesh } = planned(question);
      if (plan.kind !== 'plan') return;
      const changed = withDesired(mesh, plan.desired);
      const there = preflight(mesh, changed).connections.map(pairOf).sort();
      const back = preflight(changed, mesh).connections.map(pairOf).sort();
      assert.deepEqual(back, there);
    }),
    { numRuns: Math.ceil(numRuns / 2) },
  );
});

test('clients that are compared together fare as each of them does alone', () => {
  fc.assert(
    fc.property(asked, (question) => {
      const { plan, mesh } = planned(question);
      if (plan.kind !== 'plan') return;
      const changed = withDesired(mesh, plan.desired);
      const alone = [...allWorkloads(changed)].map(({ ref }) =>
        preflight(mesh, changed, [{ kind: 'workload', workload: ref }]),
      );
      const outside = preflight(mesh, changed, [{ kind: 'outside' }]);
      const together = preflight(mesh, changed);
      const each = [outside, ...alone];
      assert.deepEqual(
        together.connections.map(effectOn).sort(),
        each.flatMap(({ connections }) => connections.map(effectOn)).sort(),
      );
      assert.equal(
        together.unknown,
        each.reduce((sum, { unknown }) => sum + unknown, 0),
      );
    }),
    { numRuns: Math.ceil(numRuns / 2) },
  );
});

test('the comparison of classes tells exactly what asking each pair of client and server tells', () => {
  fc.assert(
    fc.property(asked, (question) => {
      const { plan, mesh } = planned(question);
      if (plan.kind !== 'plan') return;
      const changed = withDesired(mesh, plan.desired);
      const together = preflight(mesh, changed).connections.map(told).sort();
      assert.deepEqual(together, eachPair(mesh, changed));
    }),
    { numRuns },
  );
});

type Changed = ReturnType<typeof preflight>['connections'][number];

function effectOn({ client, server, effect }: Changed): string {
  return JSON.stringify([client, server, effect]);
}

function pairOf({ client, server }: Changed): string {
  return JSON.stringify([client, server]);
}

/** What bringing into the mesh writes: a label of a namespace, or of the pods that a controller makes. */
function injected(object: Manifest): Manifest | undefined {
  const labels = { 'istio-injection': 'enabled' };
  if (object.kind === 'Namespace') return { ...object, metadata: { ...object.metadata, labels } };
  if (object.kind !== 'Deployment') return undefined;
  const metadata = { labels: { app: 'web', 'sidecar.istio.io/inject': 'true' } };
  return { ...object, spec: { template: { metadata, spec: { containers: [] } } } };
}

test('labels that ask for injection, and any policy, are taken back without a trace', () => {
  fc.assert(
    fc.property(anyMesh, fc.nat(), fc.boolean(), ({ objects }, pick, removes) => {
      const changeable = objects.filter(
        (object) => injected(object) !== undefined || object.kind === 'PeerAuthentication',
      );
      const object = changeable[pick % changeable.length];
      if (object === undefined) return;
      const isPolicy = object.kind === 'PeerAuthentication';
      const strict: Manifest = { ...object, spec: { mtls: { mode: 'STRICT' } } };
      const after = isPolicy ? (removes ? undefined : strict) : injected(object);
      assertRestores(objects, [{ ref: refOf(object), apiVersion: object.apiVersion, after }]);
    }),
    { numRuns },
  );
});
