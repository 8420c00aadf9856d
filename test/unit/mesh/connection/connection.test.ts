import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { connect, type Client } from '../../../../src/mesh/connection/connection.ts';
import type { Outcome } from '../../../../src/mesh/model/explanation.ts';
import {
  destinationRule,
  istiod,
  meshOf,
  peerAuthentications,
  pod,
  service,
  type Json,
  type PodKind,
} from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';
import { SYMPTOM_WORDS } from '../../../support/symptomWords.ts';

/** A server by what it is; every column of the matrices R182 to R184. */
const SERVERS = {
  none: () => server('none'),
  excluded: () =>
    server('sidecar', {
      annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': '8080' },
    }),
  strict: () => [...server('sidecar'), ...mode('STRICT')],
  permissiveHttp: () => server('sidecar'),
  permissiveTcp: () => server('sidecar', {}, 'tcp 8080:8080'),
  disableHttp: () => [...server('sidecar'), ...mode('DISABLE')],
  disableTcp: () => [...server('sidecar', {}, '8080:8080'), ...mode('DISABLE')],
  ambientStrict: () => [...server('ambient'), ...mode('STRICT')],
  ambient: () => server('ambient'),
} as const;

type Column = keyof typeof SERVERS;
const COLUMNS = Object.keys(SERVERS) as readonly Column[];

function server(
  kind: PodKind,
  options: Parameters<typeof pod>[2] = {},
  port = 'http 8080:8080',
): readonly Json[] {
  const written = port.includes(' ') ? port : ` ${port}`;
  return [pod('shop/server', kind, options), service('shop/server', { ports: [written] })];
}

function mode(word: string): readonly Json[] {
  return peerAuthentications([`shop/server app=server ${word}`]);
}

interface MatrixRow extends Row {
  readonly client: PodKind | 'outside';
  readonly with?: readonly Json[];
  readonly hbone?: boolean;
  readonly address?: boolean;
  readonly bypassesProxy?: true;
  readonly clientOptions?: Parameters<typeof pod>[2];
  readonly tls?: boolean;
  /** One word a column, in the order of SERVERS. */
  readonly outcomes: string;
}

const rule = (tls: Json | string): readonly Json[] => [destinationRule('shop/server', { tls })];
const FILES = { mode: 'MUTUAL', clientCertificate: '/c.pem', privateKey: '/k.pem' };
const AUTO_OFF = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'istio-system', name: 'istio' },
    data: { mesh: 'enableAutoMtls: false' },
  },
];

