import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { effectiveJson } from '../../src/cli/effective.ts';
import { withDesired } from '../../src/mesh/change/change.ts';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { updateMesh } from '../../src/mesh/snapshot/buildMesh.ts';
import { allWorkloads, workloadOfPod, type Mesh } from '../../src/mesh/snapshot/mesh.ts';
import { refKey, type ObjectKind, type ObjectRef } from '../../src/mesh/model/reference.ts';
import { connect, type Client, type HostPort } from '../../src/mesh/connection/connection.ts';
import { effectiveMode } from '../../src/mesh/policy/serverMode.ts';
import { decodeAll, meshOf } from '../conformance/engineMesh.ts';
import { outcomesBetween } from '../conformance/engineOutcomes.ts';
import { calledPorts } from '../conformance/podAndService.ts';
import { askedPorts } from '../conformance/recordedMesh.ts';
import { authorizationPolicies, virtualServices } from './accessArbitrary.ts';
import { meshArbitrary } from './meshArbitrary.ts';
import { numRuns } from './runs.ts';

const governedMesh = fc.oneof(meshArbitrary('sidecar'), meshArbitrary('ambient'));

/** With policies about who is let in, and routes, which the naive implementation does not know. */
const anyMesh = governedMesh.chain(({ objects }) => {
  const namespaces = objects
    .filter(({ kind }) => kind === 'Namespace')
    .map(({ metadata }) => metadata.name);
  const hosts = objects
    .filter(({ kind }) => kind === 'Service')
    .map(({ metadata: { name, namespace = '' } }) => `${name}.${namespace}.svc.cluster.local`);
  return fc
    .tuple(authorizationPolicies(namespaces), virtualServices(namespaces, hosts))
    .map(([policies, routes]) => ({ objects: [...objects, ...policies, ...routes] }));
});

/** Labels of namespaces, and the webhooks that read them, decide about pods to come and not about those that run (R114). */
const labelledMesh = fc
  .tuple(anyMesh, fc.constantFrom('istio-injection=enabled', 'istio.io/dataplane-mode=ambient', ''))
  .map(([{ objects }, label]) => {
    const [key = '', value = ''] = label.split('=');
    const labels = label === '' ? {} : { labels: { [key]: value } };
    const others = objects.map((object) =>
      object.kind === 'Namespace' && object.metadata.name !== 'istio-system'
        ? { ...object, metadata: { ...object.metadata, ...labels } }
        : object,
    );
    return { objects: label === '' ? others : [...others, injector] };
  });

const injector: Manifest = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'istio-sidecar-injector', labels: { app: 'sidecar-injector' } },
  webhooks: [
    {
      name: 'namespace.sidecar-injector.istio.io',
      namespaceSelector: { matchLabels: { 'istio-injection': 'enabled' } },
    },
  ],
};

interface Asked {
  readonly client: Client;
  readonly server: HostPort;
  /** The Service or ServiceEntry that is called, and the other name used. */
  readonly about: readonly Manifest[];
}

/** Every connection of a mesh: all workloads and a client outside, to all ports of all hosts. */
function allConnections(mesh: Mesh, objects: readonly Manifest[]): readonly Asked[] {
  const inside = [...allWorkloads(mesh)].map(({ ref }): Client => ({
    kind: 'workload',
    workload: ref,
  }));
  return [{ kind: 'outside' } as const, ...inside].flatMap((client) =>
    calledPorts(objects).map(({ host, port, service, alias }) => ({
      client,
      server: { host, port },
      about: alias === undefined ? [service] : [service, alias],
    })),
  );
}

/** The control plane is what a question is put to, and no part of the answer: which revision, which mesh config. */
function isControlPlane({ kind, metadata }: Manifest): boolean {
  return kind === 'ConfigMap' || (kind === 'Deployment' && metadata.name === 'istiod');
}

function keyOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The keys of all objects that a value refers to, at any depth. */
function namedIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  if (isRef(value)) found.add(refKey(value));
  for (const inner of Object.values(value)) namedIn(inner, found);
  return found;
}

