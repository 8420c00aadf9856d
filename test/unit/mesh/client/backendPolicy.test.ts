import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { connect } from '../../../../src/mesh/connection/connection.ts';
import type { MissingFact } from '../../../../src/mesh/model/explanation.ts';
import {
  destinationRule,
  istiod,
  meshConfig,
  meshOf,
  namespace,
  peerAuthentications,
  pod,
  secondsLater,
  service,
  waypoint,
  type Json,
  type PodKind,
} from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface PolicyRow extends Row {
  readonly given: readonly Json[];
  readonly client?: PodKind;
  readonly host?: string;
  readonly port?: number;
  readonly missing?: readonly MissingFact[];
  /** Outcome, or symptom of a refused one; for an unknown one the kinds that are missing. */
  readonly outcome: string;
  /** `kind object field` of each reason that names a rule, in order. */
  readonly by?: readonly string[];
}

interface TlsOptions {
  readonly targets?: readonly Json[];
  readonly validation?: Json;
  readonly annotations?: Json;
  readonly age?: number;
}

const SERVER: Json = { group: '', kind: 'Service', name: 'server' };
const HTTPS: Json = { ...SERVER, sectionName: 'https' };
const SYSTEM: Json = { hostname: 'server.example', wellKnownCACertificates: 'System' };
const AUTHORITIES = (kind: string): Json => ({
  hostname: 'server.example',
  caCertificateRefs: [{ group: '', kind, name: 'authorities' }],
});

function tlsPolicy(name: string, options: TlsOptions = {}): Json {
  const { targets = [SERVER], validation = SYSTEM, annotations = {}, age = 0 } = options;
  const metadata = {
    namespace: 'shop',
    name,
    annotations,
    creationTimestamp: secondsLater(age),
  };
  const spec = { targetRefs: targets, validation };
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'BackendTLSPolicy',
    metadata,
    spec,
  };
}

const TRAFFIC: Json = {
  apiVersion: 'gateway.networking.x-k8s.io/v1alpha1',
  kind: 'XBackendTrafficPolicy',
  metadata: { namespace: 'shop', name: 'retries' },
  spec: { targetRefs: [SERVER], retryConstraint: { budget: { percent: 20 } } },
};

/** An istiod of this version; charts write it on the Deployment. */
function istio(version: string, env: Readonly<Record<string, string>> = {}): Json {
  const deployment = istiod(env) as { readonly metadata: { readonly labels: Json } };
  const labels = { ...deployment.metadata.labels, 'app.kubernetes.io/version': version };
  return { ...deployment, metadata: { ...deployment.metadata, labels } };
}

function check(row: PolicyRow): void {
  const options = row.missing === undefined ? {} : { missing: row.missing };
  const mesh = meshOf([pod('web/client', row.client ?? 'sidecar'), ...row.given], options);
  const [connection] = connect(
    mesh,
    { kind: 'workload', workload: { kind: 'Pod', namespace: 'web', name: 'client' } },
    { host: row.host ?? 'server.shop', port: row.port ?? 8080 },
  );
  const { outcome, because } = connection;
  const missing = outcome.kind === 'unknown' ? outcome.missing.map(({ kind }) => ` ${kind}`) : [];
  const word = outcome.kind === 'refused' ? outcome.symptom : outcome.kind;
  assert.equal(`${word}${missing.join('')}`, row.outcome, JSON.stringify(because, null, 1));
  if (row.by === undefined) return;
  const named = because.flatMap((reason): string[] => {
    if ('policy' in reason && 'field' in reason.policy)
      return [`${reason.kind} ${reason.policy.object.name} ${reason.policy.field}`];
    if (!('rule' in reason) || typeof reason.rule === 'string' || !('field' in reason.rule))
      return [];
    return [`${reason.kind} ${reason.rule.object.name} ${reason.rule.field}`];
  });
  assert.deepEqual(named, row.by);
}

