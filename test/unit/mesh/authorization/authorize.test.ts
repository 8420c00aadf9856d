import { describe } from 'node:test';
import {
  authorizationPolicy,
  meshConfig,
  namespace,
  peerAuthentications,
  pod,
  service,
  waypoint,
  type Json,
} from '../../../support/meshNotation.ts';
import { rows } from '../../../support/meshRules.ts';
import { checkCall, type CallRow } from '../client/callRow.ts';

// The client is web/client, of the account default; the server shop/server, called on a port that is declared HTTP.

const server = [pod('shop/server', 'sidecar'), service('shop/server', { ports: ['http 8080'] })];
const bytes = [pod('shop/server', 'sidecar'), service('shop/server', { ports: ['tcp 8080'] })];
const undeclared = [pod('shop/server', 'sidecar'), service('shop/server', { ports: ['x 8080'] })];
const ambient = [pod('shop/server', 'ambient'), service('shop/server', { ports: ['http 8080'] })];

const CLIENT = 'cluster.local/ns/web/sa/default';

/** A policy for shop/server. */
function policy(action: string, rules: readonly Json[], more: Json = {}): Json {
  const selector = { matchLabels: { app: 'server' } };
  return authorizationPolicy('shop/server', { selector, action, rules, ...more });
}

const from = (source: Json): Json => ({ from: [{ source }] });
const to = (operation: Json): Json => ({ to: [{ operation }] });

