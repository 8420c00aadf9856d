import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connect, type Connection } from '../../../../src/mesh/connection/connection.ts';
import { workloadMtls } from '../../../../src/mesh/server/workloadMtls.ts';
import { findWorkload } from '../../../../src/mesh/snapshot/mesh.ts';
import {
  destinationRule,
  istiod,
  meshConfig,
  meshOf,
  peerAuthentications,
  pod,
  service,
  type Json,
  type PodKind,
} from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface CallRow extends Row {
  readonly given: readonly Json[];
  readonly client?: PodKind;
  readonly host?: string;
  readonly tls?: boolean;
  /** `outcome`, and `by` whom it is refused. */
  readonly outcome: string;
  /** A kind of reason that must be, or with `!` must not be, among the reasons. */
  readonly because?: string;
}

function check({ given, client, host, tls, outcome, because }: CallRow): void {
  const mesh = meshOf([pod('web/client', client ?? 'sidecar'), ...given]);
  const call = { host: host ?? 'server.shop', port: 8080 };
  const [connection, ...more] = connect(
    mesh,
    { kind: 'workload', workload: { kind: 'Pod', namespace: 'web', name: 'client' } },
    tls === undefined ? call : { ...call, tls },
  );
  assert.deepEqual(more, []);
  assert.equal(shown(connection), outcome);
  const kinds: readonly string[] = connection.because.map(({ kind }) => kind);
  if (because?.startsWith('!') === true) assert.ok(!kinds.includes(because.slice(1)));
  else if (because !== undefined) assert.ok(kinds.includes(because), kinds.join());
}

function shown({ outcome }: Connection): string {
  return outcome.kind === 'refused' ? `${outcome.symptom} ${outcome.by}` : outcome.kind;
}

const canary = { annotations: { 'istio.io/rev': 'canary' } };
const server = [pod('shop/server', 'sidecar'), service('shop/server')];
const canaryServer = [pod('shop/server', 'sidecar', canary), service('shop/server')];
const domains = (own: string, canaryConfig: string): readonly Json[] => [
  meshConfig(`trustDomain: ${own}`),
  meshConfig(canaryConfig, 'canary'),
];

/** The client's control plane knows the other one's trust domain as an alias of its own. */
const knowingNew = 'old.example\ntrustDomainAliases:\n- new.example';

const trustDomains: readonly CallRow[] = [
  {
    says: 'the client refuses a server whose trust domain its control plane does not know, before the server sees the client',
    rules: ['R27', 'R168'],
    given: [...canaryServer, ...domains('old.example', 'trustDomain: new.example')],
    outcome: 'server-identity-rejected client',
    because: 'unexpected-trust-domain',
  },
  {
    says: 'that the server would take the client’s trust domain does not help',
    rules: ['R27', 'R168'],
    given: [
      ...canaryServer,
      ...domains('old.example', 'trustDomain: new.example\ntrustDomainAliases:\n- old.example'),
    ],
    outcome: 'server-identity-rejected client',
  },
  {
    says: 'a certificate of another trust domain is refused by the server although its chain is valid',
    rules: ['R27', 'R52'],
    given: [...canaryServer, ...domains(knowingNew, 'trustDomain: new.example')],
    outcome: 'client-certificate-required server',
    because: 'foreign-trust-domain',
  },
  {
    says: 'an alias of the trust domain is taken',
    rules: ['R27'],
    given: [
      ...canaryServer,
      ...domains(knowingNew, 'trustDomain: new.example\ntrustDomainAliases:\n- old.example'),
    ],
    outcome: 'mutual-tls',
  },
  {
    says: 'the trust domain of another authority is taken',
    rules: ['R27'],
    given: [
      ...canaryServer,
      ...domains(
        knowingNew,
        'trustDomain: new.example\ncaCertificates:\n- trustDomains:\n  - old.example',
      ),
    ],
    outcome: 'mutual-tls',
  },
  {
    says: 'a control plane may be told not to look',
    rules: ['R27', 'R251'],
    given: [
      ...canaryServer,
      ...domains(knowingNew, 'trustDomain: new.example'),
      istiod({ PILOT_SKIP_VALIDATE_TRUST_DOMAIN: 'true' }, 'canary'),
    ],
    outcome: 'mutual-tls',
  },
  {
    says: 'plaintext has no trust domain',
    rules: ['R27'],
    given: [
      ...canaryServer,
      ...domains('old.example', 'trustDomain: new.example'),
      destinationRule('shop/server', { tls: 'DISABLE' }),
    ],
    outcome: 'plaintext',
  },
];

