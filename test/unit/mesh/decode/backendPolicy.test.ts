import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { decode } from '../../../../src/mesh/decode/decode.ts';
import type { Json } from '../../../support/meshNotation.ts';
import { rows, type Row } from '../../../support/meshRules.ts';

interface ProblemRow extends Row {
  readonly spec: Json;
  readonly kind?: 'XBackendTrafficPolicy';
  /** `path: beginning of the message`; `(path)` is a warning. */
  readonly problems: readonly string[];
}

const target = { group: '', kind: 'Service', name: 'cart' };
const system = { hostname: 'cart.example', wellKnownCACertificates: 'System' };
const good: Json = { targetRefs: [target], validation: system };

function authorities(...kinds: readonly string[]): Json {
  const caCertificateRefs = kinds.map((kind) => ({ group: '', kind, name: 'authorities' }));
  return { ...good, validation: { hostname: 'cart.example', caCertificateRefs } };
}

function check({ spec, kind, problems }: ProblemRow): void {
  const group = kind === undefined ? 'gateway.networking.k8s.io' : 'gateway.networking.x-k8s.io';
  const manifest = {
    apiVersion: `${group}/v1alpha3`,
    kind: kind ?? 'BackendTLSPolicy',
    metadata: { name: 'x', namespace: 'shop' },
    spec,
  };
  const decoded = decode(manifest, { kind: 'cluster' });
  assert.ok(decoded.object);
  const found = decoded.problems.map(({ path, message, severity }) => {
    const at = path.join('.').replace('spec.', '').replace('validation.', '');
    return `${severity === 'error' ? at : `(${at})`}: ${message}`;
  });
  assert.equal(found.length, problems.length, found.join('\n'));
  for (const [index, expected] of problems.entries())
    assert.ok(found[index]?.startsWith(expected), found[index]);
}

const table: readonly ProblemRow[] = [
  { says: 'nothing in one that is complete', rules: ['R160'], spec: good, problems: [] },
  {
    says: 'one without targets',
    rules: ['R160'],
    spec: { validation: system },
    problems: ['targetRefs: A policy targets at least one object'],
  },
  {
    says: 'one without a hostname to check',
    rules: ['R160'],
    spec: { ...good, validation: { wellKnownCACertificates: 'System' } },
    problems: ['hostname: A BackendTLSPolicy needs the hostname'],
  },
  {
    says: 'one that trusts nobody',
    rules: ['R160'],
    spec: { ...good, validation: { hostname: 'cart.example' } },
    problems: ['validation: Exactly one of caCertificateRefs and wellKnownCACertificates'],
  },
  {
    says: 'one that trusts both the system’s authorities and its own',
    rules: ['R160'],
    spec: {
      ...good,
      validation: { ...(authorities('ConfigMap')['validation'] as Json), ...system },
    },
    problems: ['validation: Exactly one of caCertificateRefs and wellKnownCACertificates'],
  },
  {
    says: 'and points out authorities outside ConfigMaps',
    rules: ['R160'],
    spec: authorities('Secret'),
    problems: ['(caCertificateRefs.0): Istio reads certificates of authorities from ConfigMaps'],
  },
  {
    says: 'and points out that only the first authorities are read',
    rules: ['R160'],
    spec: authorities('ConfigMap', 'ConfigMap'),
    problems: ['(caCertificateRefs.1): Istio reads the first of several'],
  },
  {
    says: 'and points out well-known authorities that Istio does not know',
    rules: ['R160'],
    spec: { ...good, validation: { ...system, wellKnownCACertificates: 'Mine' } },
    problems: ['(wellKnownCACertificates): "Mine" is not known to Istio'],
  },
  {
    says: 'and points out a target that Istio does not take',
    rules: ['R160'],
    spec: { ...good, targetRefs: [{ group: '', kind: 'Pod', name: 'cart' }] },
    problems: ['(targetRefs.0): Istio takes a Service or a ServiceEntry as target'],
  },
  {
    says: 'and points out a ServiceEntry as the target of an XBackendTrafficPolicy',
    rules: ['R160'],
    kind: 'XBackendTrafficPolicy',
    spec: { targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'x' }] },
    problems: ['(targetRefs.0): Istio takes a Service as target'],
  },
];

describe('a backend policy: the Gateway API refuses', () => {
  rows(table, check);
});
