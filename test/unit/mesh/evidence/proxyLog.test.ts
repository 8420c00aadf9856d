import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callsOfLogs } from '../../../../src/mesh/evidence/loggedCalls.ts';
import { growthsOfProxy } from '../../../../src/mesh/evidence/proxyCounters.ts';
import { readLogLine } from '../../../../src/mesh/evidence/proxyLog.ts';
import { meshOf, pod } from '../../../support/meshNotation.ts';

const sni = 'outbound_.8000_._.httpbin.foo.svc.cluster.local';
/** A request as the sidecar of its server logs it, in Istio's default format. */
const request = (serverName: string, details = '200 - via_upstream'): string =>
  `[2026-06-01T12:00:00.000Z] "GET /orders?token=SECRET HTTP/1.1" ${details} - "-" 0 15 2 1 "10.0.0.9" "curl/8 \\"x\\"" "id" "httpbin:8000" "10.0.0.1:8080" inbound|8080|| 127.0.0.6:41 10.0.0.1:8080 10.0.0.3:51234 ${serverName} default`;
const noChain =
  '[2026-06-01T12:00:00.000Z] "- - -" 0 NR filter_chain_not_found - "-" 0 0 0 - "-" "-" "-" "-" "-" - - 10.0.0.1:8080 10.0.0.3:51234 - -';
const failedHandshake =
  '[2026-06-01T12:00:00.000Z] "GET / HTTP/1.1" 503 UF,URX upstream_reset_before_response_started{connection_failure} - "TLS_error:|33554536:system library:OPENSSL_internal" 0 91 1 - "-" "curl" "id" "httpbin.foo:8000" "10.0.0.1:8080" outbound|8000||httpbin.foo.svc.cluster.local - 10.96.0.1:8000 10.0.0.3:40000 - default';
const json = JSON.stringify({
  start_time: '2026-06-01T12:00:00.000Z',
  response_code: 0,
  response_flags: 'NR',
  response_code_details: 'filter_chain_not_found',
  downstream_local_address: '10.0.0.1:8080',
  downstream_remote_address: '10.0.0.3:51234',
  requested_server_name: null,
  path: '/SECRET',
});
const ztunnel = (rest: string): string =>
  `2026-06-01T12:00:00.000000Z\terror\taccess\tconnection complete\tsrc.addr=10.0.0.3:51234 src.workload="sleep" dst.addr=10.0.0.2:8080 dst.workload="cart" direction="inbound" bytes_sent=0 ${rest}`;
const strictInAmbient = ztunnel(
  'error="connection closed due to policy rejection: explicitly denied by: istio-system/istio_converted_static_strict"',
);
const deniedInAmbient = ztunnel(
  'error="connection closed due to policy rejection: explicitly denied by: shop/deny-all"',
);

const cases = [
  ['plaintext to a sidecar', request('-'), 'server plaintext'],
  ['mutual TLS to a sidecar', request(sni), 'server mutual-tls'],
  ['plaintext that STRICT refused', noChain, 'server refused no-filter-chain'],
  ['the same in JSON', json, 'server refused no-filter-chain'],
  [
    'what an AuthorizationPolicy denied, by its name',
    request(sni, '403 - rbac_access_denied_matched_policy[ns[shop]-policy[deny-all]-rule[0]]'),
    'server refused authorization-policy AuthorizationPolicy shop/deny-all',
  ],
  [
    'what no AuthorizationPolicy allowed',
    request(sni, '403 - rbac_access_denied_matched_policy[none]'),
    'server refused authorization-policy',
  ],
  ['a handshake that failed, as its client saw it', failedHandshake, 'client refused tls-error'],
  ['what ztunnel refused for mutual TLS', strictInAmbient, 'server refused strict-in-ambient'],
  [
    'what ztunnel refused for an AuthorizationPolicy',
    deniedInAmbient,
    'server refused authorization-policy AuthorizationPolicy shop/deny-all',
  ],
  ['plaintext to ztunnel', ztunnel('duration="1ms"'), 'server plaintext'],
  [
    'mutual TLS to ztunnel',
    ztunnel('src.identity="spiffe://cluster.local/ns/foo/sa/sleep"'),
    'server mutual-tls',
  ],
  ['a line of the agent', '2026-06-01T12:00:00Z info Envoy proxy is ready', undefined],
  ['JSON that is no access log', '{"level":"info"}', undefined],
  ['half a line', noChain.slice(0, 60), undefined],
] as const;

describe('of a proxy’s log,', () => {
  for (const [name, line, expected] of cases) {
    it(`${name} is ${expected ?? 'passed over'}`, () => {
      const read = readLogLine(line);
      const words = read && [read.side, read.wire, read.cause, read.decidedBy];
      assert.equal(words?.filter((word) => word !== undefined).join(' '), expected);
    });
  }

  it('nothing of paths, headers and tokens is kept', () => {
    const all = cases.map(([, line]) => JSON.stringify(readLogLine(line) ?? null)).join('');
    assert.doesNotMatch(all, /SECRET|orders|curl|httpbin/);
  });
});

const at = (manifest: ReturnType<typeof pod>, podIP: string) => ({
  ...manifest,
  status: { ...(manifest['status'] as object), podIP },
});
const mesh = meshOf([
  at(pod('foo/httpbin', 'sidecar'), '10.0.0.1'),
  at(pod('legacy/sleep', 'none'), '10.0.0.3'),
]);

describe('lines of logs', () => {
  it('are counted by caller, server, port and cause, callers by the pods that have their addresses', () => {
    const read = callsOfLogs(mesh, [noChain, noChain, request('-')]);
    assert.deepEqual(
      read.map(({ caller, server, port, wire, count }) => [
        caller.kind === 'workload' && caller.workload.name,
        server.name,
        port,
        wire,
        count,
      ]),
      [
        ['sleep', 'httpbin', 8080, 'refused', 2],
        ['sleep', 'httpbin', 8080, 'plaintext', 1],
      ],
    );
    assert.equal(read[0]?.lastSeen, Date.parse('2026-06-01T12:00:00.000Z'));
  });

  it('of an address that no pod has are from outside', () => {
    const [read] = callsOfLogs(mesh, [noChain.replace('10.0.0.3', '203.0.113.7')]);
    assert.deepEqual(read?.caller, { kind: 'outside', address: '203.0.113.7' });
  });
});

const sample = (count: number, source = 'sleep'): string =>
  `istio_requests_total{reporter="destination",source_workload="${source}",connection_security_policy="none"} ${count}`;

describe('two looks at a proxy’s counters', () => {
  it('tell all since it started, and what grew just now', () => {
    const first = `# HELP x\n${sample(4)}\n${sample(9, 'idle')}\nenvoy_server_uptime{} 5\n`;
    const second = `${sample(6)}\n${sample(9, 'idle')}\nbroken{ 1\n`;
    const read = growthsOfProxy({ first, second, at: 1000 });
    assert.deepEqual(
      read.map(({ labels, count, lastSeen }) => [labels['source_workload'], count, lastSeen]),
      [
        ['sleep', 6, 1000],
        ['idle', 9, undefined],
      ],
    );
  });

  it('read labels with quotes in them', () => {
    const text = 'istio_requests_total{a="x\\"y\\\\z",b="c,d=\\"e\\""} 1 1700000000000';
    const [read] = growthsOfProxy({ first: '', second: text, at: 0 });
    assert.deepEqual(read?.labels, { a: 'x"y\\z', b: 'c,d="e"' });
  });
});
