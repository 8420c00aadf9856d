import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { decode } from '../../../../src/mesh/decode/decode.ts';
import type { Json } from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface ProblemRow extends Row {
  readonly spec: Json;
  readonly kind?: 'ServiceEntry' | 'PeerAuthentication';
  /** `path: message`, the message only as far as it matters; `(path)` is a warning. */
  readonly problems: readonly string[];
}

function check({ spec, kind, problems }: ProblemRow): void {
  const manifest = {
    apiVersion: `${kind === 'PeerAuthentication' ? 'security' : 'networking'}.istio.io/v1`,
    kind: kind ?? 'DestinationRule',
    metadata: { name: 'x', namespace: 'shop' },
    spec: kind === undefined ? { host: 'cart', ...spec } : spec,
  };
  const found = decode(manifest, { kind: 'cluster' }).problems.map(
    ({ path, message, severity }) => {
      const at = path.join('.').replace('spec.', '').replace('trafficPolicy.tls.', '');
      return `${severity === 'error' ? at : `(${at})`}: ${message}`;
    },
  );
  assert.equal(found.length, problems.length, found.join('\n'));
  for (const [index, expected] of problems.entries())
    assert.ok(found[index]?.startsWith(expected), found[index]);
}

const tls = (settings: Json): Json => ({ trafficPolicy: { tls: settings } });
const selects = { workloadSelector: { matchLabels: { app: 'web' } } };
const FILES = { clientCertificate: '/c.pem', privateKey: '/k.pem' };

const shapes: readonly ProblemRow[] = [
  {
    says: 'a trafficPolicy that sets nothing',
    rules: ['R282'],
    spec: { trafficPolicy: {} },
    problems: ['trafficPolicy: A trafficPolicy sets at least one thing'],
  },
  {
    says: 'a port-level entry that sets nothing',
    rules: ['R282'],
    spec: { trafficPolicy: { portLevelSettings: [{ port: { number: 80 } }] } },
    problems: ['trafficPolicy.portLevelSettings.0: A port-level setting sets one of'],
  },
  {
    says: 'two subsets of one name',
    rules: ['R282'],
    spec: { subsets: [{ name: 'v1' }, { name: 'v2' }, { name: 'v1' }] },
    problems: ['subsets.2.name: Another subset is called "v1" too'],
  },
  {
    says: 'and points out a port-level entry that drops the TLS of the host',
    rules: ['R162', 'R285'],
    spec: {
      trafficPolicy: {
        tls: { mode: 'ISTIO_MUTUAL' },
        portLevelSettings: [{ port: { number: 80 }, loadBalancer: { simple: 'RANDOM' } }],
      },
    },
    problems: ['(trafficPolicy.portLevelSettings.0): This entry sets no tls'],
  },
];

const policies: readonly ProblemRow[] = [
  {
    says: 'fields that no schema knows, at any depth, as what the API server drops',
    rules: ['R281'],
    kind: 'PeerAuthentication',
    spec: {
      selector: { matchLabels: { app: 'cart' }, matchExpressions: [] },
      mtl: { mode: 'STRICT' },
      mtls: { Mode: 'STRICT' },
      portLevelMtls: { 8080: { mode: 'DISABLE', port: 8080 } },
    },
    problems: [
      '(mtl): "mtl" is no field here',
      '(selector.matchExpressions): "matchExpressions" is no field here',
      '(mtls.Mode): "Mode" is no field here',
      '(portLevelMtls.8080.port): "port" is no field here',
    ],
  },
  {
    says: 'nothing in a policy that uses every field there is',
    rules: ['R281'],
    kind: 'PeerAuthentication',
    spec: {
      selector: { matchLabels: { app: 'cart' } },
      mtls: { mode: 'STRICT' },
      portLevelMtls: { 8080: { mode: 'DISABLE' } },
    },
    problems: [],
  },
];

