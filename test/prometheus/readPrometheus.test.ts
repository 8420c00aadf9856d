import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { BlindSpot, Evidence } from '../../src/mesh/evidence/evidence.ts';
import { callerKey } from '../../src/mesh/evidence/callers.ts';
import { prometheusAt } from '../../src/sources/evidence/prometheusApi.ts';
import { readPrometheus } from '../../src/sources/evidence/readPrometheus.ts';
import { meshOf, pod } from '../support/meshNotation.ts';
import type { RealPrometheus, RecordedSeries } from './realPrometheus.ts';
import { startPrometheus } from './realPrometheus.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Of whole minutes, as scrapes are here. */
const now = Math.floor(Date.now() / MINUTE) * MINUTE;

const http = 'istio_requests_total';
const tcp = 'istio_tcp_connections_opened_total';
const failed = 'istio_tcp_connections_failed_total';

/** A value for each scrape, once a minute, between two times that are told in hours before now. */
function samples(
  [since, until]: readonly [number, number],
  value: (hoursAgo: number) => number | undefined,
): RecordedSeries['samples'] {
  const found: { at: number; value: number }[] = [];
  for (let at = now - since * HOUR; at <= now - until * HOUR; at += MINUTE) {
    const read = value((now - at) / HOUR);
    if (read !== undefined) found.push({ at, value: read });
  }
  return found;
}

/** Six calls an hour, for two days. */
const steady = samples([48, 0], (ago) => Math.floor((48 - ago) * 6));
/** The same counter, of which some hours are missing. */
const without = (from: number, to: number): RecordedSeries['samples'] =>
  samples([48, 0], (ago) => (ago < from && ago > to ? undefined : Math.floor((48 - ago) * 6)));

interface Labels {
  readonly from?: string;
  readonly reporter?: string;
  readonly security?: string;
  readonly others?: Readonly<Record<string, string>>;
}

interface Case {
  readonly name: string;
  readonly server?: 'sidecar' | 'ambient';
  readonly series: readonly {
    readonly metric: string;
    readonly labels: Labels;
    readonly samples: RecordedSeries['samples'];
  }[];
  /** Calls, in words. */
  readonly calls: readonly string[];
  readonly heard: boolean;
  /** Kinds of what the source cannot tell, besides ports, in words. */
  readonly blind?: readonly string[];
  /** Hours that are claimed, 24 unless told. */
  readonly claimed?: number;
}