/** none excluded strict permHTTP permTCP disHTTP disTCP ambStrict amb */
const matrix: readonly MatrixRow[] = [
  {
    says: 'a client without a proxy',
    rules: ['R141', 'R182', 'R184', 'R190'],
    client: 'none',
    outcomes: 'plain plain reset plain plain plain plain rejected plain',
  },
  {
    says: 'the container of a sidecar itself, whose calls no sidecar sees',
    rules: ['R141', 'R142', 'R182'],
    client: 'sidecar',
    bypassesProxy: true,
    outcomes: 'plain plain reset plain plain plain plain rejected plain',
  },
  {
    says: 'the container of a gateway, whose own calls are not what the gateway forwards',
    rules: ['R141', 'R142'],
    client: 'gateway',
    bypassesProxy: true,
    outcomes: 'plain plain reset plain plain plain plain rejected plain',
  },
  {
    says: 'a client outside the mesh',
    rules: ['R141', 'R182'],
    client: 'outside',
    outcomes: 'plain plain reset plain plain plain plain rejected plain',
  },
  {
    says: 'a client without a proxy whose application opens TLS to one that speaks TLS',
    rules: ['R184', 'R194', 'R195'],
    client: 'none',
    tls: true,
    outcomes: 'tls tls no-certificate tls-reset tls as-http tls rejected tls',
  },
  {
    says: 'a sidecar with auto mTLS',
    rules: ['R145', 'R147', 'R182', 'R184'],
    client: 'sidecar',
    outcomes: 'plain mismatch istio istio istio plain plain hbone hbone',
  },
  {
    says: 'an ingress gateway with auto mTLS',
    rules: ['R140', 'R182', 'R184'],
    client: 'gateway',
    outcomes: 'plain mismatch istio istio istio plain plain hbone hbone',
  },
  {
    says: 'a sidecar with auto mTLS off',
    rules: ['R145', 'R184'],
    client: 'sidecar',
    with: AUTO_OFF,
    outcomes: 'plain plain proxy-reset plain plain plain plain hbone hbone',
  },
  {
    says: 'a sidecar with a rule DISABLE',
    rules: ['R104', 'R167', 'R169', 'R183', 'R184', 'R191'],
    client: 'sidecar',
    with: rule('DISABLE'),
    outcomes: 'plain plain proxy-reset plain plain plain plain hbone hbone',
  },
  {
    says: 'a sidecar with a rule ISTIO_MUTUAL',
    rules: ['R167', 'R183', 'R184', 'R192'],
    client: 'sidecar',
    with: rule('ISTIO_MUTUAL'),
    outcomes: 'mismatch mismatch istio istio istio as-http mismatch hbone hbone',
  },
  {
    says: 'a sidecar with a rule SIMPLE: what an application without a proxy makes of TLS, no object says',
    rules: ['R167', 'R183', 'R184'],
    client: 'sidecar',
    with: rule('SIMPLE'),
    outcomes: 'untold untold no-certificate tls-reset mismatch as-http mismatch mismatch mismatch',
  },
  {
    says: 'a sidecar with a rule MUTUAL and certificates of its own',
    rules: ['R167', 'R183', 'R184'],
    client: 'sidecar',
    with: rule(FILES),
    outcomes: 'untold untold no-certificate tls-reset mismatch as-http mismatch mismatch mismatch',
  },
  {
    says: 'a sidecar that its annotations bypass',
    rules: ['R142', 'R184'],
    client: 'sidecar',
    clientOptions: {
      annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '8080' },
    },
    outcomes: 'plain plain reset plain plain plain plain rejected plain',
  },
  {
    says: 'an application that runs as the proxy’s own user',
    rules: ['R142'],
    client: 'sidecar',
    clientOptions: { uid: 1337 },
    outcomes: 'plain plain reset plain plain plain plain rejected plain',
  },
  {
    says: 'a sidecar that calls a pod by its address',
    rules: ['R144', 'R182', 'R184'],
    client: 'sidecar',
    address: true,
    outcomes: 'plain plain proxy-reset plain plain plain plain rejected plain',
  },
  {
    says: 'an ambient client, which reads no rules',
    rules: ['R101', 'R143', 'R175', 'R182', 'R184'],
    client: 'ambient',
    with: rule('ISTIO_MUTUAL'),
    outcomes: 'plain plain ambient-reset plain plain plain plain hbone hbone',
  },
  {
    says: 'a waypoint as client of a backend',
    rules: ['R98', 'R99', 'R182', 'R184'],
    client: 'waypoint',
    with: rule('ISTIO_MUTUAL'),
    outcomes: 'plain plain ambient-reset plain plain plain plain hbone hbone',
  },
  {
    says: 'a sidecar of a control plane that sends no HBONE',
    rules: ['R102', 'R167'],
    client: 'sidecar',
    hbone: false,
    outcomes: 'plain mismatch istio istio istio plain plain rejected plain',
  },
  {
    says: 'a rule ISTIO_MUTUAL without HBONE sending',
    rules: ['R102', 'R167', 'R184'],
    client: 'sidecar',
    hbone: false,
    with: rule('ISTIO_MUTUAL'),
    outcomes: 'mismatch mismatch istio istio istio as-http mismatch rejected mismatch',
  },
];

const ADDRESS = '10.0.0.9';

function outcomeFor(row: MatrixRow, column: Column): string {
  const objects = SERVERS[column]().map((object) =>
    object['kind'] === 'Pod' ? { ...object, status: { phase: 'Running', podIP: ADDRESS } } : object,
  );
  const client: Client =
    row.client === 'outside'
      ? { kind: 'outside' }
      : {
          kind: 'workload',
          workload: { kind: 'Pod', namespace: 'web', name: 'client' },
          ...(row.bypassesProxy === undefined ? {} : { bypassesProxy: row.bypassesProxy }),
        };
  const mesh = meshOf([
    ...objects,
    ...(row.client === 'outside' ? [] : [pod('web/client', row.client, row.clientOptions)]),
    ...(row.with ?? []),
    istiod({ PILOT_ENABLE_AMBIENT: String(row.hbone ?? true) }),
  ]);
  const host = row.address === true ? ADDRESS : 'server.shop.svc.cluster.local';
  const to = { host, port: 8080 };
  const [connection, ...more] = connect(mesh, client, row.tls === true ? { ...to, tls: true } : to);
  assert.deepEqual(more, []);
  return shown(connection.outcome);
}

function shown(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'mutual-tls':
      return outcome.transport;
    case 'plaintext':
      return 'plain';
    case 'tls':
      return 'tls';
    case 'refused':
      return SYMPTOM_WORDS[outcome.symptom];
    case 'unknown':
      return outcome.missing.every(({ why }) => why === 'up-to-application')
        ? 'untold'
        : `unknown ${JSON.stringify(outcome.missing)}`;
  }
}

describe('connections from every kind of client to every kind of server', () => {
  rows(matrix, (row) => {
    assert.equal(COLUMNS.map((column) => outcomeFor(row, column)).join(' '), row.outcomes);
  });
});
