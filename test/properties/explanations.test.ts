import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { effectiveJson } from '../../src/cli/effective.ts';
import { inverse, withDesired, type Change } from '../../src/mesh/change/change.ts';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { allWorkloads, type Mesh } from '../../src/mesh/model/mesh.ts';
import { refKey, type ObjectKind, type ObjectRef } from '../../src/mesh/model/reference.ts';
import {
  connect,
  type Client,
  type Connection,
  type Server,
} from '../../src/mesh/mtls/connection.ts';
import { effectiveMode } from '../../src/mesh/mtls/serverMode.ts';
import { meshOf } from '../conformance/engineMesh.ts';
import { outcomesBetween } from '../conformance/engineOutcomes.ts';
import { calledPorts } from '../conformance/podAndService.ts';
import { askedPorts } from '../conformance/recordedMesh.ts';
import { hasLabels } from '../reference/mode.ts';
import { meshArbitrary, type GeneratedMesh } from './meshArbitrary.ts';
import { numRuns } from './runs.ts';

const anyMesh = fc.oneof(meshArbitrary('sidecar'), meshArbitrary('ambient'));

interface Asked {
  readonly client: Client;
  readonly server: Server;
}

/** Every connection of a mesh: all workloads and a client outside, to all ports of all Services. */
function allConnections(mesh: Mesh, objects: readonly Manifest[]): readonly Asked[] {
  const inside = [...allWorkloads(mesh)].map(({ ref }): Client => ({
    kind: 'workload',
    workload: ref,
  }));
  const servers = calledPorts(objects).map(({ host, port }): Server => ({ host, port }));
  return [{ kind: 'outside' } as const, ...inside].flatMap((client) =>
    servers.map((server) => ({ client, server })),
  );
}

/** The policies that can be taken away without changing who runs where. */
const policyKinds: readonly string[] = [
  'PeerAuthentication',
  'DestinationRule',
  'Sidecar',
] satisfies ObjectKind[];

function isPolicy({ kind }: Manifest): boolean {
  return policyKinds.includes(kind);
}

function keyOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The keys of all objects that a value refers to, at any depth. */
function namedIn(value: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (typeof value !== 'object' || value === null) return found;
  if (isRef(value)) found.add(refKey(value));
  for (const inner of Object.values(value)) namedIn(inner, found);
  return found;
}

function isRef(value: object): value is ObjectRef {
  return 'kind' in value && 'namespace' in value && 'name' in value;
}

test('the order in which objects arrive changes nothing: only their creation times count', () => {
  const shuffled = anyMesh.chain(({ objects }) => {
    const all = [...objects];
    const reordered = fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    return fc.tuple(fc.constant(all), reordered);
  });
  fc.assert(
    fc.property(shuffled, ([objects, reordered]) => {
      const mesh = meshOf(objects);
      const other = meshOf(reordered);
      assert.deepEqual(effectiveJson(other, undefined), effectiveJson(mesh, undefined));
      for (const { client, server } of allConnections(mesh, objects)) {
        assert.deepEqual(connect(other, client, server), connect(mesh, client, server));
      }
    }),
    { numRuns },
  );
});

/** The outcomes of a connection and the policies that its reasons name. */
function explained(mesh: Mesh, { client, server }: Asked): readonly [unknown, ReadonlySet<string>] {
  const connections: readonly Connection[] = connect(mesh, client, server);
  return [
    outcomesBetween(mesh, client, server),
    namedIn(connections.map(({ because }) => because)),
  ];
}

test('the objects that an explanation names are enough to reproduce its outcome', () => {
  fc.assert(
    fc.property(anyMesh, fc.nat(), (generated, pick) => {
      const { objects } = generated;
      const mesh = meshOf(objects);
      const connections = allConnections(mesh, objects);
      const asked = connections[pick % Math.max(connections.length, 1)];
      if (asked === undefined) return;
      const [outcome, named] = explained(mesh, asked);
      const enough = objects.filter(
        (object) =>
          !isPolicy(object) || named.has(keyOf(object)) || isParentInAmbient(generated, object),
      );
      assert.deepEqual(outcomesBetween(meshOf(enough), asked.client, asked.server), outcome);
    }),
    { numRuns: numRuns * 2 },
  );
});

