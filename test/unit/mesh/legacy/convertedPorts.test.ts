import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { convertLegacyPolicies } from '../../../../src/mesh/legacy/convertLegacy.ts';
import { convertedPorts } from '../../../../src/mesh/legacy/convertedPorts.ts';
import { decodeLegacyPolicy } from '../../../../src/mesh/decode/legacyPolicy.ts';
import {
  meshOf,
  peerAuthentications,
  pod,
  service,
  type Json,
} from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface PortRow extends Row {
  readonly policies: readonly Json[];
  readonly given?: readonly Json[];
  /** `service:port 1.4 1.5 converted` */
  readonly ports: readonly string[];
}

function policy(name: string, spec: Json): Json {
  const apiVersion = 'authentication.istio.io/v1alpha1';
  return { apiVersion, kind: 'Policy', metadata: { namespace: 'shop', name }, spec };
}

const strict = { peers: [{ mtls: {} }] };
const shop = [
  service('shop/cart', { ports: ['http 80:8080', 'admin 81:9090'] }),
  pod('shop/cart', 'sidecar', { ports: [8080, 9090] }),
];

const table: readonly PortRow[] = [
  {
    says: 'a policy of the namespace makes every port what it was',
    rules: ['R201', 'R207'],
    policies: [policy('default', strict)],
    ports: ['cart:80 STRICT STRICT STRICT', 'cart:81 STRICT STRICT STRICT'],
  },
  {
    says: 'where no policy spoke, 1.4 took plaintext only, 1.5 and today take both',
    rules: ['R202', 'R205', 'R208'],
    policies: [policy('cart', { ...strict, targets: [{ name: 'cart', ports: [{ number: 80 }] }] })],
    ports: ['cart:80 STRICT STRICT STRICT', 'cart:81 DISABLE PERMISSIVE PERMISSIVE'],
  },
  {
    says: 'in 1.5 a PeerAuthentication that applies had the word already',
    rules: ['R206'],
    given: peerAuthentications(['istio-system/default PERMISSIVE']),
    policies: [policy('default', strict)],
    ports: ['cart:80 STRICT PERMISSIVE PERMISSIVE', 'cart:81 STRICT PERMISSIVE PERMISSIVE'],
  },
  {
    says: 'the pods of another Service, which the new policy governs too, are seen to change',
    rules: ['R209'],
    given: [service('shop/alias', { selector: 'app=cart', ports: ['http 90:8080'] })],
    policies: [policy('cart', { ...strict, targets: [{ name: 'cart' }] })],
    ports: [
      'alias:90 DISABLE PERMISSIVE STRICT',
      'cart:80 STRICT STRICT STRICT',
      'cart:81 STRICT STRICT STRICT',
    ],
  },
  {
    says: 'a port name that the pods do not know is left out',
    rules: ['R208'],
    given: [service('shop/cart', { ports: ['http 80:nowhere'] })],
    policies: [policy('default', strict)],
    ports: [],
  },
];

describe('Service ports before and after a conversion', () => {
  rows(table, (row) => {
    const mesh = meshOf([...shop, ...(row.given ?? [])]);
    const policies = row.policies.flatMap((one) => decodeLegacyPolicy(one).policy ?? []);
    const { manifests } = convertLegacyPolicies(mesh, policies);
    assert.deepEqual(
      convertedPorts(mesh, policies, manifests).map(
        (one) =>
          `${one.service.name}:${one.service.port} ${one.before['1.4']} ${one.before['1.5']} ${one.after}`,
      ),
      row.ports,
    );
  });
});
