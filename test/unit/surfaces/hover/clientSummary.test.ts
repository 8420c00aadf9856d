import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import { buildMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import { clientLines, summarizeClients } from '../../../../src/mesh/topic/clientSummary.ts';
import { plainText } from '../../../../src/mesh/topic/blocks.ts';

const deployment = (namespace: string, name: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [] } } },
});

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'zoo' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
};

const strict = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'default', namespace: 'zoo' },
  spec: { mtls: { mode: 'STRICT' } },
};

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'zoo', labels: { 'istio-injection': 'enabled' } },
};

function meshWith(others: number) {
  const values = [
    namespace,
    strict,
    service,
    deployment('zoo', 'web'),
    deployment('zoo', 'near'),
    ...Array.from({ length: others }, (_, index) => deployment('aaa', `far-${index}`)),
  ];
  return buildMesh({
    objects: values.flatMap((value) => decodeObject(value, { kind: 'cluster' }).object ?? []),
  });
}

const server = { host: 'web.zoo.svc.cluster.local', port: 80 };
const self = [{ kind: 'Deployment', namespace: 'zoo', name: 'web' }] as const;

test('who is refused is named up to five, what works is counted, and nobody calls itself', () => {
  const lines = plainText(clientLines(summarizeClients(meshWith(7), [server], self)));
  assert.equal(
    lines,
    [
      'Clients with a proxy: mutual TLS (1 workload).',
      'Clients without a proxy: refused (aaa/far-0, aaa/far-1, aaa/far-2, aaa/far-3, aaa/far-4 and 2 more).',
    ].join('\n'),
  );
});

test('in a large mesh the neighbours are asked first, and it is said that not all were', () => {
  const summary = summarizeClients(meshWith(1_100), [server], self);
  assert.deepEqual(
    summary.proxied['mutual-tls'].map(({ name }) => name),
    ['near'],
  );
  assert.equal(summary.unproxied.refused.length, 999);
  assert.match(plainText(clientLines(summary)), /Only 1000 workloads were looked at here\.$/);
});
