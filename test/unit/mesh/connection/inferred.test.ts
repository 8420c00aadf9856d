import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { connect } from '../../../../src/mesh/connection/connection.ts';
import { describeReason } from '../../../../src/mesh/words/describe.ts';
import {
  destinationRule,
  meshOf,
  peerAuthentications,
  pod,
  service,
  type Json,
  type PodKind,
} from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

// What was read in Istio's code and is asserted by no document or test of Istio says so where it decides.

interface InferredRow extends Row {
  readonly given: readonly Json[];
  readonly client?: PodKind;
  /** The kinds of reason that are marked; none where what decides is certain. */
  readonly inferred: readonly string[];
}

const server = [pod('shop/server', 'sidecar'), service('shop/server')];
const ambient = [pod('shop/server', 'ambient'), service('shop/server')];
const excluded = [
  pod('shop/server', 'sidecar', {
    annotations: { 'traffic.sidecar.istio.io/excludeInboundPorts': '8080' },
  }),
  service('shop/server'),
];
const HOST = 'server.shop.svc.cluster.local';
const files = { mode: 'MUTUAL', clientCertificate: '/c.pem', privateKey: '/k.pem' };

const table: readonly InferredRow[] = [
  { says: 'mutual TLS by auto mTLS is certain', rules: ['R147'], given: server, inferred: [] },
  {
    says: 'mutual TLS to an excluded port is inferred',
    rules: ['R56'],
    given: excluded,
    inferred: ['port-not-captured'],
  },
  {
    says: 'plaintext to an excluded port is certain',
    rules: ['R56'],
    client: 'none',
    given: excluded,
    inferred: [],
  },
  {
    says: 'certificates of one’s own on a port that is not STRICT',
    rules: ['R52', 'R195'],
    given: [...server, destinationRule('shop/server', { tls: files })],
    inferred: ['port-class'],
  },
  {
    says: 'certificates of one’s own on a STRICT port',
    rules: ['R52', 'R183'],
    given: [
      ...server,
      destinationRule('shop/server', { tls: files }),
      ...peerAuthentications(['shop/default STRICT']),
    ],
    inferred: ['foreign-certificate-assumed'],
  },
  {
    says: 'one-way TLS there is certain',
    rules: ['R50'],
    given: [...server, destinationRule('shop/server', { tls: 'SIMPLE' })],
    inferred: [],
  },
  {
    says: 'a rule that is exported to others only, in the client’s own namespace',
    rules: ['R156'],
    given: [
      ...server,
      destinationRule('web/r', { host: HOST, tls: 'DISABLE', exportTo: ['third'] }),
    ],
    inferred: ['rule-not-exported'],
  },
  {
    says: 'a rule that its service’s namespace does not export is certain',
    rules: ['R153'],
    given: [...server, destinationRule('shop/r', { tls: 'DISABLE', exportTo: ['third'] })],
    inferred: [],
  },
  {
    says: 'which of several rules with different exportTo is used',
    rules: ['R158'],
    given: [
      ...server,
      destinationRule('shop/a', { tls: 'DISABLE', age: 1 }),
      destinationRule('shop/b', { tls: 'ISTIO_MUTUAL', exportTo: ['*'], age: 2 }),
    ],
    inferred: ['ambiguous-rules'],
  },
  {
    says: 'which of two policies of one second ambient takes',
    rules: ['R93'],
    client: 'none',
    given: [...ambient, ...peerAuthentications(['shop/a PERMISSIVE @1', 'shop/b STRICT @1'])],
    inferred: ['unspecified-tie'],
  },
  {
    says: 'a conversion for ambient that does not say what was composed',
    rules: ['R94'],
    client: 'none',
    given: [
      ...ambient,
      ...peerAuthentications(['istio-system/default STRICT', 'shop/s app=server 8080:DISABLE']),
    ],
    inferred: ['ambient-conversion'],
  },
  {
    says: 'plaintext to the pods of a headless service in ambient',
    rules: ['R173'],
    given: [pod('shop/server', 'ambient'), service('shop/server', { headless: true })],
    inferred: ['headless'],
  },
];

describe('what is only inferred says so:', () => {
  rows(table, ({ given, client, inferred }) => {
    const mesh = meshOf([pod('web/client', client ?? 'sidecar'), ...given]);
    const ref = { kind: 'Pod', namespace: 'web', name: 'client' } as const;
    const [{ because }] = connect(
      mesh,
      { kind: 'workload', workload: ref },
      { host: 'server.shop', port: 8080 },
    );
    const marked = because.filter((reason) => 'inferred' in reason && reason.inferred);
    assert.deepEqual(
      marked.map(({ kind }) => kind),
      inferred,
    );
    for (const reason of marked) assert.match(describeReason(reason), /Read in Istio’s code/);
  });
});