const PORTS = { ports: ['http 8080:8080', 'https 8443:8443'] };
const sidecarServer = [pod('shop/server', 'sidecar'), service('shop/server', PORTS)];
const plainServer = [pod('shop/server', 'none'), service('shop/server', PORTS)];
const strict = peerAuthentications(['shop/default STRICT']);
const SAYS_TLS = 'destination-rule tls spec.validation';

const clients: readonly PolicyRow[] = [
  {
    says: 'a BackendTLSPolicy makes sidecars send one-way TLS instead of mutual TLS',
    rules: ['R160'],
    given: [...sidecarServer, ...strict, tlsPolicy('tls')],
    outcome: 'client-certificate-required',
    by: [SAYS_TLS],
  },
  {
    says: 'its TLS arrives at an application that speaks TLS',
    rules: ['R160'],
    given: [...plainServer, tlsPolicy('tls')],
    port: 8443,
    outcome: 'tls',
    by: [SAYS_TLS],
  },
  {
    says: 'gateways follow it as sidecars do',
    rules: ['R160'],
    client: 'gateway',
    given: [...sidecarServer, ...strict, tlsPolicy('tls')],
    outcome: 'client-certificate-required',
    by: [SAYS_TLS],
  },
  {
    says: 'ztunnel does not read it',
    rules: ['R160', 'R101'],
    client: 'ambient',
    given: [...plainServer, tlsPolicy('tls')],
    outcome: 'plaintext',
    by: [],
  },
  {
    says: 'a waypoint on the way follows it',
    rules: ['R160', 'R99'],
    client: 'ambient',
    given: [
      ...plainServer,
      namespace('shop', 'istio.io/use-waypoint=way'),
      ...waypoint('shop/way'),
      tlsPolicy('tls'),
    ],
    outcome: 'unknown Pod',
    by: [SAYS_TLS],
  },
  {
    says: 'clients without a proxy know nothing of it',
    rules: ['R160', 'R141'],
    client: 'none',
    given: [...plainServer, tlsPolicy('tls')],
    outcome: 'plaintext',
  },
  {
    says: 'towards ambient its TLS goes inside the tunnel, where a plaintext application cannot read it',
    rules: ['R160', 'R167'],
    given: [pod('shop/server', 'ambient'), service('shop/server'), tlsPolicy('tls')],
    outcome: 'protocol-mismatch',
    by: [SAYS_TLS],
  },
];

const targets: readonly PolicyRow[] = [
  {
    says: 'a sectionName means one port',
    rules: ['R160', 'R161'],
    given: [...sidecarServer, ...strict, tlsPolicy('tls', { targets: [HTTPS] })],
    port: 8443,
    outcome: 'client-certificate-required',
    by: [SAYS_TLS],
  },
  {
    says: 'the other ports have no TLS settings, and wider rules are not asked',
    rules: ['R160', 'R154'],
    given: [
      ...sidecarServer,
      tlsPolicy('tls', { targets: [HTTPS] }),
      destinationRule('istio-system/all', { host: '*.local', tls: 'DISABLE' }),
    ],
    outcome: 'mutual-tls',
    by: ['destination-rule-without-tls tls spec.targetRefs'],
  },
  {
    says: 'a sectionName that the Service does not have targets nothing',
    rules: ['R160'],
    given: [...sidecarServer, tlsPolicy('tls', { targets: [{ ...SERVER, sectionName: 'none' }] })],
    outcome: 'mutual-tls',
    by: [],
  },
  {
    says: 'a Service that does not exist is no target, though a ServiceEntry of that name does',
    rules: ['R160'],
    given: [...sidecarServer, tlsPolicy('tls', { targets: [{ ...SERVER, name: 'other' }] })],
    outcome: 'mutual-tls',
    by: [],
  },
  {
    says: 'a ServiceEntry is a target with all its hosts',
    rules: ['R160'],
    given: [
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'ServiceEntry',
        metadata: { namespace: 'shop', name: 'outside' },
        spec: {
          hosts: ['www.example.com', 'api.example.com'],
          ports: [{ number: 8080, name: 'tls', protocol: 'TLS' }],
          resolution: 'DNS',
        },
      },
      tlsPolicy('tls', {
        targets: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'outside' }],
      }),
    ],
    host: 'api.example.com',
    outcome: 'tls',
    by: [SAYS_TLS],
  },
  {
    says: 'a Service of another group is none',
    rules: ['R160'],
    given: [...sidecarServer, tlsPolicy('tls', { targets: [{ ...SERVER, group: 'example.com' }] })],
    outcome: 'mutual-tls',
  },
  {
    says: 'of two policies with the same target the older counts',
    rules: ['R160'],
    given: [
      ...sidecarServer,
      ...strict,
      tlsPolicy('a', { age: 2, validation: AUTHORITIES('Secret') }),
      tlsPolicy('tls', { age: 1 }),
    ],
    outcome: 'client-certificate-required',
    by: [SAYS_TLS],
  },
  {
    says: 'and of the same second the first by name',
    rules: ['R160', 'R9'],
    given: [
      ...sidecarServer,
      ...strict,
      tlsPolicy('z', { validation: AUTHORITIES('Secret') }),
      tlsPolicy('tls'),
    ],
    outcome: 'client-certificate-required',
    by: [SAYS_TLS],
  },
  {
    says: 'a policy that Istio is told to ignore is ignored, and holds up no other',
    rules: ['R160'],
    given: [
      ...sidecarServer,
      ...strict,
      tlsPolicy('a', {
        annotations: { 'istio.io/ignore-policy-attachment': 'True' },
        validation: AUTHORITIES('Secret'),
      }),
      tlsPolicy('tls', { age: 1 }),
    ],
    outcome: 'client-certificate-required',
    by: [SAYS_TLS],
  },
];

