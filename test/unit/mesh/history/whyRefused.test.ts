import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { buildMesh, describeWhy, type Manifest, type Mesh } from '../../../../src/mesh/index.ts';
import { refusalOf } from '../../../../src/mesh/history/refusal.ts';
import { whyRefused, type WhyRefused } from '../../../../src/mesh/history/whyRefused.ts';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';

type Json = Readonly<Record<string, unknown>>;

function pod(namespace: string, name: string, sidecar: boolean, createdAt: string): Json {
  const labels = { app: name, ...(sidecar ? { 'security.istio.io/tlsMode': 'istio' } : {}) };
  const proxy = { name: 'istio-proxy', args: ['proxy', 'sidecar'] };
  const containers = [{ name, ports: [{ containerPort: 80 }] }, ...(sidecar ? [proxy] : [])];
  const metadata = { namespace, name, labels, creationTimestamp: createdAt };
  const status = { phase: 'Running' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers }, status };
}

function service(namespace: string, name: string): Json {
  const spec = { selector: { app: name }, ports: [{ name: 'http', port: 80 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name }, spec };
}

function written(yaml: string, manager: string, time: string): Json {
  const { metadata, spec, ...rest } = parse(yaml) as Json;
  const fieldsV1 = fieldsOf({ spec: spec });
  const managedFields = [{ manager, time, fieldsV1 }];
  return {
    ...rest,
    spec,
    metadata: { ...(metadata as Json), creationTimestamp: time, managedFields },
  };
}

/** The set of fields of an object, in the form of `managedFields`; lists are leaves. */
function fieldsOf(object: Json): Json {
  const entries = Object.entries(object).map(([key, value]) => {
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [`f:${key}`, isMap ? fieldsOf(value as Json) : {}];
  });
  return Object.fromEntries(entries) as Json;
}

const strict = written(
  `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { namespace: shop, name: default }
spec: { mtls: { mode: STRICT } }`,
  'kubectl-edit',
  '2026-01-01T11:30:00Z',
);

const plain = written(
  `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { namespace: shop, name: cart }
spec: { host: cart, trafficPolicy: { tls: { mode: DISABLE } } }`,
  'helm',
  '2026-01-01T11:50:00Z',
);

const now = Date.parse('2026-01-01T12:00:00Z');
const hour = 3_600_000;
const old = '2025-12-01T00:00:00Z';
const to = { host: 'cart.shop.svc.cluster.local', port: 80 };

const world = [
  pod('shop', 'cart', true, old),
  service('shop', 'cart'),
  pod('shop', 'web', true, old),
  pod('legacy', 'job', false, old),
];

function meshOf(objects: readonly Json[]): Mesh {
  const decoded = objects.flatMap((one) => decodeObject(one, { kind: 'cluster' }).object ?? []);
  return buildMesh({ objects: decoded });
}

function why(
  objects: readonly Json[],
  namespace: string,
  name: string,
  since = now - hour,
): WhyRefused {
  const mesh = meshOf([...world, ...objects]);
  const client = { kind: 'workload', workload: { kind: 'Pod', namespace, name } } as const;
  const refusal = refusalOf(mesh, client, to);
  assert.ok(refusal, 'it is not refused');
  const manifests = new Map(
    objects.map((one) => {
      const { namespace: at, name: called } = one['metadata'] as Record<string, string>;
      return [`${one['kind'] as string}/${at}/${called}`, one as unknown as Manifest] as const;
    }),
  );
  return whyRefused(mesh, refusal, { manifests, since });
}

describe('why a connection is refused', () => {
  it('names the object, the field, its value, who wrote it and when', () => {
    const [culprit] = why([strict], 'legacy', 'job').culprits;
    assert.equal(culprit?.field.object.name, 'default');
    assert.equal(culprit.field.field, 'spec.mtls.mode');
    assert.equal(culprit.value, 'STRICT');
    assert.deepEqual(culprit.write, { manager: 'kubectl-edit', time: '2026-01-01T11:30:00Z' });
    assert.equal(culprit.isRecent, true);
  });

  it('names all connections that the same object refuses', () => {
    const [culprit] = why([strict], 'legacy', 'job').culprits;
    const clients = culprit?.refuses.map(({ client }) =>
      client.kind === 'outside' ? 'outside' : client.workload.name,
    );
    assert.deepEqual(clients?.toSorted(), ['job', 'outside']);
  });

  it('offers a change of one field under which it is answered, and none that does not help', () => {
    const [culprit] = why([strict], 'legacy', 'job').culprits;
    assert.equal(culprit?.remedy?.value, 'PERMISSIVE');
    const both = why([strict, plain], 'shop', 'web').culprits;
    const rule = both.find(({ field }) => field.object.kind === 'DestinationRule');
    assert.equal(rule?.remedy?.value, 'ISTIO_MUTUAL');
  });

  it('names the latest change first', () => {
    const [first] = why([strict, plain], 'shop', 'web').culprits;
    assert.equal(first?.write?.manager, 'helm');
  });

  it('says that no change explains it where all was written before the time that is asked about', () => {
    const found = why([strict], 'legacy', 'job', now - hour / 4);
    assert.equal(found.culprits[0]?.isRecent, false);
    assert.match(describeWhy(found).join(' '), /No change of mTLS in that time explains this/);
  });

  it('names pods without a proxy that were made within that time', () => {
    const fresh = pod('legacy', 'job', false, '2026-01-01T11:59:00Z');
    const found = why([strict, fresh], 'legacy', 'job');
    assert.equal(found.recentPods[0]?.workload.name, 'job');
  });

  it('says who wrote nothing is known where the object could not be read', () => {
    const mesh = meshOf([...world, strict]);
    const client = {
      kind: 'workload',
      workload: { kind: 'Pod', namespace: 'legacy', name: 'job' },
    } as const;
    const refusal = refusalOf(mesh, client, to);
    assert.ok(refusal);
    const found = whyRefused(mesh, refusal, { manifests: new Map(), since: 0 });
    assert.equal(found.culprits[0]?.write, undefined);
    assert.match(describeWhy(found).join(' '), /nothing tells who wrote it/);
  });
});

describe('a connection that is not refused', () => {
  it('has no reason to be', () => {
    const client = {
      kind: 'workload',
      workload: { kind: 'Pod', namespace: 'shop', name: 'web' },
    } as const;
    assert.equal(refusalOf(meshOf([...world, strict]), client, to), undefined);
  });
});

describe('a mesh of 10 000 workloads', () => {
  it('is answered for in less than 10 seconds', () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      pod(`ns-${index % 200}`, `app-${index}`, index % 3 > 0, old),
    );
    const started = performance.now();
    const found = why([strict, ...many], 'legacy', 'job');
    assert.ok((found.culprits[0]?.refuses.length ?? 0) > 3_000);
    assert.ok(performance.now() - started < 10_000);
  });
});
