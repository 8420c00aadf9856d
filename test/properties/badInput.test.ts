import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { effective } from '../../src/cli/effective.ts';
import { withDesired } from '../../src/mesh/change/change.ts';
import { planEnforcement } from '../../src/mesh/change/enforce.ts';
import type { EnforceTarget } from '../../src/mesh/change/enforceTarget.ts';
import { preflight } from '../../src/mesh/change/preflight.ts';
import { decodeObject } from '../../src/sources/yaml/decodeObject.ts';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { buildMesh } from '../../src/mesh/snapshot/buildMesh.ts';
import { allWorkloads, type Mesh } from '../../src/mesh/snapshot/mesh.ts';
import type { WorkloadRef } from '../../src/mesh/model/reference.ts';
import { connect, type Client, type HostPort } from '../../src/mesh/connection/connection.ts';
import { describeOutcome, describeReason } from '../../src/mesh/words/describe.ts';
import { clientSight } from '../../src/mesh/connection/clientSight.ts';
import { seenAs } from '../../src/mesh/connection/symptom.ts';
import { calledPorts } from '../conformance/podAndService.ts';
import { meshArbitrary } from './meshArbitrary.ts';
import { oddNames, oddObject, oddValue } from './oddArbitrary.ts';
import { numRuns } from './runs.ts';

/** Asks everything there is to ask; whatever comes out, nothing is thrown. */
function askEverything(values: readonly unknown[]): void {
  const objects = values.flatMap((value) => decodeObject(value, { kind: 'cluster' }).object ?? []);
  const mesh = buildMesh({ objects });
  effective(mesh, undefined).table();
  const workloads = [...allWorkloads(mesh)].slice(0, 3);
  const clients: readonly Client[] = [
    { kind: 'outside' },
    ...workloads.map(({ ref }): Client => ({ kind: 'workload', workload: ref })),
  ];
  for (const server of serversIn(values)) {
    for (const client of clients) {
      for (const connection of connect(mesh, client, server)) {
        describeOutcome(connection.outcome);
        connection.because.map(describeReason);
        seenAs(connection, clientSight(mesh, client, server));
      }
    }
  }
  for (const { ref } of workloads.slice(0, 1)) previewChanges(mesh, ref);
}

function serversIn(values: readonly unknown[]): readonly HostPort[] {
  return [
    ...calledPorts(values.filter(isManifest)).slice(0, 4),
    { host: 'a.b', port: 80 },
    { host: '', port: -1 },
    { host: '__proto__', port: 0 },
    { host: 'constructor.constructor.svc.cluster.local', port: Number.NaN, subset: '__proto__' },
    { host: '10.1.0.1', port: 65_536 },
  ];
}

/** Who changes if a workload, one port of it, its namespace and the mesh become STRICT. */
function previewChanges(mesh: Mesh, workload: WorkloadRef): void {
  const { namespace } = workload;
  const targets: readonly EnforceTarget[] = [
    { scope: 'mesh' },
    { scope: 'namespace', namespace },
    { scope: 'workload', workload },
    { scope: 'port', workload, port: 0 },
  ];
  for (const target of targets) {
    const plan = planEnforcement(mesh, target, 'STRICT', [workload]);
    if (plan.kind === 'plan') preflight(mesh, withDesired(mesh, plan.desired));
  }
}

function isManifest(value: unknown): value is Manifest {
  return (
    typeof value === 'object' &&
    value !== null &&
    'metadata' in value &&
    typeof value.metadata === 'object' &&
    value.metadata !== null
  );
}

test('nothing throws on random JSON in the place of any kind of object', () => {
  fc.assert(fc.property(fc.array(oddObject, { maxLength: 12 }), askEverything), {
    numRuns: numRuns * 2,
  });
});

/** A mesh with one field of one object replaced by something odd. */
const damagedMesh = fc
  .tuple(
    fc.oneof(meshArbitrary('sidecar'), meshArbitrary('ambient')),
    fc.nat(),
    fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
    oddValue,
  )
  .map(([{ objects }, which, path, value]) =>
    objects.map((object, index) =>
      index === which % objects.length ? replaced(object, path, value) : object,
    ),
  );

