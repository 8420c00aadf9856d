import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Observation } from '../../../../src/mesh/probe/answer.ts';
import { predict } from '../../../../src/mesh/probe/prediction.ts';
import { curlProbe } from '../../../../src/mesh/probe/probe.ts';
import { verdict } from '../../../../src/mesh/probe/verdict.ts';
import {
  destinationRule,
  meshConfig,
  meshOf,
  peerAuthentications,
  pod,
  service,
  type Json,
  type PodKind,
} from '../../../support/meshNotation.ts';

/** curl's exit code, or the status by which the client's own Envoy answers. */
type Seen = 16 | 35 | 52 | 55 | 56 | 'HTTP 502' | 'HTTP 503';

/** A refused call in a mesh of upstream Envoy 1.40 and curl 7.88 on OpenSSL 3, and all that curl was seen to say to it. */
interface ObservedRow {
  readonly name: string;
  readonly client: PodKind;
  readonly server?: PodKind;
  /** The Service's port, as `name`; `http` unless told otherwise. */
  readonly port?: string;
  readonly policy?: string;
  readonly tls?: string;
  readonly scheme?: 'http' | 'https';
  readonly host?: 'address';
  readonly more?: readonly Json[];
  readonly seen: readonly Seen[];
}

const ADDRESS = '10.10.1.4';
const httpPort = service('other/any', { ports: ['http 8080:8080'] });
const importsOwnOnly: Json = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'Sidecar',
  metadata: { namespace: 'web', name: 'default' },
  spec: { egress: [{ hosts: ['./*'] }] },
};
const registryOnly = meshConfig('outboundTrafficPolicy: { mode: REGISTRY_ONLY }');

const table: readonly ObservedRow[] = [
  {
    name: 'an HTTP port, plaintext to STRICT',
    client: 'sidecar',
    policy: 'STRICT',
    tls: 'DISABLE',
    seen: ['HTTP 503'],
  },
  {
    name: 'a TCP port, plaintext to STRICT',
    client: 'sidecar',
    port: 'tcp',
    policy: 'STRICT',
    tls: 'DISABLE',
    seen: [56],
  },
  {
    name: 'a port named https, plaintext to STRICT',
    client: 'sidecar',
    port: 'https',
    policy: 'STRICT',
    tls: 'DISABLE',
    seen: [56],
  },
  {
    name: 'a TCP port, ISTIO_MUTUAL to a pod without a proxy',
    client: 'sidecar',
    server: 'none',
    port: 'tcp',
    tls: 'ISTIO_MUTUAL',
    seen: [56],
  },
  {
    name: 'a TCP port, SIMPLE to DISABLE',
    client: 'sidecar',
    port: 'tcp',
    policy: 'DISABLE',
    tls: 'SIMPLE',
    seen: [56],
  },
  {
    name: 'a TCP port, SIMPLE to STRICT',
    client: 'sidecar',
    port: 'tcp',
    policy: 'STRICT',
    tls: 'SIMPLE',
    seen: [52],
  },
  {
    name: 'the address of a pod, STRICT',
    client: 'sidecar',
    policy: 'STRICT',
    host: 'address',
    seen: [56],
  },
  {
    name: 'the address of a pod, STRICT, with an HTTP port of that number in the mesh',
    client: 'sidecar',
    policy: 'STRICT',
    host: 'address',
    more: [httpPort],
    seen: ['HTTP 503'],
  },
  {
    name: 'a Service that the client does not import, STRICT',
    client: 'sidecar',
    policy: 'STRICT',
    more: [importsOwnOnly],
    seen: [56],
  },
  {
    name: 'an address nobody registered, REGISTRY_ONLY',
    client: 'sidecar',
    policy: 'STRICT',
    host: 'address',
    more: [registryOnly],
    seen: [52, 56, 'HTTP 502'],
  },
  {
    name: 'https without a proxy to STRICT',
    client: 'none',
    port: 'https',
    policy: 'STRICT',
    scheme: 'https',
    seen: [16, 35, 55, 56],
  },
  {
    name: 'without a proxy to an ambient STRICT',
    client: 'none',
    server: 'ambient',
    policy: 'STRICT',
    seen: [52, 56],
  },
  {
    name: 'https without a proxy to an ambient STRICT',
    client: 'none',
    server: 'ambient',
    port: 'https',
    policy: 'STRICT',
    scheme: 'https',
    seen: [35],
  },
  {
    name: 'the address of an ambient pod, STRICT',
    client: 'sidecar',
    server: 'ambient',
    policy: 'STRICT',
    host: 'address',
    seen: [52, 56],
  },
  { name: 'ambient to a sidecar, STRICT', client: 'ambient', policy: 'STRICT', seen: [52] },
  { name: 'without a proxy to a sidecar, STRICT', client: 'none', policy: 'STRICT', seen: [56] },
];