test('a policy that no reason names can be removed without changing an outcome', () => {
  fc.assert(
    fc.property(anyMesh, fc.nat(), (generated, pick) => {
      const { objects } = generated;
      const policies = objects.filter(
        (object) => isPolicy(object) && !isParentInAmbient(generated, object),
      );
      const removed = policies[pick % Math.max(policies.length, 1)];
      if (removed === undefined) return;
      const mesh = meshOf(objects);
      const without = meshOf(objects.filter((object) => object !== removed));
      for (const asked of allConnections(mesh, objects)) {
        const [outcome, named] = explained(mesh, asked);
        if (named.has(keyOf(removed))) continue;
        const where: string = `${JSON.stringify(asked)} without ${keyOf(removed)}`;
        assert.deepEqual(outcomesBetween(without, asked.client, asked.server), outcome, where);
      }
    }),
    { numRuns },
  );
});

/**
 * In ambient, selector-less policies take part in converting every workload policy (R90), also where their own
 * mode decides nothing: only where the conversion is not what the modes say does an explanation name them.
 */
function isParentInAmbient({ kind }: GeneratedMesh, policy: Manifest): boolean {
  return kind === 'ambient' && policy.kind === 'PeerAuthentication' && !hasLabels(policy);
}

test('a policy that neither decides nor is listed as ignored can be removed without changing a mode', () => {
  fc.assert(
    fc.property(anyMesh, ({ objects }) => {
      const mesh = meshOf(objects);
      for (const removed of objects.filter(({ kind }) => kind === 'PeerAuthentication')) {
        const without = meshOf(objects.filter((object) => object !== removed));
        for (const workload of allWorkloads(mesh)) {
          for (const port of askedPorts) {
            const mode = effectiveMode(mesh, workload, port);
            if (namedIn([mode.from, mode.ignored.map(({ policy }) => policy)]).has(keyOf(removed)))
              continue;
            assert.equal(
              effectiveMode(without, workload, port).mode,
              mode.mode,
              `without ${keyOf(removed)}`,
            );
          }
        }
      }
    }),
    { numRuns: Math.ceil(numRuns / 2) },
  );
});

test('a change and then its inverse give the mesh that was there before', () => {
  fc.assert(
    fc.property(
      anyMesh,
      fc.nat(),
      fc.constantFrom('STRICT', 'PERMISSIVE', 'DISABLE', undefined),
      ({ objects }, pick, mode) => {
        const policies = objects.filter(({ kind }) => kind === 'PeerAuthentication');
        const before = policies[pick % Math.max(policies.length, 1)];
        if (before === undefined) return;
        const { kind, metadata } = before;
        const ref = {
          kind: kind as ObjectKind,
          namespace: metadata.namespace ?? '',
          name: metadata.name,
        };
        const after = mode === undefined ? undefined : { ...before, spec: { mtls: { mode } } };
        const change: Change = { ref, before, after };
        const mesh = meshOf(objects);
        const changed = applied(mesh, change);
        const restored = applied(changed, inverse(change));
        assert.deepEqual(effectiveJson(restored, undefined), effectiveJson(mesh, undefined));
        assert.deepEqual(inverse(inverse(change)), change);
      },
    ),
    { numRuns },
  );
});

function applied(mesh: Mesh, { ref, after }: Change): Mesh {
  return withDesired(mesh, [{ ref, apiVersion: 'security.istio.io/v1', after }]);
}

test('a mesh changed step by step is the mesh built at once', () => {
  const growing = anyMesh.chain(({ objects }) =>
    fc.tuple(fc.constant(objects), fc.nat(objects.length)),
  );
  fc.assert(
    fc.property(growing, ([objects, split]) => {
      const later = objects.slice(split);
      let mesh = meshOf(objects.slice(0, split));
      everythingOf(mesh, objects);
      for (const after of later) {
        const ref = {
          kind: after.kind as ObjectKind,
          namespace: after.metadata.namespace ?? '',
          name: after.metadata.name,
        };
        mesh = withDesired(mesh, [{ ref, apiVersion: after.apiVersion, after }]);
      }
      assert.deepEqual(everythingOf(mesh, objects), everythingOf(meshOf(objects), objects));
    }),
    { numRuns: Math.ceil(numRuns / 2) },
  );
});

function everythingOf(mesh: Mesh, objects: readonly Manifest[]): unknown {
  const connections = allConnections(mesh, objects).map(({ client, server }) =>
    connect(mesh, client, server),
  );
  return { modes: effectiveJson(mesh, undefined), connections };
}