const identities: readonly CallRow[] = [
  {
    says: 'a principal that a rule names is let in',
    rules: ['R301', 'R302'],
    given: [...server, policy('ALLOW', [from({ principals: [CLIENT] })])],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'whom no rule names is refused, by policies that allow others',
    rules: ['R301', 'R302'],
    given: [...server, policy('ALLOW', [from({ principals: ['cluster.local/ns/web/sa/other'] })])],
    outcomes: ['authorization-denied'],
    because: ['authorization-allows-others'],
  },
  {
    says: 'plaintext shows no principal, so a rule for any of them refuses it',
    rules: ['R301'],
    client: 'none',
    given: [...server, policy('ALLOW', [from({ principals: ['*'] })])],
    outcomes: ['authorization-denied'],
    because: ['authorization-allows-others'],
  },
  {
    says: 'plaintext is none of the principals that a rule excludes',
    rules: ['R301'],
    client: 'none',
    given: [...server, policy('DENY', [from({ notPrincipals: [CLIENT] })])],
    outcomes: ['authorization-denied'],
    because: ['authorization-denies'],
  },
  {
    says: 'a namespace is of the certificate, too',
    rules: ['R301'],
    client: 'none',
    given: [...server, policy('ALLOW', [from({ namespaces: ['web'] })])],
    outcomes: ['authorization-denied'],
  },
  {
    says: 'a namespace may be named by its beginning',
    rules: ['R301'],
    given: [...server, policy('ALLOW', [from({ namespaces: ['we*'] })])],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'DENY goes before ALLOW',
    rules: ['R302'],
    given: [
      ...server,
      policy('ALLOW', [{}]),
      authorizationPolicy('shop/no', { action: 'DENY', rules: [from({ namespaces: ['web'] })] }),
    ],
    outcomes: ['authorization-denied'],
    because: ['authorization-denies'],
  },
  {
    says: 'DENY for others lets in',
    rules: ['R302'],
    given: [...server, policy('DENY', [from({ namespaces: ['far'] })])],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a policy without rules allows nobody',
    rules: ['R302'],
    given: [...server, authorizationPolicy('shop/none', {})],
    outcomes: ['authorization-denied'],
  },
  {
    says: 'one that is met is enough',
    rules: ['R302'],
    given: [...server, authorizationPolicy('shop/none', {}), policy('ALLOW', [{}])],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a rule for another port is not met',
    rules: ['R302'],
    given: [...server, policy('ALLOW', [to({ ports: ['9090'] })])],
    outcomes: ['authorization-denied'],
  },
  {
    says: 'ports are the container’s',
    rules: ['R302'],
    given: [
      pod('shop/server', 'sidecar'),
      service('shop/server', { ports: ['http 80:8080'] }),
      policy('DENY', [to({ ports: ['8080'] })]),
    ],
    port: 80,
    outcomes: ['authorization-denied'],
  },
  {
    says: 'an account without a namespace is of the policy’s own',
    rules: ['R301'],
    given: [...server, policy('ALLOW', [from({ serviceAccounts: ['default'] })])],
    outcomes: ['authorization-denied'],
  },
  {
    says: 'an account may name its namespace',
    rules: ['R301'],
    given: [...server, policy('ALLOW', [from({ serviceAccounts: ['web/default'] })])],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'cluster.local stands for the trust domain of the mesh',
    rules: ['R306'],
    given: [
      meshConfig('trustDomain: td.example'),
      ...server,
      policy('ALLOW', [from({ principals: [CLIENT] })]),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'to ztunnel it stands for itself',
    rules: ['R306'],
    client: 'ambient',
    given: [
      meshConfig('trustDomain: td.example'),
      ...ambient,
      policy('ALLOW', [from({ principals: [CLIENT] })]),
    ],
    outcomes: ['authorization-closed'],
  },
];

const scopes: readonly CallRow[] = [
  {
    says: 'a selector selects in every namespace, for a policy of the root namespace',
    rules: ['R300'],
    given: [
      ...server,
      authorizationPolicy('istio-system/all', { selector: { matchLabels: { app: 'server' } } }),
    ],
    outcomes: ['authorization-denied'],
  },
  {
    says: 'a selector that selects others leaves it open',
    rules: ['R300'],
    given: [
      ...server,
      authorizationPolicy('shop/others', { selector: { matchLabels: { app: 'other' } } }),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a policy of another namespace does not count',
    rules: ['R300'],
    given: [...server, authorizationPolicy('web/none', {})],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a policy with targetRefs is for no sidecar',
    rules: ['R300'],
    given: [
      ...server,
      authorizationPolicy('shop/target', { targetRefs: [{ kind: 'Service', name: 'server' }] }),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a policy that is tried out refuses nobody',
    rules: ['R300'],
    given: [...server, tried(authorizationPolicy('shop/none', {}))],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'what mutual TLS refuses already no policy is asked about',
    rules: ['R302'],
    client: 'none',
    given: [
      ...server,
      ...peerAuthentications(['shop/default STRICT']),
      authorizationPolicy('shop/none', {}),
    ],
    outcomes: ['server-resets-plaintext'],
  },
];

function tried(manifest: Json): Json {
  const metadata = {
    ...(manifest['metadata'] as Json),
    annotations: { 'istio.io/dry-run': 'true' },
  };
  return { ...manifest, metadata };
}

const requests: readonly CallRow[] = [
  {
    says: 'what paths decide is decided request by request, and that is said',
    rules: ['R303'],
    given: [...server, policy('ALLOW', [to({ paths: ['/info'] })])],
    outcomes: ['mutual-tls'],
    because: ['authorization-by-request'],
  },
  {
    says: 'where bytes are read a rule with paths allows nobody',
    rules: ['R303'],
    given: [...bytes, policy('ALLOW', [to({ paths: ['/info'] })])],
    outcomes: ['authorization-closed'],
  },
  {
    says: 'where bytes are read a rule with paths denies everybody',
    rules: ['R303'],
    given: [...bytes, policy('DENY', [to({ paths: ['/info'] })])],
    outcomes: ['authorization-closed'],
  },
  {
    says: 'a port that declares no protocol leaves open which it is',
    rules: ['R303'],
    given: [...undeclared, policy('DENY', [to({ paths: ['/info'] })])],
    outcomes: ['unknown'],
  },
  {
    says: 'ztunnel reads bytes, whatever the port is declared',
    rules: ['R303'],
    client: 'ambient',
    given: [...ambient, policy('DENY', [to({ methods: ['GET'] })])],
    outcomes: ['authorization-closed'],
  },
  {
    says: 'what no request can change is refused all the same',
    rules: ['R303'],
    given: [
      ...server,
      policy('ALLOW', [{ ...to({ paths: ['/info'] }), ...from({ namespaces: ['far'] }) }]),
    ],
    outcomes: ['authorization-denied'],
  },
  {
    says: 'a rule by addresses leaves it unknown',
    rules: ['R304'],
    given: [...server, policy('DENY', [from({ ipBlocks: ['10.0.0.0/8'] })])],
    outcomes: ['unknown'],
  },
  {
    says: 'a rule by addresses for others does not',
    rules: ['R304'],
    given: [...server, policy('DENY', [from({ ipBlocks: ['10.0.0.0/8'], namespaces: ['far'] })])],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'an authorizer outside leaves it unknown',
    rules: ['R305'],
    given: [...server, policy('CUSTOM', [{}], { provider: { name: 'outside' } })],
    outcomes: ['unknown'],
  },
  {
    says: 'ztunnel asks none',
    rules: ['R305'],
    client: 'ambient',
    given: [...ambient, policy('CUSTOM', [{}], { provider: { name: 'outside' } })],
    outcomes: ['mutual-tls'],
  },
];

/** A waypoint before the services of shop, of an account of its own. */
const wayfarers: readonly Json[] = [
  namespace('shop', 'istio.io/use-waypoint=way'),
  ...waypoint('shop/way'),
  ...ambient,
];

const waypoints: readonly CallRow[] = [
  {
    says: 'a policy for the Service is the waypoint’s, and goes by the client',
    rules: ['R300', 'R97'],
    client: 'ambient',
    given: [
      ...wayfarers,
      authorizationPolicy('shop/target', {
        targetRefs: [{ kind: 'Service', name: 'server' }],
        rules: [from({ namespaces: ['far'] })],
      }),
    ],
    outcomes: ['authorization-denied'],
    because: ['through-waypoint', 'authorization-allows-others'],
  },
  {
    says: 'a policy for the Gateway is the waypoint’s, too',
    rules: ['R300'],
    client: 'ambient',
    given: [
      ...wayfarers,
      authorizationPolicy('shop/target', {
        targetRefs: [{ kind: 'Gateway', name: 'way' }],
        action: 'DENY',
        rules: [{}],
      }),
    ],
    outcomes: ['authorization-denied'],
  },
  {
    says: 'a policy of the root namespace may be for all waypoints',
    rules: ['R300'],
    client: 'ambient',
    given: [
      ...wayfarers,
      authorizationPolicy('istio-system/target', {
        targetRefs: [{ kind: 'GatewayClass', name: 'istio-waypoint' }],
      }),
    ],
    outcomes: ['authorization-denied'],
  },
  {
    says: 'a policy that selects the pods goes by the waypoint, which is their client',
    rules: ['R300', 'R97'],
    client: 'ambient',
    given: [...wayfarers, policy('ALLOW', [from({ namespaces: ['web'] })])],
    outcomes: ['authorization-closed'],
  },
  {
    says: 'a sidecar goes past the waypoint',
    rules: ['R97'],
    given: [
      ...wayfarers,
      authorizationPolicy('shop/target', { targetRefs: [{ kind: 'Service', name: 'server' }] }),
    ],
    outcomes: ['mutual-tls'],
  },
];

const hidden: readonly CallRow[] = [
  {
    says: 'where policies may not be read, who is let in is unknown',
    rules: ['R300'],
    given: server,
    missing: [{ kind: 'AuthorizationPolicy', namespace: 'shop', why: 'forbidden' }],
    outcomes: ['unknown'],
  },
  {
    says: 'those of other namespaces do not matter',
    rules: ['R300'],
    given: server,
    missing: [{ kind: 'AuthorizationPolicy', namespace: 'web', why: 'forbidden' }],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a policy that is seen refuses whatever is hidden',
    rules: ['R300'],
    given: [...server, authorizationPolicy('shop/none', {})],
    missing: [{ kind: 'AuthorizationPolicy', namespace: 'istio-system', why: 'forbidden' }],
    outcomes: ['authorization-denied'],
  },
];

describe('an AuthorizationPolicy', () => {
  describe('goes by identity', () => {
    rows(identities, checkCall);
  });
  describe('has a scope', () => {
    rows(scopes, checkCall);
  });
  describe('decides what can be decided', () => {
    rows(requests, checkCall);
  });
  describe('at waypoints', () => {
    rows(waypoints, checkCall);
  });
  describe('that is hidden', () => {
    rows(hidden, checkCall);
  });
});
