import { describe } from 'node:test';
import {
  destinationRule,
  namespace,
  pod,
  service,
  waypoint,
  type Json,
} from '../../../support/meshNotation.ts';
import { rows } from '../../../support/meshRules.ts';
import { checkCall, type CallRow } from './callRow.ts';

function labelled(manifest: Json, labels: Json): Json {
  return { ...manifest, metadata: { ...(manifest['metadata'] as Json), labels } };
}

/** Of namespace shop; its presence shows in the TLS of a rule, which ztunnel itself does not read. */
const wayfarers = [namespace('shop', 'istio.io/use-waypoint=way'), ...waypoint('shop/way')];
const tlsRule = [destinationRule('shop/server', { tls: 'SIMPLE' })];

const named = [
  namespace('shop', 'istio.io/use-waypoint=way'),
  pod('shop/server', 'ambient'),
  service('shop/server'),
];

function selected(metal: string): Json {
  return { from: 'Selector', selector: { matchLabels: { metal } } };
}

const table: readonly CallRow[] = [
  {
    says: 'a rule ISTIO_MUTUAL has no effect at a waypoint, and that is said',
    rules: ['R99'],
    client: 'ambient',
    given: [
      ...wayfarers,
      destinationRule('shop/server', { tls: 'ISTIO_MUTUAL' }),
      pod('shop/server', 'ambient'),
      service('shop/server'),
    ],
    outcomes: ['mutual-tls'],
    because: ['rule-without-effect'],
  },
  {
    says: 'none on the Service keeps the waypoint of its namespace away',
    rules: ['R97', 'R101'],
    client: 'ambient',
    given: [
      ...wayfarers,
      ...tlsRule,
      pod('shop/server', 'ambient'),
      labelled(service('shop/server'), { 'istio.io/use-waypoint': 'none' }),
    ],
    outcomes: ['mutual-tls'],
    reasons: 'data-plane hbone data-plane server-mode',
  },
  {
    says: 'a Service may name another waypoint, of another namespace',
    rules: ['R97'],
    client: 'ambient',
    given: [
      ...tlsRule,
      ...waypoint('infra/other', { from: { from: 'All' } }),
      pod('shop/server', 'ambient'),
      labelled(service('shop/server'), {
        'istio.io/use-waypoint': 'other',
        'istio.io/use-waypoint-namespace': 'infra',
      }),
    ],
    outcomes: ['protocol-mismatch'],
    because: ['through-waypoint'],
  },
  {
    says: 'a waypoint that is named and does not run is not on the way',
    rules: ['R97', 'R101'],
    client: 'ambient',
    given: [
      namespace('shop', 'istio.io/use-waypoint=way'),
      ...tlsRule,
      pod('shop/server', 'ambient'),
      service('shop/server'),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'but may be where pods may not be listed',
    rules: ['R97'],
    client: 'ambient',
    given: [
      ...waypoint('infra/way', { from: { from: 'All' } }).slice(0, 1),
      namespace('shop', 'istio.io/use-waypoint=way,istio.io/use-waypoint-namespace=infra'),
      pod('shop/server', 'ambient'),
      service('shop/server'),
    ],
    missing: [{ kind: 'Pod', namespace: 'infra', why: 'forbidden' }],
    outcomes: ['unknown'],
    reasons: 'data-plane not-readable',
  },
  {
    says: 'or where Gateways may not be listed',
    rules: ['R97'],
    client: 'ambient',
    given: [
      namespace('shop', 'istio.io/use-waypoint=way,istio.io/use-waypoint-namespace=infra'),
      pod('shop/server', 'ambient'),
      service('shop/server'),
    ],
    missing: [{ kind: 'KubernetesGateway', namespace: 'infra', why: 'forbidden' }],
    outcomes: ['unknown'],
    reasons: 'data-plane not-readable',
  },
  {
    says: 'what runs where its Gateway is only written cannot be told',
    rules: ['R97'],
    client: 'ambient',
    given: [...named, ...waypoint('shop/way').slice(0, 1)],
    outcomes: ['unknown'],
  },
  ...(
    [
      ['a waypoint for services takes them', {}, true],
      ['a waypoint for all takes them, too', { for: 'all' }, true],
      ['a waypoint for workloads takes no service', { for: 'workload' }, false],
      ['a waypoint for nothing takes no service', { for: 'none' }, false],
      ['a waypoint without an address is not there yet', { hasAddress: false }, false],
    ] as const
  ).map(([says, options, isTaken]): CallRow => ({
    says,
    rules: ['R97'],
    client: 'ambient',
    given: [...named, ...tlsRule, ...waypoint('shop/way', options)],
    outcomes: [isTaken ? 'protocol-mismatch' : 'mutual-tls'],
  })),
  ...(
    [
      ['lets in its own namespace only, if it says nothing', undefined, false],
      ['lets in all if it says so', { from: 'All' }, true],
      ['lets in its own if it says so', { from: 'Same' }, false],
      ['goes by labels of namespaces', selected('gold'), true],
      ['leaves out those with other labels', selected('iron'), false],
    ] as const
  ).map(([says, from, isTaken]): CallRow => ({
    says: `a waypoint of another namespace ${says}`,
    rules: ['R97'],
    client: 'ambient',
    given: [
      namespace(
        'shop',
        'istio.io/use-waypoint=way,istio.io/use-waypoint-namespace=infra,metal=gold',
      ),
      pod('shop/server', 'ambient'),
      service('shop/server'),
      ...tlsRule,
      ...waypoint('infra/way', from === undefined ? {} : { from }),
    ],
    outcomes: [isTaken ? 'protocol-mismatch' : 'mutual-tls'],
  })),
  {
    says: 'a waypoint of another namespace has no endpoints of a Service that is not exported to it',
    rules: ['R97', 'R144'],
    client: 'ambient',
    given: [
      namespace('shop', 'istio.io/use-waypoint=way,istio.io/use-waypoint-namespace=infra'),
      pod('shop/server', 'ambient'),
      service('shop/server', { annotations: { 'networking.istio.io/exportTo': '.' } }),
      ...waypoint('infra/way', { from: { from: 'All' } }),
    ],
    outcomes: ['unknown-to-waypoint'],
    because: ['through-waypoint', 'host-not-exported'],
  },
  {
    says: 'the pods of a headless Service are called by address, past a waypoint for services',
    rules: ['R97', 'R172'],
    client: 'ambient',
    given: [
      namespace('shop', 'istio.io/use-waypoint=way'),
      pod('shop/server', 'ambient'),
      service('shop/server', { headless: true }),
      ...tlsRule,
      ...waypoint('shop/way'),
    ],
    outcomes: ['mutual-tls'],
  },
  {
    says: 'and through a waypoint for workloads',
    rules: ['R97', 'R172'],
    client: 'ambient',
    given: [
      namespace('shop', 'istio.io/use-waypoint=way'),
      pod('shop/server', 'ambient'),
      service('shop/server', { headless: true }),
      ...waypoint('shop/way', { for: 'workload' }),
    ],
    outcomes: ['mutual-tls'],
    because: ['through-waypoint'],
  },
  {
    says: 'the host of a ServiceEntry that leads outside goes through its waypoint, and that is said',
    rules: ['R97'],
    client: 'ambient',
    given: [
      namespace('shop', 'istio.io/use-waypoint=way'),
      ...waypoint('shop/way'),
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'ServiceEntry',
        metadata: { namespace: 'shop', name: 'outside' },
        spec: {
          hosts: ['api.example.com'],
          location: 'MESH_EXTERNAL',
          resolution: 'DNS',
          ports: [{ number: 8080, name: 'http', protocol: 'HTTP' }],
        },
      },
    ],
    host: 'api.example.com',
    outcomes: ['plaintext'],
    because: ['through-waypoint'],
  },
  {
    says: 'also where nobody may read whether the namespace names one',
    rules: ['R97'],
    client: 'ambient',
    given: [
      ...waypoint('infra/way', { from: { from: 'All' } }),
      pod('shop/server', 'ambient'),
      service('shop/server'),
    ],
    missing: [{ kind: 'Namespace', namespace: '', why: 'forbidden' }],
    outcomes: ['unknown'],
    reasons: 'data-plane not-readable',
  },
];

describe('on the way from ztunnel', () => {
  rows(table, checkCall);
});
