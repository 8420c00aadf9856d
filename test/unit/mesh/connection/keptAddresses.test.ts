import { describe } from 'node:test';
import {
  destinationRule,
  meshConfig,
  istiod,
  peerAuthentications,
  pod,
  service,
  type Json,
} from '../../../support/meshNotation.ts';
import { rows } from '../../../support/meshRules.ts';
import { checkCall, strict, type CallRow } from '../client/callRow.ts';

// What a client gets that keeps the address it was given, instead of one that its proxy chooses.

const passthrough = { loadBalancer: { simple: 'PASSTHROUGH' } };

/** One pod takes mutual TLS, the other has no proxy. */
const mixed = [
  pod('shop/server', 'sidecar'),
  pod('shop/old', 'none', { labels: 'app=server,version=v1' }),
  service('shop/server'),
];
const bare = [
  pod('shop/server', 'none', { labels: 'app=server,version=v1' }),
  service('shop/server'),
];

function portEntry(policy: Json): Json {
  return { portLevelSettings: [{ port: { number: 8080 }, ...policy }] };
}

const balancers: readonly CallRow[] = [
  {
    says: 'PASSTHROUGH of a whole rule asks all pods, and one without a proxy keeps mutual TLS from all',
    rules: ['R172'],
    given: [...mixed, destinationRule('shop/server', { policy: passthrough })],
    outcomes: ['plaintext old 1/2', 'plaintext server 1/2'],
    because: ['address-kept'],
  },
  {
    says: 'PASSTHROUGH for one port asks nobody: pods without a proxy get mutual TLS and cannot read it',
    rules: ['R172'],
    given: [...bare, destinationRule('shop/server', { policy: portEntry(passthrough) })],
    outcomes: ['protocol-mismatch'],
    because: ['address-kept'],
  },
  {
    says: 'PASSTHROUGH of a rule whose entry for the port balances still asks all pods',
    rules: ['R172', 'R162'],
    given: [
      ...mixed,
      destinationRule('shop/server', {
        policy: { ...passthrough, ...portEntry({ loadBalancer: { simple: 'RANDOM' } }) },
      }),
    ],
    outcomes: ['plaintext old 1/2', 'plaintext server 1/2'],
    because: ['address-kept'],
  },
  {
    says: 'a subset asks by its own load balancer, so under PASSTHROUGH of the rule its pods get mutual TLS unasked',
    rules: ['R172', 'R164'],
    given: [
      ...bare,
      destinationRule('shop/server', {
        policy: passthrough,
        subsets: [{ name: 'v1', labels: { version: 'v1' } }],
      }),
    ],
    subset: 'v1',
    outcomes: ['protocol-mismatch'],
    because: ['address-kept'],
  },
  {
    says: 'a subset that keeps addresses does not choose pods by its labels',
    rules: ['R172', 'R164'],
    given: [
      pod('shop/server', 'sidecar'),
      pod('shop/other', 'sidecar', { labels: 'app=server,version=v1' }),
      service('shop/server'),
      destinationRule('shop/server', {
        subsets: [{ name: 'v1', labels: { version: 'v1' }, trafficPolicy: passthrough }],
      }),
    ],
    subset: 'v1',
    outcomes: ['mutual-tls other 1/2', 'mutual-tls server 1/2'],
  },
];

/** A headless Service whose port is not the one that its pods are said to listen on. */
const moved = (kind: 'sidecar' | 'none' | 'ambient' = 'sidecar'): readonly Json[] => [
  pod('shop/server', kind, { ports: [8000, 8080] }),
  service('shop/server', { headless: true, ports: ['http 8000:8080'] }),
];

