import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  describeEnforcement,
  describeIgnored,
  describeMissing,
  describeModeSource,
  describeOutcome,
  describeReason,
} from '../../../../src/mesh/words/describe.ts';
import type {
  Enforcement,
  IgnoredReason,
  MissingFact,
  ModeSource,
  Outcome,
  Reason,
  Symptom,
} from '../../../../src/mesh/model/explanation.ts';
import type { PolicyScope } from '../../../../src/mesh/model/mode.ts';

// Every sentence on one page: describe.golden.txt. Written anew with UPDATE=1.

const workload = { kind: 'Deployment', namespace: 'shop', name: 'cart' } as const;
const waypoint = { kind: 'Deployment', namespace: 'shop', name: 'waypoint' } as const;
const service = { kind: 'Service', namespace: 'shop', name: 'cart' } as const;
const policy = { kind: 'PeerAuthentication', namespace: 'shop', name: 'default' } as const;
const other = { kind: 'PeerAuthentication', namespace: 'shop', name: 'later' } as const;
const authorization = { kind: 'AuthorizationPolicy', namespace: 'shop', name: 'cart' } as const;
const identity = 'spiffe://cluster.local/ns/web/sa/client';
const host = 'cart.shop.svc.cluster.local';
const route = {
  object: { kind: 'VirtualService', namespace: 'shop', name: 'cart' },
  field: 'spec.http[0]',
} as const;
const ruleRef = { kind: 'DestinationRule', namespace: 'shop', name: 'cart' } as const;
const rule = { object: ruleRef, field: 'spec.trafficPolicy.tls.mode' };
const fact: MissingFact = { kind: 'Pod', namespace: 'shop', why: 'forbidden' };
const port = 8080;

function source(scope: PolicyScope): ModeSource {
  const field = scope === 'port' ? 'spec.portLevelMtls["8080"].mode' : 'spec.mtls.mode';
  return { kind: 'policy', scope, field: { object: policy, field } };
}

const from = source('namespace');

