import { test } from 'node:test';
import fc from 'fast-check';
import { effective } from '../../src/cli/effective.ts';
import { decode } from '../../src/mesh/decode/decode.ts';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { buildMesh } from '../../src/mesh/model/buildMesh.ts';
import { allWorkloads } from '../../src/mesh/model/mesh.ts';
import { connect } from '../../src/mesh/mtls/connection.ts';
import { describeOutcome, describeReason } from '../../src/mesh/mtls/describe.ts';
import { calledPorts } from '../conformance/podAndService.ts';
import { meshArbitrary } from './meshArbitrary.ts';
import { numRuns } from './runs.ts';

const kinds = [
  ...['Namespace', 'Pod', 'Service', 'ConfigMap', 'ReplicationController', 'EndpointSlice'],
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob'],
  ...[
    'PeerAuthentication',
    'DestinationRule',
    'Sidecar',
    'ServiceEntry',
    'WorkloadEntry',
    'Gateway',
  ],
  'MutatingWebhookConfiguration',
] as const;

const apiVersions = [
  'v1',
  'apps/v1',
  'batch/v1',
  'discovery.k8s.io/v1',
  'security.istio.io/v1',
  'networking.istio.io/v1',
] as const;

/** Values that break careless readers: wrong types, absurd numbers, prototype names, very long names. */
const oddValue = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    -1,
    0,
    65_536,
    1e308,
    Number.NaN,
    '',
    'n'.repeat(10_000),
    '__proto__',
    'constructor',
    null,
    [],
    {},
  ),
);

const fieldNames = fc.constantFrom(
  ...[
    'selector',
    'matchLabels',
    'mtls',
    'mode',
    'portLevelMtls',
    'host',
    'trafficPolicy',
    'tls',
    'subsets',
    'ports',
    'port',
  ],
  ...[
    'template',
    'spec',
    'containers',
    'metadata',
    'labels',
    'exportTo',
    'egress',
    'hosts',
    'endpoints',
    'data',
    '__proto__',
  ],
);

const oddObject = fc.record({
  apiVersion: fc.constantFrom(...apiVersions),
  kind: fc.constantFrom(...kinds),
  metadata: fc.oneof(
    oddValue,
    fc.record({
      name: oddValue,
      namespace: oddValue,
      labels: oddValue,
      annotations: oddValue,
      ownerReferences: oddValue,
      creationTimestamp: oddValue,
    }),
  ),
  spec: fc.oneof(oddValue, fc.dictionary(fieldNames, oddValue)),
});

/** Asks everything there is to ask; whatever comes out, nothing is thrown. */
function askEverything(values: readonly unknown[]): void {
  const objects = values.flatMap((value) => decode(value, { kind: 'cluster' }).object ?? []);
  const mesh = buildMesh({ objects });
  effective(mesh, undefined).table();
  const [first] = allWorkloads(mesh);
  const clients = [
    { kind: 'outside' } as const,
    ...(first === undefined ? [] : [{ kind: 'workload', workload: first.ref } as const]),
  ];
  const called = calledPorts(values.filter(isManifest)).slice(0, 3);
  for (const { host, port } of [
    ...called,
    { host: 'a.b', port: 80 },
    { host: '', port: -1 },
    { host: '10.1.0.1', port: 8080 },
  ]) {
    for (const client of clients) {
      for (const { outcome, because } of connect(mesh, client, { host, port })) {
        describeOutcome(outcome);
        because.map(describeReason);
      }
    }
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
    numRuns: numRuns * 4,
  });
});

/** A mesh with one field of one object replaced by something odd. */
const damagedMesh = fc
  .tuple(
    meshArbitrary('sidecar'),
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
  fc.assert(fc.property(damagedMesh, askEverything), { numRuns: numRuns * 4 });
});

test('owners that own each other, and themselves, end in an answer', () => {
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