const authorities: readonly PolicyRow[] = [
  {
    says: 'authorities in a ConfigMap are read by sidecars too',
    rules: ['R160', 'R170'],
    given: [
      ...sidecarServer,
      ...strict,
      tlsPolicy('tls', { validation: AUTHORITIES('ConfigMap') }),
    ],
    outcome: 'client-certificate-required',
    by: [SAYS_TLS],
  },
  {
    says: 'authorities elsewhere cannot be read: sidecars send plaintext',
    rules: ['R160', 'R170'],
    given: [...plainServer, tlsPolicy('tls', { validation: AUTHORITIES('Secret') })],
    outcome: 'plaintext',
    by: [SAYS_TLS, 'authorities-unreadable tls spec.validation'],
  },
  {
    says: 'and gateways send nothing',
    rules: ['R160'],
    client: 'gateway',
    given: [...plainServer, tlsPolicy('tls', { validation: AUTHORITIES('Secret') })],
    outcome: 'authorities-unreadable',
    by: [SAYS_TLS, 'authorities-unreadable tls spec.validation'],
  },
  {
    says: 'nor do waypoints',
    rules: ['R160'],
    client: 'ambient',
    given: [
      ...plainServer,
      namespace('shop', 'istio.io/use-waypoint=way'),
      ...waypoint('shop/way'),
      tlsPolicy('tls', { validation: AUTHORITIES('Secret') }),
    ],
    outcome: 'authorities-unreadable',
    by: [SAYS_TLS, 'authorities-unreadable tls spec.validation'],
  },
];