/** One of every kind: a kind without an example does not compile. */
const reasons: { readonly [K in Reason['kind']]: readonly Extract<Reason, { kind: K }>[] } = {
  'outside-client': [{ kind: 'outside-client' }],
  'no-proxy': [
    { kind: 'no-proxy', side: 'client', workload },
    { kind: 'no-proxy', side: 'server', workload },
  ],
  'data-plane': (['sidecar', 'ambient', 'gateway', 'waypoint', 'none'] as const).map(
    (dataPlane) => ({ kind: 'data-plane', side: 'server', workload, dataPlane }),
  ),
  'proxy-container': [{ kind: 'proxy-container', workload }],
  'outbound-not-captured': [{ kind: 'outbound-not-captured', workload }],
  'application-tls': [{ kind: 'application-tls' }],
  loopback: [{ kind: 'loopback', workload }],
  'pod-address': [{ kind: 'pod-address', address: '10.0.0.9' }],
  'host-of-other-revision': [
    {
      kind: 'host-of-other-revision',
      host: 'api.example.com',
      by: { kind: 'ServiceEntry', namespace: 'shop', name: 'api' },
    },
  ],
  'host-not-imported': [
    {
      kind: 'host-not-imported',
      host: 'cart.shop.svc.cluster.local',
      sidecar: { kind: 'Sidecar', namespace: 'web', name: 'default' },
    },
  ],
  'host-not-exported': [
    { kind: 'host-not-exported', host: 'cart.shop.svc.cluster.local', by: service },
  ],
  'host-not-discovered': [
    { kind: 'host-not-discovered', host: 'cart.shop.svc.cluster.local', namespace: 'shop' },
  ],
  'passed-through': [{ kind: 'passed-through' }],
  'registry-only': [
    { kind: 'registry-only' },
    { kind: 'registry-only', by: { kind: 'Sidecar', namespace: 'web', name: 'default' } },
  ],
  'unknown-to-gateway': [{ kind: 'unknown-to-gateway' }],
  'external-host': [{ kind: 'external-host', host: 'api.example.com' }],
  'other-name': [{ kind: 'other-name', service, host: 'api.example.com' }],
  'auto-mtls': [{ kind: 'auto-mtls' }],
  'auto-mtls-off': [{ kind: 'auto-mtls-off' }],
  'namespace-hint-disable': [{ kind: 'namespace-hint-disable', namespace: 'shop', from }],
  'endpoint-without-tls-label': [{ kind: 'endpoint-without-tls-label', workload }],
  'endpoint-mode-disable': [{ kind: 'endpoint-mode-disable', workload, port, from }],
  headless: [
    { kind: 'headless', service, mutualTls: true },
    { kind: 'headless', service, mutualTls: false, inferred: true },
  ],
  'address-kept': [
    { kind: 'address-kept', rule, isAsked: false, mutualTls: true },
    { kind: 'address-kept', rule, isAsked: true, mutualTls: true },
    { kind: 'address-kept', rule, isAsked: true, mutualTls: false },
  ],
  'destination-rule': [{ kind: 'destination-rule', rule, tls: 'ISTIO_MUTUAL' }],
  'destination-rule-without-tls': [{ kind: 'destination-rule-without-tls', rule }],
  'endpoint-stage-follows-rule': [{ kind: 'endpoint-stage-follows-rule', rule, tls: 'DISABLE' }],
  'ambiguous-rules': [
    {
      kind: 'ambiguous-rules',
      used: ruleRef,
      others: [{ ...ruleRef, name: 'other' }],
      inferred: true,
    },
  ],
  'rule-not-exported': [{ kind: 'rule-not-exported', rule: ruleRef }],
  'rule-selects-other-clients': [{ kind: 'rule-selects-other-clients', rule: ruleRef }],
  'credential-ignored': [{ kind: 'credential-ignored', rule }],
  'certificates-incomplete': [{ kind: 'certificates-incomplete', rule }],
  'authorities-unreadable': (['plaintext', 'nothing'] as const).map((sends) => ({
    kind: 'authorities-unreadable',
    policy: {
      object: { kind: 'BackendTLSPolicy', namespace: 'shop', name: 'cart' },
      field: 'spec.validation',
    },
    sends,
    inferred: true,
  })),
  'foreign-certificate-assumed': [{ kind: 'foreign-certificate-assumed', rule, inferred: true }],
  'server-identity-rejected': [
    {
      kind: 'server-identity-rejected',
      rule,
      identity: 'spiffe://cluster.local/ns/shop/sa/cart',
    },
  ],
  'rule-without-effect': [{ kind: 'rule-without-effect', rule, tls: 'ISTIO_MUTUAL' }],
  hbone: [{ kind: 'hbone' }, { kind: 'hbone', assumed: true }],
  'hbone-not-sent': [{ kind: 'hbone-not-sent' }],
  'no-hbone-at-server': [{ kind: 'no-hbone-at-server', workload }],
  'through-waypoint': [
    {
      kind: 'through-waypoint',
      waypoint,
      gateway: { kind: 'KubernetesGateway', namespace: 'shop', name: 'waypoint' },
    },
  ],
  routed: [
    { kind: 'routed', route, host, percent: 100, byRequest: false },
    {
      kind: 'routed',
      route,
      delegatedBy: { kind: 'VirtualService', namespace: 'edge', name: 'root' },
      host,
      percent: 100,
      byRequest: false,
    },
    { kind: 'routed', route, host, subset: 'v2', percent: 30, byRequest: true },
    { kind: 'routed', route, percent: 100, byRequest: true },
  ],
  'route-target-unknown': [
    { kind: 'route-target-unknown', host },
    { kind: 'route-target-unknown', host, subset: 'v2' },
  ],
  'server-mode': [{ kind: 'server-mode', workload, port, mode: 'STRICT', from }],
  'unset-policy-hides-younger': [{ kind: 'unset-policy-hides-younger', policy, hidden: [other] }],
  'unspecified-tie': [{ kind: 'unspecified-tie', used: policy, others: [other], inferred: true }],
  'foreign-trust-domain': [
    { kind: 'foreign-trust-domain', workload, trustDomain: 'other.example' },
  ],
  'unexpected-trust-domain': [
    { kind: 'unexpected-trust-domain', workload, trustDomain: 'new.example' },
  ],
  'ingress-tls': [
    {
      kind: 'ingress-tls',
      sidecar: { kind: 'Sidecar', namespace: 'shop', name: 'cart' },
      port,
      tls: 'SIMPLE',
    },
  ],
  'port-class': [
    { kind: 'port-class', port, class: 'HTTP', by: service },
    { kind: 'port-class', port, class: 'TCP', by: service },
    { kind: 'port-class', port, class: 'AUTO' },
  ],
  'ambient-conversion': [true, false].map((deniesPlaintext) => ({
    kind: 'ambient-conversion',
    workload,
    port,
    deniesPlaintext,
    rule: deniesPlaintext ? 'R94' : 'R95',
    policies: [policy],
    inferred: true,
  })),
  'port-not-captured': [{ kind: 'port-not-captured', workload, port }],
  'ambient-bypassed': [{ kind: 'ambient-bypassed', workload }],
  'gateway-server': [
    {
      kind: 'gateway-server',
      gateway: { kind: 'Gateway', namespace: 'shop', name: 'entry' },
      protocol: 'HTTPS',
      through: [],
    },
    {
      kind: 'gateway-server',
      gateway: { kind: 'Gateway', namespace: 'shop', name: 'entry' },
      protocol: 'HTTPS',
      through: [service],
    },
  ],
  'no-gateway-server': [
    { kind: 'no-gateway-server', workload, port, through: [] },
    { kind: 'no-gateway-server', workload, port, through: [service] },
  ],
  'authorization-denies': [
    { kind: 'authorization-denies', workload, policy: authorization, identity },
    { kind: 'authorization-denies', workload, policy: authorization },
  ],
  'authorization-allows-others': [
    { kind: 'authorization-allows-others', workload, policies: [authorization], identity },
    {
      kind: 'authorization-allows-others',
      workload,
      policies: [authorization, { ...authorization, name: 'tills' }],
    },
  ],
  'authorization-allows': [{ kind: 'authorization-allows', policies: [authorization] }],
  'authorization-by-request': [{ kind: 'authorization-by-request', policies: [authorization] }],
  'unknown-host': [{ kind: 'unknown-host', host: 'nobody.shop' }],
  'no-such-port': [{ kind: 'no-such-port', service, port: 9999 }],
  'no-endpoints': [{ kind: 'no-endpoints', service }],
  'not-readable': [{ kind: 'not-readable', fact }],
};