function observation(seen: Seen): Observation {
  const isStatus = typeof seen === 'string';
  return {
    exitCode: isStatus ? 0 : seen,
    ...(isStatus ? { httpStatus: Number(seen.slice(5)) } : {}),
    showsRequestHeaders: false,
    proxyFailure: isStatus,
    stderr: '',
  };
}

function meshFor({
  client,
  server = 'sidecar',
  port = 'http',
  policy,
  tls,
  more = [],
}: ObservedRow) {
  const addressed = { ...pod('shop/server', server), status: { phase: 'Running', podIP: ADDRESS } };
  return meshOf([
    pod('web/client', client),
    addressed,
    service('shop/server', { ports: [`${port} 8080:8080`] }),
    ...(policy === undefined ? [] : peerAuthentications([`shop/default ${policy}`])),
    ...(tls === undefined ? [] : [destinationRule('shop/rule', { tls })]),
    ...more,
  ]);
}

describe('what was seen on the wire of a refused call is as predicted:', () => {
  for (const row of table) {
    test(row.name, () => {
      const workload = { kind: 'Pod', namespace: 'web', name: 'client' } as const;
      const from = { namespace: 'web', pod: 'client', container: 'app' };
      const host = row.host === 'address' ? ADDRESS : 'server.shop';
      const target = { scheme: row.scheme ?? 'http', host, port: 8080, path: '/' } as const;
      const { connections, ends } = predict(meshFor(row), curlProbe(from, workload, target, 10));
      const kinds = row.seen.map((seen) => [
        seen,
        verdict(connections, observation(seen), ends).kind,
      ]);
      assert.deepEqual(
        kinds,
        row.seen.map((seen) => [seen, 'as-predicted']),
        JSON.stringify({ connections, ends }),
      );
    });
  }
});

test('what a TCP port cannot say is not taken for a refusal', () => {
  const row: ObservedRow = {
    name: '',
    client: 'sidecar',
    port: 'tcp',
    policy: 'STRICT',
    tls: 'DISABLE',
    seen: [],
  };
  const workload = { kind: 'Pod', namespace: 'web', name: 'client' } as const;
  const from = { namespace: 'web', pod: 'client', container: 'app' };
  const target = { scheme: 'http', host: 'server.shop', port: 8080, path: '/' } as const;
  const { connections, ends } = predict(meshFor(row), curlProbe(from, workload, target, 10));
  assert.notEqual(verdict(connections, observation(35), ends).kind, 'as-predicted');
});

test('a probe of https leaves curl one way to fail, and asks nobody who signed', () => {
  const workload = { kind: 'Pod', namespace: 'web', name: 'client' } as const;
  const from = { namespace: 'web', pod: 'client', container: 'app' };
  const options = (scheme: 'http' | 'https'): readonly string[] =>
    curlProbe(from, workload, { scheme, host: 'a.b', port: 1, path: '/' }, 5).command.slice(1, -1);
  const added = options('https').filter((option) => !options('http').includes(option));
  assert.deepEqual(added, ['--http1.1', '-k']);
});