function isRef(value: object): value is ObjectRef {
  return 'kind' in value && 'namespace' in value && 'name' in value;
}

/** What stands for an object in an explanation: the workload for its pods, the Service for its slices. */
function standsFor(mesh: Mesh, object: Manifest): string {
  const { namespace = '', name, labels } = object.metadata;
  if (object.kind === 'EndpointSlice')
    return `Service/${namespace}/${labels?.['kubernetes.io/service-name'] ?? ''}`;
  const workload = object.kind === 'Pod' ? workloadOfPod(mesh, namespace, name) : undefined;
  return workload === undefined ? keyOf(object) : refKey(workload.ref);
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

/** The outcomes of a connection, and what the question and the explanation name. */
function explained(mesh: Mesh, asked: Asked): readonly [unknown, ReadonlySet<string>] {
  const { client, server, about } = asked;
  const named = namedIn([client, connect(mesh, client, server)]);
  for (const object of about) named.add(keyOf(object));
  return [outcomesBetween(mesh, client, server), named];
}

test('the objects that an explanation names are enough to reproduce its outcome', () => {
  fc.assert(
    fc.property(labelledMesh, fc.nat(), ({ objects }, pick) => {
      const mesh = meshOf(objects);
      const connections = allConnections(mesh, objects);
      const asked = connections[pick % Math.max(connections.length, 1)];
      if (asked === undefined) return;
      const [outcome, named] = explained(mesh, asked);
      const enough = objects.filter(
        (object) => isControlPlane(object) || named.has(standsFor(mesh, object)),
      );
      const found = outcomesBetween(meshOf(enough), asked.client, asked.server);
      assert.deepEqual(found, outcome, JSON.stringify(asked.server));
    }),
    { numRuns: numRuns * 2 },
  );
});

test('an object of any kind that no explanation names can be removed without changing its outcome', () => {
  fc.assert(
    fc.property(labelledMesh, fc.nat(), ({ objects }, pick) => {
      const candidates = objects.filter((object) => !isControlPlane(object));
      const removed = candidates[pick % candidates.length];
      if (removed === undefined) return;
      const mesh = meshOf(objects);
      const without = meshOf(objects.filter((object) => object !== removed));
      for (const asked of allConnections(mesh, objects)) {
        const [outcome, named] = explained(mesh, asked);
        if (named.has(standsFor(mesh, removed))) continue;
        const where: string = `${JSON.stringify([asked.client, asked.server])} without ${keyOf(removed)}`;
        assert.deepEqual(outcomesBetween(without, asked.client, asked.server), outcome, where);
      }
    }),
    { numRuns },
  );
});

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

test('a mesh changed step by step is the mesh built at once', () => {
  const growing = anyMesh.chain(({ objects }) =>
    fc.tuple(fc.constant(objects), fc.nat(objects.length)),
  );
  fc.assert(
    fc.property(growing, ([objects, split]) => {
      const later = objects.slice(split);
      let mesh = meshOf(objects.slice(0, split));
      everythingOf(mesh, objects);
      for (const after of later) mesh = withObject(mesh, after);
      assert.deepEqual(everythingOf(mesh, objects), everythingOf(meshOf(objects), objects));
    }),
    { numRuns: Math.ceil(numRuns / 2) },
  );
});

/** ConfigMaps come from clusters alone: no change of ours writes one. */
function withObject(mesh: Mesh, after: Manifest): Mesh {
  if (after.kind === 'ConfigMap') return updateMesh(mesh, { upsert: decodeAll([after]) });
  const { apiVersion, kind, metadata } = after;
  const { namespace = '', name } = metadata;
  const ref = { kind: kind as ObjectKind, namespace, name };
  return withDesired(mesh, [{ ref, apiVersion, after }]);
}

function everythingOf(mesh: Mesh, objects: readonly Manifest[]): unknown {
  const connections = allConnections(mesh, objects).map(({ client, server }) =>
    connect(mesh, client, server),
  );
  return { modes: effectiveJson(mesh, undefined), connections };
}