const cases: readonly Case[] = [
  {
    name: 'plaintext that a sidecar reports is counted, with the time of the last call',
    series: [{ metric: http, labels: { security: 'none' }, samples: steady }],
    calls: ['Pod/legacy/sleep 144 requests plaintext, 0 h ago'],
    heard: true,
  },
  {
    name: 'TCP to a sidecar is counted in connections',
    series: [{ metric: tcp, labels: { security: 'none' }, samples: steady }],
    calls: ['Pod/legacy/sleep 144 connections plaintext, 0 h ago'],
    heard: true,
  },
  {
    name: 'mutual TLS is no plaintext',
    series: [{ metric: http, labels: { security: 'mutual_tls' }, samples: steady }],
    calls: ['Pod/legacy/sleep 144 requests mutual-tls'],
    heard: true,
  },
  {
    name: 'the `unknown` of a client’s sidecar is not plaintext',
    series: [
      { metric: http, labels: { security: 'unknown', reporter: 'source' }, samples: steady },
    ],
    calls: [],
    heard: false,
    blind: ['starts-late'],
    claimed: 0,
  },
  {
    name: 'the `unknown` of the server’s ztunnel is plaintext, and what its client’s says is not counted again',
    server: 'ambient',
    series: [
      { metric: tcp, labels: { security: 'unknown' }, samples: steady },
      { metric: tcp, labels: { security: 'unknown', reporter: 'source' }, samples: steady },
    ],
    calls: ['Pod/legacy/sleep 144 connections plaintext, 0 h ago'],
    heard: true,
  },
  {
    name: 'one call by somebody who never called before is seen, although the counter never rose',
    series: [{ metric: http, labels: { security: 'none' }, samples: samples([3, 0], () => 1) }],
    calls: ['Pod/legacy/sleep 1 requests plaintext, 3 h ago'],
    heard: true,
    blind: ['starts-late'],
    claimed: 3,
  },
  {
    name: 'a proxy that restarts loses none of the calls before and after',
    series: [
      {
        metric: http,
        labels: { security: 'none' },
        samples: samples([48, 0], (ago) => Math.floor((ago > 12 ? 48 - ago : 12 - ago) * 6)),
      },
    ],
    calls: ['Pod/legacy/sleep 144 requests plaintext, 0 h ago'],
    heard: true,
  },
  {
    name: 'a pod that takes the place of another is counted with it',
    series: [
      {
        metric: http,
        labels: { security: 'none', others: { pod: 'web-1' } },
        samples: samples([48, 12], (ago) => Math.floor((48 - ago) * 6)),
      },
      {
        metric: http,
        labels: { security: 'none', others: { pod: 'web-2' } },
        samples: samples([12, 0], (ago) => Math.floor((12 - ago) * 6)),
      },
    ],
    calls: ['Pod/legacy/sleep 144 requests plaintext, 0 h ago'],
    heard: true,
  },
  {
    name: 'who called two days ago and not since has not called, and the server was heard',
    series: [{ metric: http, labels: { security: 'none' }, samples: samples([48, 0], () => 500) }],
    calls: [],
    heard: true,
  },
  {
    name: 'of a server without any series nothing was heard',
    series: [],
    calls: [],
    heard: false,
    blind: ['starts-late'],
    claimed: 0,
  },
  {
    name: 'somebody without a proxy has no name',
    series: [
      {
        metric: http,
        labels: { from: 'unknown/unknown', security: 'none' },
        samples: steady,
      },
    ],
    calls: ['no-proxy 144 requests plaintext, 0 h ago'],
    heard: true,
  },
  {
    name: 'a gateway is a caller like others',
    series: [
      {
        metric: http,
        labels: { from: 'istio-system/istio-ingressgateway', security: 'mutual_tls' },
        samples: steady,
      },
    ],
    calls: ['Pod/istio-system/istio-ingressgateway 144 requests mutual-tls'],
    heard: true,
  },
  {
    name: 'a waypoint does not speak for its backend',
    server: 'ambient',
    series: [
      { metric: http, labels: { security: 'mutual_tls', reporter: 'waypoint' }, samples: steady },
    ],
    calls: [],
    heard: false,
    blind: ['starts-late'],
    claimed: 0,
  },
  {
    name: 'what ztunnel refused is told apart',
    server: 'ambient',
    series: [
      {
        metric: failed,
        labels: { security: 'unknown', others: { response_flags: 'DENY' } },
        samples: steady,
      },
    ],
    calls: ['Pod/legacy/sleep 144 connections refused, 0 h ago'],
    heard: true,
    blind: ['starts-late'],
    claimed: 0,
  },
  {
    name: 'series without the label say nothing of mutual TLS',
    series: [{ metric: http, labels: {}, samples: steady }],
    calls: [],
    heard: false,
    blind: ['no-security-label'],
  },
  {
    name: 'what is younger than the window is claimed for as long as it is there',
    series: [
      {
        metric: http,
        labels: { security: 'none' },
        samples: samples([6, 0], (ago) => Math.floor((6 - ago) * 6)),
      },
    ],
    calls: ['Pod/legacy/sleep 36 requests plaintext, 0 h ago'],
    heard: true,
    blind: ['starts-late'],
    claimed: 6,
  },
  {
    name: 'hours without scrapes are named',
    series: [{ metric: http, labels: { security: 'none' }, samples: without(10, 7) }],
    calls: ['Pod/legacy/sleep 144 requests plaintext, 0 h ago'],
    heard: true,
    blind: ['gap of 3 h until 7 h ago'],
  },
  {
    name: 'that nothing is recorded any more is a gap that lasts',
    series: [{ metric: http, labels: { security: 'none' }, samples: without(2, -1) }],
    calls: ['Pod/legacy/sleep 132 requests plaintext, 2 h ago'],
    heard: true,
    blind: ['gap of 2 h until 0 h ago'],
  },
];