const clientTls: readonly ProblemRow[] = [
  {
    says: 'nothing in SIMPLE with a CA, and in MUTUAL with files',
    rules: ['R283'],
    spec: {
      ...tls({ mode: 'SIMPLE', caCertificates: '/ca' }),
      subsets: [{ name: 'a', ...tls({ mode: 'MUTUAL', ...FILES }) }],
    },
    problems: [],
  },
  {
    says: 'MUTUAL without certificates',
    rules: ['R171', 'R283'],
    spec: tls({ mode: 'MUTUAL', caCertificates: '/ca' }),
    problems: ['clientCertificate: MUTUAL needs clientCertificate', 'privateKey: MUTUAL needs'],
  },
  {
    says: 'certificates beside a credentialName',
    rules: ['R283'],
    spec: {
      ...selects,
      ...tls({ mode: 'MUTUAL', credentialName: 'x', ...FILES, caCertificates: '/ca', caCrl: '/r' }),
    },
    problems: [
      'clientCertificate: clientCertificate cannot',
      'privateKey',
      'caCertificates',
      'caCrl',
    ],
  },
  {
    says: 'a ConfigMap of another namespace',
    rules: ['R283'],
    spec: tls({ mode: 'SIMPLE', credentialName: 'configmap://web/x' }),
    problems: ['credentialName: A ConfigMap must be of the rule’s own namespace, shop'],
  },
  {
    says: 'nothing in a ConfigMap of its own namespace',
    rules: ['R170', 'R283'],
    spec: tls({ mode: 'SIMPLE', credentialName: 'configmap://shop/x' }),
    problems: [],
  },
  {
    says: 'and points out a credentialName that sidecars ignore',
    rules: ['R170', 'R285'],
    spec: tls({ mode: 'SIMPLE', credentialName: 'x' }),
    problems: ['(credentialName): Sidecars ignore credentialName'],
  },
  {
    says: 'nothing in a credentialName of a rule that selects its clients',
    rules: ['R170'],
    spec: { ...selects, ...tls({ mode: 'SIMPLE', credentialName: 'x' }) },
    problems: [],
  },
  {
    says: 'and points out certificates that ISTIO_MUTUAL does not use',
    rules: ['R168', 'R283'],
    spec: tls({ mode: 'ISTIO_MUTUAL', ...FILES }),
    problems: [
      '(clientCertificate): clientCertificate has no effect with mode ISTIO_MUTUAL',
      '(privateKey)',
    ],
  },
  {
    says: 'and points out certificates of a block without a mode, which is DISABLE',
    rules: ['R165', 'R283'],
    spec: tls({ caCertificates: '/ca', credentialName: 'x' }),
    problems: [
      '(caCertificates): caCertificates has no effect with mode DISABLE',
      '(credentialName)',
    ],
  },
  {
    says: 'insecureSkipVerify with SIMPLE and anything to verify by',
    rules: ['R283'],
    spec: {
      ...selects,
      ...tls({
        mode: 'SIMPLE',
        insecureSkipVerify: true,
        subjectAltNames: ['a'],
        credentialName: 'x',
      }),
    },
    problems: ['subjectAltNames: subjectAltNames cannot', 'credentialName: credentialName cannot'],
  },
  {
    says: 'insecureSkipVerify with MUTUAL and a CA',
    rules: ['R283'],
    spec: tls({ mode: 'MUTUAL', insecureSkipVerify: true, ...FILES, caCertificates: '/ca' }),
    problems: ['caCertificates: caCertificates cannot'],
  },
];

const exportTo = (...entries: readonly string[]): Json => ({ exportTo: entries });

const exports: readonly ProblemRow[] = [
  { says: 'nothing in "*"', rules: ['R284'], spec: exportTo('*'), problems: [] },
  { says: 'nothing in "." with others', rules: ['R284'], spec: exportTo('.', 'web'), problems: [] },
  {
    says: '"~" in a rule',
    rules: ['R284'],
    spec: exportTo('~'),
    problems: ['exportTo.0: "~" is for ServiceEntries only'],
  },
  {
    says: 'nothing in "~" of a ServiceEntry',
    rules: ['R284'],
    kind: 'ServiceEntry',
    spec: exportTo('~'),
    problems: [],
  },
  {
    says: '"~" of a ServiceEntry beside a namespace',
    rules: ['R284'],
    kind: 'ServiceEntry',
    spec: exportTo('~', 'web'),
    problems: ['exportTo.0: "~" stands alone'],
  },
  {
    says: '"*" beside anything',
    rules: ['R284'],
    spec: exportTo('web', '*'),
    problems: ['exportTo.1: "*" stands alone'],
  },
  {
    says: '"." beside the namespace’s own name',
    rules: ['R284'],
    spec: exportTo('.', 'shop'),
    problems: ['exportTo.0: "." and "shop" are the same'],
  },
  {
    says: 'a namespace listed twice',
    rules: ['R284'],
    spec: exportTo('web', 'web'),
    problems: ['exportTo.1: "web" is listed twice'],
  },
  {
    says: 'what cannot be a namespace',
    rules: ['R284'],
    spec: exportTo('Web', 'a'.repeat(64)),
    problems: ['exportTo.0: "Web" is not a namespace', 'exportTo.1: "aaa'],
  },
  {
    says: 'a rule with a workloadSelector that is exported',
    rules: ['R159', 'R284'],
    spec: { ...selects, ...exportTo('web') },
    problems: ['exportTo.0: A rule with a workloadSelector can be exported to its own'],
  },
  {
    says: 'nothing in one that stays at home',
    rules: ['R159', 'R284'],
    spec: { ...selects, ...exportTo('shop') },
    problems: [],
  },
];

describe('a rule’s shape: Istio refuses', () => {
  rows(shapes, check);
});

describe('the client TLS of a rule: Istio refuses', () => {
  rows(clientTls, check);
});

describe('exportTo: Istio refuses', () => {
  rows(exports, check);
});

describe('a policy’s fields: it says', () => {
  rows(policies, check);
});
