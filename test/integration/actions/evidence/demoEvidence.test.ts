import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { EvidenceQuestion } from '../../../../src/actions/evidence/readEvidence.ts';
import { readEvidence } from '../../../../src/actions/evidence/readEvidence.ts';
import type { Evidence, EvidenceKind } from '../../../../src/mesh/evidence/evidence.ts';
import { callerKey } from '../../../../src/mesh/evidence/callers.ts';
import type { WorkloadRef } from '../../../../src/mesh/model/reference.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import { openClusterSource } from '../../../../src/sources/cluster/clusterSource.ts';
import { meshOfCluster } from '../../../../src/sources/meshSource.ts';
import type { KubeTransport } from '../../../../src/sources/transport/transport.ts';
import { until } from '../../../support/until.ts';
import type { DemoCluster } from '../demoCluster.ts';
import { NEVER, startDemoCluster } from '../demoCluster.ts';

const HOUR = 3_600_000;
const httpbin: WorkloadRef = { kind: 'Deployment', namespace: 'foo', name: 'httpbin' };

async function meshOf(transport: KubeTransport): Promise<Mesh> {
  const source = meshOfCluster({
    open: () => openClusterSource({ transport, namespace: 'default', namespaces: [] }),
    context: 'demo',
  });
  try {
    await until('the demo mesh', () => source.current?.status.kind === 'synced');
    assert.ok(source.current !== undefined);
    return source.current.mesh;
  } finally {
    source.dispose();
  }
}

function words({ calls }: Evidence): readonly string[] {
  return calls
    .map(({ caller, server, wire, source }) =>
      [source, callerKey(caller), '>', `${server.namespace}/${server.name}`, wire].join(' '),
    )
    .toSorted();
}

describe('the demo mesh', () => {
  let cluster: DemoCluster;
  let question: EvidenceQuestion;
  const ask = (kinds: readonly EvidenceKind[], prometheus = ''): Promise<Evidence> =>
    readEvidence(cluster.transport, { ...question, kinds, prometheus });

  before(async () => {
    cluster = await startDemoCluster();
    const to = Date.now();
    question = {
      mesh: await meshOf(cluster.transport),
      window: { from: to - 24 * HOUR, to },
      servers: [httpbin],
      kinds: [],
      prometheus: '',
      authorization: () => Promise.resolve(undefined),
      signal: NEVER,
    };
  });
  after(() => cluster.dispose());

  it('has a Prometheus beside its control plane that knows who called', async () => {
    const evidence = await ask(['prometheus']);
    const [source] = evidence.sources;
    assert.equal(source?.where, 'Service istio-system/prometheus');
    assert.equal(source.window.to - source.window.from, 24 * HOUR);
    assert.deepEqual(words(evidence), [
      'prometheus Deployment/bar/sleep > foo/httpbin mutual-tls',
      'prometheus no-proxy > foo/httpbin plaintext',
    ]);
    const [unnamed] = evidence.calls.filter(({ wire }) => wire === 'plaintext');
    assert.equal(unnamed?.count, 360 * 24);
  });

  it('has logs whose addresses name who has no proxy', async () => {
    const evidence = await ask(['prometheus', 'logs']);
    assert.ok(words(evidence).includes('logs Deployment/legacy/sleep > foo/httpbin plaintext'));
  });

  it('has counters in its proxies, which are asked where there is no Prometheus', async () => {
    const evidence = await ask(['proxy-stats'], 'istio-system/nobody');
    assert.deepEqual(
      evidence.sources.map(({ kind, where }) => [kind, where]),
      [['proxy-stats', '1 proxy']],
    );
    assert.equal(evidence.absent[0]?.kind, 'prometheus');
  });

  it('counts what really crosses the wire, and refuses it once the policy does', async () => {
    await cluster.applyAs('someone', {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'default', namespace: 'foo' },
      spec: { mtls: { mode: 'STRICT' } },
    });
    await until(
      'a refusal in the log',
      async () => {
        const evidence = await ask(['logs']);
        return evidence.calls.some(
          ({ wire, cause }) => wire === 'refused' && cause === 'no-filter-chain',
        );
      },
      120_000,
    );
  });
});

describe('who may not', () => {
  const cases = [
    ['services/proxy', 'prometheus'],
    ['pods/log', 'logs'],
  ] as const;
  for (const [resource, kind] of cases) {
    it(`reach ${resource} is told so, and the rest is read`, async () => {
      const cluster = await startDemoCluster({}, [{ resource }]);
      try {
        const to = Date.now();
        const evidence = await readEvidence(cluster.transport, {
          mesh: await meshOf(cluster.transport),
          window: { from: to - HOUR, to },
          servers: [httpbin],
          kinds: ['prometheus', 'logs'],
          prometheus: '',
          authorization: () => Promise.resolve(undefined),
          signal: NEVER,
        });
        const [absent] = evidence.absent.filter((one) => one.kind === kind);
        assert.ok(absent?.why.kind === 'forbidden', JSON.stringify(evidence.absent));
        assert.equal(absent.why.resource, resource);
        assert.equal(evidence.sources.length, 1);
      } finally {
        await cluster.dispose();
      }
    });
  }
});