const ports: readonly CallRow[] = [
  {
    says: 'nothing translates the port of a headless Service, so the mode of the port that was called counts',
    rules: ['R172'],
    given: [...moved(), ...peerAuthentications(['shop/s app=server STRICT 8080:DISABLE'])],
    port: 8000,
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a client without a proxy is refused there by the same mode',
    rules: ['R172'],
    given: [...moved(), ...peerAuthentications(['shop/s app=server STRICT 8080:DISABLE'])],
    client: 'none',
    port: 8000,
    outcomes: ['server-resets-plaintext'],
  },
  {
    says: 'DISABLE at the called port refuses the mutual TLS that a headless Service is always sent',
    rules: ['R172', 'R173'],
    given: [...moved(), ...peerAuthentications(['shop/s app=server STRICT 8000:DISABLE'])],
    port: 8000,
    outcomes: ['protocol-mismatch'],
  },
  {
    says: 'and lets plaintext in',
    rules: ['R172'],
    given: [...moved(), ...peerAuthentications(['shop/s app=server STRICT 8000:DISABLE'])],
    client: 'none',
    port: 8000,
    outcomes: ['plaintext'],
  },
  {
    says: 'a target port that the server’s sidecar does not see does not matter',
    rules: ['R172', 'R54'],
    given: [
      pod('shop/server', 'sidecar', {
        annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': '8080' },
      }),
      service('shop/server', { headless: true, ports: ['http 8000:8080'] }),
      ...strict,
    ],
    port: 8000,
    outcomes: ['mutual-tls'],
  },
  {
    says: 'a gateway balances the pods of a headless Service itself, and translates the port',
    rules: ['R172'],
    given: [...moved(), ...peerAuthentications(['shop/s app=server STRICT 8080:DISABLE'])],
    client: 'gateway',
    port: 8000,
    outcomes: ['plaintext'],
  },
  {
    says: 'ambient pods are met at the called port, too',
    rules: ['R172', 'R92'],
    given: [
      ...moved('ambient'),
      ...peerAuthentications(['shop/s app=server STRICT 8080:PERMISSIVE']),
    ],
    client: 'none',
    port: 8000,
    outcomes: ['ztunnel-policy-rejection'],
  },
];

const addressed = (at: string, kind: 'sidecar' | 'ambient', address: string): Json => {
  const made = pod(at, kind);
  return { ...made, status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] } };
};

const itself: readonly CallRow[] = (['sidecar', 'ambient'] as const).flatMap((kind): CallRow[] => [
  {
    says: `a pod that calls its own address meets no proxy (${kind})`,
    rules: ['R57', 'R142'],
    given: [
      addressed('web/client', kind, '10.0.0.1'),
      ...peerAuthentications(['web/default STRICT']),
    ],
    host: '10.0.0.1',
    outcomes: ['plaintext'],
    reasons: `data-plane loopback`,
    client: kind,
  },
  {
    says: `nor does one that calls itself by the name of a headless Service (${kind})`,
    rules: ['R57', 'R142', 'R172'],
    given: [
      addressed('web/client', kind, '10.0.0.1'),
      service('web/client', { headless: true }),
      ...peerAuthentications(['web/default STRICT']),
    ],
    host: 'client.web',
    outcomes: ['plaintext'],
    client: kind,
  },
]);

/** Two control planes; only the canary’s reads the policy that the server follows. */
const twoControlPlanes: readonly CallRow[] = [
  {
    says: 'a client sends by the policies that its own control plane reads, not by those of the server’s',
    rules: ['R2', 'R147'],
    given: [
      meshConfig('rootNamespace: istio-system'),
      meshConfig('rootNamespace: istio-system', 'canary'),
      istiod({}),
      istiod({}, 'canary'),
      pod('shop/server', 'sidecar', { annotations: { 'istio.io/rev': 'canary' } }),
      service('shop/server'),
      ...peerAuthentications(['shop/s app=server DISABLE rev=canary']),
    ],
    outcomes: ['tls-read-as-http'],
  },
];

describe('load balancers that keep addresses', () => {
  rows(balancers, checkCall);
});
describe('ports behind addresses', () => {
  rows(ports, checkCall);
});
describe('pods that call themselves', () => {
  rows(itself, checkCall);
});
describe('clients and servers of two control planes', () => {
  rows(twoControlPlanes, checkCall);
});