const namespaceOf = (index: number): string => `case-${index}`;

const mesh = meshOf([
  pod('legacy/sleep', 'none'),
  pod('istio-system/istio-ingressgateway', 'gateway'),
  ...cases.map(({ server = 'sidecar' }, index) => pod(`${namespaceOf(index)}/web`, server)),
]);

function recorded({ series }: Case, index: number): readonly RecordedSeries[] {
  return series.map(({ metric, labels, samples: values }): RecordedSeries => {
    const { from = 'legacy/sleep', reporter = 'destination', security, others } = labels;
    const [namespace = '', name = ''] = from.split('/');
    const all = {
      reporter,
      source_workload: name,
      source_workload_namespace: namespace,
      destination_workload: 'web',
      destination_workload_namespace: namespaceOf(index),
      ...(security !== undefined && { connection_security_policy: security }),
      ...others,
    };
    return { metric, labels: all, samples: values };
  });
}

function callWords({ calls }: Evidence): readonly string[] {
  return calls.map(({ caller, count, unit, wire, lastSeen }) => {
    const ago = lastSeen === undefined ? '' : `, ${Math.round((now - lastSeen) / HOUR)} h ago`;
    // What a Prometheus extrapolates is right to a few parts in a hundred.
    const exact: readonly number[] = [1, 36, 132, 144];
    const near = exact.find((one) => Math.abs(one - count) <= one * 0.03) ?? count;
    return `${callerKey(caller)} ${near} ${unit} ${wire}${ago}`;
  });
}

function blindWords(spot: BlindSpot): string {
  if (spot.kind !== 'gap') return spot.kind;
  const { from, to } = spot.window;
  return `gap of ${Math.round((to - from) / HOUR)} h until ${Math.round((now - to) / HOUR)} h ago`;
}

describe('a real Prometheus', () => {
  let prometheus: RealPrometheus;
  const window = { from: now - 24 * HOUR, to: now };
  const read = (
    namespaces: readonly string[] | undefined,
    url = prometheus.url,
    signal = AbortSignal.timeout(60_000),
  ) => readPrometheus(prometheusAt(url, undefined, signal), { mesh, window, namespaces });

  before(async () => {
    prometheus = await startPrometheus();
    await prometheus.record(cases.flatMap(recorded));
  });
  after(async () => {
    await prometheus.end();
  });

  for (const [index, row] of cases.entries()) {
    it(`tells that ${row.name}`, async () => {
      const evidence = await read([namespaceOf(index)]);
      const [source] = evidence.sources;
      assert.ok(source !== undefined, JSON.stringify(evidence.absent));
      assert.deepEqual(callWords(evidence), row.calls);
      assert.equal(source.heard.size, row.heard ? 1 : 0);
      const blind = source.blindSpots.map(blindWords).filter((kind) => kind !== 'no-ports');
      assert.deepEqual(blind, row.blind ?? []);
      const claimed = (source.window.to - source.window.from) / HOUR;
      assert.equal(Math.round(claimed), row.claimed ?? 24);
    });
  }

  it('tells of all namespaces at once what it tells of each', async () => {
    const all = await read(undefined);
    const expected = cases.flatMap(({ calls }) => calls);
    assert.deepEqual(callWords(all).toSorted(), expected.toSorted());
  });

  it('of which nobody is there is absent evidence, and no silence', async () => {
    const { sources, absent } = await read(undefined, 'http://127.0.0.1:9');
    assert.deepEqual(sources, []);
    assert.equal(absent[0]?.why.kind, 'failed');
  });

  it('is not waited for once it was called off', async () => {
    const { sources, absent } = await read(undefined, prometheus.url, AbortSignal.abort());
    assert.deepEqual(sources, []);
    assert.deepEqual(absent[0]?.why, { kind: 'failed', cause: 'It was called off.' });
  });
});