const merging: readonly PolicyRow[] = [
  {
    says: 'a user’s rule for the host goes before the policy',
    rules: ['R160'],
    given: [
      ...sidecarServer,
      tlsPolicy('tls'),
      destinationRule('shop/own', { tls: 'ISTIO_MUTUAL', age: 9 }),
    ],
    outcome: 'mutual-tls',
    by: ['destination-rule own spec.trafficPolicy.tls.mode'],
  },
  {
    says: 'the policy fills what the rule leaves out',
    rules: ['R160'],
    given: [
      ...sidecarServer,
      ...strict,
      tlsPolicy('tls'),
      destinationRule('shop/own', { policy: { connectionPool: {} } }),
    ],
    outcome: 'client-certificate-required',
    by: [SAYS_TLS],
  },
  {
    says: 'port by port: the policy’s entry stands beside the rule’s setting for the host',
    rules: ['R160', 'R162'],
    given: [
      ...sidecarServer,
      ...strict,
      tlsPolicy('tls', { targets: [HTTPS] }),
      destinationRule('shop/own', { tls: 'ISTIO_MUTUAL' }),
    ],
    port: 8443,
    outcome: 'client-certificate-required',
    by: [SAYS_TLS],
  },
  {
    says: 'and the rule’s entry for a port takes its TLS from the policy’s entry',
    rules: ['R160', 'R162'],
    given: [
      ...sidecarServer,
      ...strict,
      tlsPolicy('tls', { targets: [HTTPS] }),
      destinationRule('shop/own', { ports: { 8443: undefined } }),
    ],
    port: 8443,
    outcome: 'client-certificate-required',
    by: [SAYS_TLS],
  },
  {
    says: 'beside a policy the youngest of several rules goes first',
    rules: ['R160', 'R157'],
    given: [
      ...sidecarServer,
      tlsPolicy('tls'),
      destinationRule('shop/old', { tls: 'DISABLE', age: 1 }),
      destinationRule('shop/young', { tls: 'ISTIO_MUTUAL', age: 2 }),
    ],
    outcome: 'mutual-tls',
    by: ['destination-rule young spec.trafficPolicy.tls.mode'],
  },
  {
    says: 'and leaves to the older what it does not set itself',
    rules: ['R160'],
    given: [
      ...sidecarServer,
      tlsPolicy('tls'),
      destinationRule('shop/old', { tls: 'ISTIO_MUTUAL', age: 1 }),
      destinationRule('shop/young', { policy: { connectionPool: {} }, age: 2 }),
    ],
    outcome: 'mutual-tls',
    by: ['destination-rule old spec.trafficPolicy.tls.mode'],
  },
  {
    says: 'a rule with another exportTo is not filled',
    rules: ['R160', 'R158'],
    given: [
      ...sidecarServer,
      tlsPolicy('tls'),
      destinationRule('shop/own', { exportTo: ['*'], policy: { connectionPool: {} } }),
    ],
    outcome: 'mutual-tls',
  },
  {
    says: 'before Istio 1.31 the policy goes before the rule, as a whole',
    rules: ['R160', 'R157'],
    given: [
      istio('1.30.2'),
      ...sidecarServer,
      ...strict,
      tlsPolicy('tls'),
      destinationRule('shop/own', { tls: 'ISTIO_MUTUAL' }),
    ],
    outcome: 'client-certificate-required',
    by: [SAYS_TLS],
  },
  {
    says: 'the policy of a private default is for its own namespace',
    rules: ['R160', 'R155'],
    given: [
      meshConfig('defaultDestinationRuleExportTo: ["."]'),
      ...sidecarServer,
      ...strict,
      tlsPolicy('tls'),
    ],
    outcome: 'mutual-tls',
  },
];

const ALPHA = { PILOT_ENABLE_ALPHA_GATEWAY_API: 'true' };