const names = (...subjectAltNames: readonly string[]): Json =>
  destinationRule('shop/server', { tls: { mode: 'ISTIO_MUTUAL', subjectAltNames } });

const identities: readonly CallRow[] = [
  {
    says: 'any service account of the server will do where a rule lists none',
    rules: ['R168'],
    given: [...server, destinationRule('shop/server', { tls: 'ISTIO_MUTUAL' })],
    outcome: 'mutual-tls',
  },
  {
    says: 'the server’s own identity may be listed',
    rules: ['R168', 'R255'],
    given: [...server, names('spiffe://cluster.local/ns/shop/sa/default')],
    outcome: 'mutual-tls',
  },
  {
    says: 'the client refuses a server that has none of the listed identities',
    rules: ['R168'],
    given: [...server, names('spiffe://cluster.local/ns/shop/sa/other')],
    outcome: 'server-identity-rejected client',
    because: 'server-identity-rejected',
  },
  {
    says: 'the trust domain of the server’s control plane is part of its identity',
    rules: ['R168', 'R27'],
    given: [
      ...server,
      meshConfig('trustDomain: old.example'),
      names('spiffe://cluster.local/ns/shop/sa/default'),
    ],
    outcome: 'server-identity-rejected client',
  },
];

function ingress(tls: Json | undefined): Json {
  const port = { number: 8080, protocol: 'HTTPS', name: 'https' };
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { namespace: 'shop', name: 'server' },
    spec: { ingress: [{ port, ...(tls === undefined ? {} : { tls }) }] },
  };
}

const flag = istiod({ ENABLE_TLS_ON_SIDECAR_INGRESS: 'true' });
const disabled = peerAuthentications(['shop/s app=server 8080:DISABLE']);
const simple = ingress({ mode: 'SIMPLE' });

const ingressTls: readonly CallRow[] = [
  {
    says: 'plaintext to a port whose TLS a Sidecar ends is refused',
    rules: ['R47'],
    given: [...server, ...disabled, flag, simple],
    outcome: 'server-resets-proxy-plaintext server',
    because: 'ingress-tls',
  },
  {
    says: 'TLS of the application’s own is taken there',
    rules: ['R47'],
    client: 'none',
    tls: true,
    given: [...server, ...disabled, flag, simple],
    outcome: 'tls',
  },
  {
    says: 'TLS without a certificate is not enough for MUTUAL',
    rules: ['R47'],
    client: 'none',
    tls: true,
    given: [...server, ...disabled, flag, ingress({ mode: 'MUTUAL' })],
    outcome: 'client-certificate-required server',
  },
  {
    says: 'mutual TLS of the mesh finds no certificate of the mesh there',
    rules: ['R47'],
    given: [
      ...server,
      ...disabled,
      flag,
      simple,
      destinationRule('shop/server', { tls: 'ISTIO_MUTUAL' }),
    ],
    outcome: 'protocol-mismatch server',
  },
  {
    says: 'the block has no effect unless the control plane is told to read it',
    rules: ['R47'],
    given: [...server, ...disabled, simple],
    outcome: 'plaintext',
    because: '!ingress-tls',
  },
  {
    says: 'the block has no effect on a port that is not DISABLE',
    rules: ['R47'],
    given: [...server, flag, simple],
    outcome: 'mutual-tls',
    because: '!ingress-tls',
  },
];

const loopback: readonly CallRow[] = ['localhost', '127.0.0.1', '::1'].map((host) => ({
  says: `a pod that calls ${host} meets no proxy, whatever its mode`,
  rules: ['R57', 'R142'],
  given: peerAuthentications(['web/default STRICT']),
  host,
  outcome: 'plaintext',
  because: 'loopback',
}));

describe('the identities in certificates', () => {
  rows([...trustDomains, ...identities], check);
});

describe('TLS that a Sidecar object ends', () => {
  rows(ingressTls, check);

  it('is all that such a port accepts [R47]', () => {
    const mesh = meshOf([...server, ...disabled, flag, simple]);
    const workload = findWorkload(mesh, { kind: 'Pod', namespace: 'shop', name: 'server' });
    assert.ok(workload);
    const at = workloadMtls(mesh, workload).ports.find(({ port }) => port === 8080);
    assert.deepEqual(at?.accepts, ['tls']);
  });
});

describe('calls within a pod', () => {
  rows(loopback, check);
});
