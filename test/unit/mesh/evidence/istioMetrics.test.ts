import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callerAt, callerKey } from '../../../../src/mesh/evidence/callers.ts';
import type { MetricGrowth } from '../../../../src/mesh/evidence/istioMetrics.ts';
import { callsOfMetrics } from '../../../../src/mesh/evidence/istioMetrics.ts';
import { meshOf, pod } from '../../../support/meshNotation.ts';

const withAddress = (manifest: ReturnType<typeof pod>, podIP: string, hostNetwork = false) => ({
  ...manifest,
  spec: { ...(manifest['spec'] as object), hostNetwork },
  status: { ...(manifest['status'] as object), podIP, podIPs: [{ ip: podIP }] },
});

const manifests = [
  withAddress(pod('shop/web', 'sidecar'), '10.0.0.1'),
  withAddress(pod('shop/cart', 'ambient'), '10.0.0.2'),
  withAddress(pod('legacy/sleep', 'none'), '10.0.0.3'),
  withAddress(pod('kube-system/agent', 'none'), '10.9.9.9', true),
];
const mesh = meshOf(manifests);

const http = 'istio_requests_total';
const tcp = 'istio_tcp_connections_opened_total';
const failed = 'istio_tcp_connections_failed_total';

/** A counter of calls of `shop/web` by `legacy/sleep`, as a server's sidecar reports them, unless told otherwise. */
function growth(metric: string, labels: Readonly<Record<string, string>>, count = 3): MetricGrowth {
  return {
    metric,
    labels: {
      reporter: 'destination',
      source_workload: 'sleep',
      source_workload_namespace: 'legacy',
      destination_workload: 'web',
      destination_workload_namespace: 'shop',
      ...labels,
    },
    count,
  };
}

const security = (value: string) => ({ connection_security_policy: value });
const ofCart = { destination_workload: 'cart' };

/** What a reading says in words: wire, count and unit of each group of calls, and how many servers were heard. */
function told(...growths: readonly MetricGrowth[]): string {
  const { calls, heard, unlabelled } = callsOfMetrics(mesh, growths, 'prometheus');
  const words = calls.map(
    ({ caller, server, wire, count, unit }) =>
      `${callerKey(caller)} > ${server.name}: ${count} ${unit} ${wire}`,
  );
  return [...words, `heard ${heard.size}`, `unlabelled ${unlabelled.size}`].join(', ');
}

const sleep = 'Pod/legacy/sleep';
const cases: readonly (readonly [string, readonly MetricGrowth[], string])[] = [
  [
    'a sidecar’s `none` is plaintext (R263)',
    [growth(http, security('none'))],
    `${sleep} > web: 3 requests plaintext, heard 1, unlabelled 0`,
  ],
  [
    'a sidecar’s `mutual_tls` is what it says',
    [growth(http, security('mutual_tls'))],
    `${sleep} > web: 3 requests mutual-tls, heard 1, unlabelled 0`,
  ],
  [
    'what the client’s side calls `unknown` is nothing, and not plaintext (R263)',
    [growth(http, { ...security('unknown'), reporter: 'source' })],
    'heard 0, unlabelled 0',
  ],
  [
    'ztunnel’s `unknown`, as the server’s side, is plaintext (R263)',
    [growth(tcp, { ...security('unknown'), ...ofCart })],
    `${sleep} > cart: 3 connections plaintext, heard 1, unlabelled 0`,
  ],
  [
    'ztunnel’s `mutual_tls` is what it says',
    [growth(tcp, { ...security('mutual_tls'), ...ofCart })],
    `${sleep} > cart: 3 connections mutual-tls, heard 1, unlabelled 0`,
  ],
  [
    'an `unknown` of a server with a sidecar says nothing',
    [growth(tcp, security('unknown'))],
    'heard 0, unlabelled 1',
  ],
  [
    'a series without the label says nothing, as where Telemetry removes it',
    [growth(http, {})],
    'heard 0, unlabelled 1',
  ],
  [
    'a waypoint’s report is not its backend’s (R97)',
    [growth(http, { ...security('mutual_tls'), ...ofCart, reporter: 'waypoint' })],
    'heard 0, unlabelled 0',
  ],
  [
    'whoever says nothing of itself is someone without a proxy (R264)',
    [
      growth(http, {
        ...security('none'),
        source_workload: 'unknown',
        source_workload_namespace: 'unknown',
      }),
    ],
    'no-proxy > web: 3 requests plaintext, heard 1, unlabelled 0',
  ],
  [
    'a name that no workload has is kept',
    [growth(http, { ...security('none'), source_workload: 'gone' })],
    'named/legacy/gone > web: 3 requests plaintext, heard 1, unlabelled 0',
  ],
  [
    'replicas and Services of the same two workloads are one',
    [
      growth(http, { ...security('none'), pod: 'a' }, 2),
      growth(http, { ...security('none'), pod: 'b' }, 5),
    ],
    `${sleep} > web: 7 requests plaintext, heard 1, unlabelled 0`,
  ],
  [
    'a server that was not called is heard of all the same',
    [growth(http, security('mutual_tls'), 0)],
    'heard 1, unlabelled 0',
  ],
  [
    'what grew by a part of one call was a call',
    [growth(http, security('none'), 0.3)],
    `${sleep} > web: 1 requests plaintext, heard 1, unlabelled 0`,
  ],
  [
    'ztunnel’s refusals are no calls that got through',
    [growth(failed, { ...ofCart, response_flags: 'DENY' })],
    `${sleep} > cart: 3 connections refused, heard 1, unlabelled 0`,
  ],
  [
    'a server that the mesh does not have is passed over',
    [growth(http, { ...security('none'), destination_workload: 'other' })],
    'heard 0, unlabelled 0',
  ],
];

describe('of Istio’s counters (R263, R264),', () => {
  for (const [name, growths, expected] of cases) {
    it(name, () => {
      assert.equal(told(...growths), expected);
    });
  }

  it('the last time of several series is the latest', () => {
    const times = [5, 9, undefined].map((lastSeen): MetricGrowth => ({
      ...growth(http, security('none')),
      ...(lastSeen !== undefined && { lastSeen }),
    }));
    assert.equal(callsOfMetrics(mesh, times, 'prometheus').calls[0]?.lastSeen, 9);
  });
});

describe('an address', () => {
  it('is that of the workload whose pod has it', () => {
    assert.equal(callerKey(callerAt(mesh, '10.0.0.3')), sleep);
  });

  it('of a node is not that of a pod on the node’s network', () => {
    assert.deepEqual(callerAt(mesh, '10.9.9.9'), { kind: 'outside', address: '10.9.9.9' });
  });

  it('that nobody has is outside, and unknown where pods could not be read', () => {
    assert.equal(callerAt(mesh, '203.0.113.7').kind, 'outside');
    const missing = [{ kind: 'Pod', namespace: 'shop', why: 'forbidden' }] as const;
    assert.equal(callerAt(meshOf(manifests, { missing }), '203.0.113.7').kind, 'unknown');
  });
});