const readers: readonly PolicyRow[] = [
  {
    says: 'Istio before 1.28 does not read a BackendTLSPolicy',
    rules: ['R160'],
    given: [istio('1.27.3'), ...sidecarServer, ...strict, tlsPolicy('tls')],
    outcome: 'mutual-tls',
  },
  {
    says: 'unless it is told to',
    rules: ['R160'],
    given: [istio('1.26.0', ALPHA), ...sidecarServer, ...strict, tlsPolicy('tls')],
    outcome: 'client-certificate-required',
  },
  {
    says: 'which 1.25 cannot be',
    rules: ['R160'],
    given: [istio('1.25.9', ALPHA), ...sidecarServer, ...strict, tlsPolicy('tls')],
    outcome: 'mutual-tls',
  },
  {
    says: 'Istio 1.28 reads it',
    rules: ['R160'],
    given: [istio('1.28.0'), ...sidecarServer, ...strict, tlsPolicy('tls')],
    outcome: 'client-certificate-required',
  },
  {
    says: 'a control plane that leaves the Gateway API alone does not',
    rules: ['R160'],
    given: [
      istio('1.31.0', { PILOT_ENABLE_GATEWAY_API: 'false' }),
      ...sidecarServer,
      ...strict,
      tlsPolicy('tls'),
    ],
    outcome: 'mutual-tls',
  },
  {
    says: 'an XBackendTrafficPolicy is read only where experiments are switched on',
    rules: ['R160'],
    given: [
      istiod({}),
      ...sidecarServer,
      TRAFFIC,
      destinationRule('istio-system/all', { host: '*.local', tls: 'DISABLE' }),
    ],
    outcome: 'plaintext',
    by: ['destination-rule all spec.trafficPolicy.tls.mode'],
  },
  {
    says: 'there it is a rule without TLS, behind which wider rules are not asked',
    rules: ['R160', 'R154'],
    given: [
      istiod(ALPHA),
      ...sidecarServer,
      TRAFFIC,
      destinationRule('istio-system/all', { host: '*.local', tls: 'DISABLE' }),
    ],
    outcome: 'mutual-tls',
    by: ['destination-rule-without-tls retries spec.targetRefs'],
  },
];

function forbidden(kind: MissingFact['kind'], at = ''): readonly MissingFact[] {
  return [{ kind, namespace: at, why: 'forbidden' }];
}

const hidden: readonly PolicyRow[] = [
  {
    says: 'a BackendTLSPolicy that may not be read leaves the call unknown',
    rules: ['R160'],
    given: sidecarServer,
    missing: forbidden('BackendTLSPolicy'),
    outcome: 'unknown BackendTLSPolicy',
  },
  {
    says: 'also where a rule sets TLS, which a policy may override for one port',
    rules: ['R160'],
    given: [...sidecarServer, destinationRule('shop/own', { tls: 'ISTIO_MUTUAL' })],
    missing: forbidden('BackendTLSPolicy'),
    outcome: 'unknown BackendTLSPolicy',
  },
  {
    says: 'but not where the client’s namespace has a rule',
    rules: ['R160', 'R152'],
    given: [...sidecarServer, destinationRule('web/own', { tls: 'ISTIO_MUTUAL' })],
    missing: forbidden('BackendTLSPolicy'),
    outcome: 'mutual-tls',
  },
  {
    says: 'policies hidden in namespaces that do not own the host do not matter',
    rules: ['R160'],
    given: sidecarServer,
    missing: forbidden('BackendTLSPolicy', 'web'),
    outcome: 'mutual-tls',
  },
  {
    says: 'a cluster without the kind has no such policies',
    rules: ['R160'],
    given: sidecarServer,
    missing: [{ kind: 'BackendTLSPolicy', namespace: '', why: 'not-installed' }],
    outcome: 'mutual-tls',
  },
  {
    says: 'an XBackendTrafficPolicy that may not be read matters only where it would be read',
    rules: ['R160'],
    given: [istiod({}), ...sidecarServer],
    missing: forbidden('XBackendTrafficPolicy'),
    outcome: 'mutual-tls',
  },
  {
    says: 'and there it leaves the call unknown',
    rules: ['R160'],
    given: [istiod(ALPHA), ...sidecarServer],
    missing: forbidden('XBackendTrafficPolicy'),
    outcome: 'unknown XBackendTrafficPolicy',
  },
  {
    says: 'an istiod that may not be read leaves open whether the policy is',
    rules: ['R160'],
    given: [...sidecarServer, tlsPolicy('tls')],
    missing: forbidden('Deployment'),
    outcome: 'unknown Deployment',
  },
];

describe('who follows a backend policy', () => {
  rows(clients, check);
});

describe('what a backend policy targets', () => {
  rows(targets, check);
});

describe('whom a backend policy trusts', () => {
  rows(authorities, check);
});

describe('backend policies beside DestinationRules', () => {
  rows(merging, check);
});

describe('who reads backend policies', () => {
  rows(readers, check);
});

describe('backend policies that may not be read', () => {
  rows(hidden, check);
});