const symptoms: Readonly<Record<Symptom, true>> = {
  'server-resets-plaintext': true,
  'server-resets-proxy-plaintext': true,
  'protocol-mismatch': true,
  'ztunnel-policy-rejection': true,
  'authorization-denied': true,
  'authorization-closed': true,
  'client-certificate-required': true,
  'server-resets-foreign-tls': true,
  'tls-read-as-http': true,
  'server-resets-ambient-plaintext': true,
  'unknown-host-blocked': true,
  'no-endpoints': true,
  'route-leads-nowhere': true,
  'no-route': true,
  'unknown-to-waypoint': true,
  'server-identity-rejected': true,
  'authorities-unreadable': true,
};

const OF_THE_CLIENT: readonly Symptom[] = [
  'unknown-host-blocked',
  'no-endpoints',
  'route-leads-nowhere',
  'no-route',
  'unknown-to-waypoint',
  'server-identity-rejected',
  'authorities-unreadable',
];

const outcomes: readonly Outcome[] = [
  { kind: 'mutual-tls', transport: 'istio' },
  { kind: 'mutual-tls', transport: 'hbone' },
  { kind: 'tls' },
  { kind: 'plaintext' },
  ...(Object.keys(symptoms) as Symptom[]).map((symptom): Outcome => ({
    kind: 'refused',
    by: OF_THE_CLIENT.includes(symptom) ? 'client' : 'server',
    symptom,
  })),
  { kind: 'unknown', missing: [fact] },
];