function replaced(target: unknown, [step, ...rest]: readonly number[], value: unknown): unknown {
  if (step === undefined || typeof target !== 'object' || target === null) return value;
  const keys = Object.keys(target);
  const key = keys[step % Math.max(keys.length, 1)];
  if (key === undefined) return value;
  const copy: Record<string, unknown> = { ...target };
  copy[key] = replaced(copy[key], rest, value);
  return copy;
}

test('nothing throws on a mesh in which any one field is damaged', () => {
  fc.assert(fc.property(damagedMesh, askEverything), { numRuns });
});

test('there is an answer about owners that own each other, and themselves', () => {
  const owned = (kind: string, name: string, owner: string): unknown => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: {
      name,
      namespace: 'foo',
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, controller: true },
      ],
    },
    spec: { template: { metadata: { labels: { app: 'x' } }, spec: { containers: [] } } },
  });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      namespace: 'foo',
      ownerReferences: [{ kind: 'ReplicaSet', name: 'a', controller: true }],
    },
    spec: {},
  };
  askEverything([
    owned('ReplicaSet', 'a', 'b'),
    owned('ReplicaSet', 'b', 'a'),
    owned('Deployment', 'c', 'c'),
    pod,
  ]);
});

interface Circle {
  readonly says: string;
  readonly objects: readonly unknown[];
}

function object(kind: string, name: string, spec: unknown, more: object = {}): unknown {
  const apiVersion = kind === 'Service' || kind === 'Pod' ? 'v1' : 'networking.istio.io/v1';
  return { apiVersion, kind, metadata: { name, namespace: 'foo', ...more }, spec };
}

function waypoint(name: string, next: string): unknown {
  const labels = {
    'gateway.istio.io/managed': 'istio.io-mesh-controller',
    'gateway.networking.k8s.io/gateway-name': name,
    'istio.io/use-waypoint': next,
  };
  const containers = [{ name: 'istio-proxy', args: ['proxy', 'waypoint'] }];
  return object('Pod', name, { containers }, { labels });
}

const http = [{ number: 80, name: 'http', protocol: 'HTTP' }];
const circles: readonly Circle[] = [
  {
    says: 'a ServiceEntry whose endpoint is its own host',
    objects: [
      object('ServiceEntry', 'self', {
        hosts: ['self.example.com'],
        ports: http,
        resolution: 'DNS',
        endpoints: [{ address: 'self.example.com' }],
      }),
    ],
  },
  {
    says: 'a ServiceEntry and an ExternalName that stand for each other',
    objects: [
      object('ServiceEntry', 'entry', {
        hosts: ['name.foo.svc.cluster.local'],
        ports: http,
        resolution: 'DNS',
      }),
      object('Service', 'name', {
        type: 'ExternalName',
        externalName: 'name.foo.svc.cluster.local',
      }),
    ],
  },
  {
    says: 'waypoints that are each other’s waypoint, and their own',
    objects: [
      waypoint('one', 'two'),
      waypoint('two', 'one'),
      waypoint('three', 'three'),
      object(
        'Service',
        'server',
        { selector: { 'istio.io/use-waypoint': 'one' }, ports: [{ port: 80 }] },
        { labels: { 'istio.io/use-waypoint': 'one' } },
      ),
    ],
  },
  {
    says: 'objects named as the members of every JavaScript object',
    objects: oddNames.flatMap((name) => [
      object(
        'Pod',
        name,
        { containers: [{ name, ports: [{ name, containerPort: 80 }] }] },
        {
          labels: Object.fromEntries([[name, name]]),
        },
      ),
      object('Service', name, {
        selector: Object.fromEntries([[name, name]]),
        ports: [{ name, port: 80, targetPort: name }],
      }),
      object('ServiceEntry', name, { hosts: [name], ports: [{ name, number: 80 }] }),
      object('WorkloadEntry', name, { labels: { app: name }, ports: { constructor: 80 } }),
    ]),
  },
];

for (const { says, objects } of circles) {
  test(`there is an answer about ${says}`, () => {
    askEverything(objects);
    const mesh = buildMesh({
      objects: objects.flatMap((value) => decodeObject(value, { kind: 'cluster' }).object ?? []),
    });
    for (const host of ['self.example.com', 'name.foo.svc.cluster.local', 'server.foo']) {
      for (const { ref } of allWorkloads(mesh)) {
        const answers = connect(mesh, { kind: 'workload', workload: ref }, { host, port: 80 });
        assert.ok(answers.length > 0);
      }
    }
  });
}
