import { describe } from 'node:test';
import {
  destinationRule,
  namespace,
  pod,
  service,
  type Json,
} from '../../../support/meshNotation.ts';
import { rows } from '../../../support/meshRules.ts';
import { checkCall, type CallRow } from './callRow.ts';

function labelled(manifest: Json, labels: Json): Json {
  return { ...manifest, metadata: { ...(manifest['metadata'] as Json), labels } };
}

/** Of namespace shop; its presence shows in the TLS of a rule, which ztunnel itself does not read. */
const waypoint = [
  namespace('shop', 'istio.io/use-waypoint=way'),
  pod('shop/way', 'waypoint', { labels: 'gateway.networking.k8s.io/gateway-name=way' }),
];
const tlsRule = [destinationRule('shop/server', { tls: 'SIMPLE' })];

const table: readonly CallRow[] = [
  {
    says: 'a rule ISTIO_MUTUAL has no effect at a waypoint, and that is said',
    rules: ['R99'],
    client: 'ambient',
    given: [
      ...waypoint,
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
      ...waypoint,
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
      pod('infra/other', 'waypoint', { labels: 'gateway.networking.k8s.io/gateway-name=other' }),
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
      namespace('shop', 'istio.io/use-waypoint=way,istio.io/use-waypoint-namespace=infra'),
      pod('shop/server', 'ambient'),
      service('shop/server'),
    ],
    missing: [{ kind: 'Pod', namespace: 'infra', why: 'forbidden' }],
    outcomes: ['unknown'],
    reasons: 'data-plane not-readable',
  },
  {
    says: 'also where nobody may read whether the namespace names one',
    rules: ['R97'],
    client: 'ambient',
    given: [
      pod('infra/way', 'waypoint', { labels: 'gateway.networking.k8s.io/gateway-name=way' }),
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