const ignored: Readonly<Record<IgnoredReason, true>> = {
  'selector-in-root-namespace': true,
  'older-policy-wins': true,
  'ages-unknown': true,
  'mode-unset': true,
  overridden: true,
  'selector-does-not-match': true,
  'other-revision': true,
  'namespace-not-discovered': true,
  'port-level-without-workload-scope': true,
  'port-not-listed': true,
  'empty-selector-in-ambient': true,
  'same-age-in-ambient': true,
};

const enforcements: readonly Enforcement[] = [
  { kind: 'enforced' },
  ...(['no-proxy', 'host-network', 'gateway', 'waypoint', 'inbound-not-captured'] as const).map(
    (why): Enforcement => ({ kind: 'not-enforced', why }),
  ),
  { kind: 'partly-enforced', unenforcedPods: 1, pods: 3 },
  { kind: 'unknown', missing: [fact] },
];

const missing: Readonly<Record<MissingFact['why'], true>> = {
  forbidden: true,
  'not-installed': true,
  'not-loaded': true,
  'not-watched': true,
  failed: true,
  'not-found': true,
  undeclared: true,
  invalid: true,
  'up-to-application': true,
  'up-to-dns': true,
  'up-to-address': true,
  'up-to-request': true,
  'up-to-authorizer': true,
};

function page(): string {
  const scopes: readonly PolicyScope[] = ['mesh', 'namespace', 'workload', 'port'];
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Outcomes', outcomes.map(describeOutcome)],
    ['Reasons', Object.values(reasons).flat().map(describeReason)],
    [
      'Where a mode comes from',
      [{ kind: 'default' } as const, ...scopes.map(source)].map(describeModeSource),
    ],
    [
      'Why a policy decides nothing',
      (Object.keys(ignored) as IgnoredReason[]).map((reason) =>
        describeIgnored({
          policy: other,
          scope: 'namespace',
          mode: 'STRICT',
          reason,
          winner: policy,
        }),
      ),
    ],
    [
      'Whether it is enforced',
      [
        describeEnforcement({ kind: 'enforced' }, 'sidecar'),
        describeEnforcement({ kind: 'enforced' }, 'ambient'),
        ...enforcements.map((enforcement) => describeEnforcement(enforcement)),
      ],
    ],
    [
      'What is missing',
      (Object.keys(missing) as MissingFact['why'][]).flatMap((why) => [
        describeMissing({ kind: 'Pod', namespace: '', why }),
        describeMissing({ kind: 'Service', namespace: 'shop', name: 'cart', why }),
      ]),
    ],
  ];
  return sections.map(([title, lines]) => `# ${title}\n${lines.join('\n')}\n`).join('\n');
}

describe('the sentences', () => {
  const golden = new URL('describe.golden.txt', import.meta.url);

  it('are those of describe.golden.txt', () => {
    if (process.env['UPDATE'] === '1') writeFileSync(golden, page());
    assert.equal(page(), readFileSync(golden, 'utf8'));
  });

  it('name no number of a rule, and have one kind of apostrophe', () => {
    assert.doesNotMatch(page(), /\bR\d+\b|'/);
  });

  it('are whole sentences on one line', () => {
    for (const line of page().split('\n')) {
      if (line !== '' && !line.startsWith('#')) assert.match(line, /^[^\n]*[.)]$/);
    }
  });
});
