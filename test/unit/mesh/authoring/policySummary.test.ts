import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  destinationRuleSummary,
  peerAuthenticationSummary,
} from '../../../../src/mesh/authoring/policySummary.ts';
import { findObject } from '../../../../src/mesh/snapshot/findObject.ts';
import type { MissingFact } from '../../../../src/mesh/model/explanation.ts';
import {
  destinationRule,
  meshOf,
  namespace,
  peerAuthentication,
  pod,
  service,
} from '../../../support/meshNotation.ts';

const shop = [
  namespace('shop', 'istio-injection=enabled'),
  pod('shop/cart', 'sidecar'),
  pod('shop/web', 'sidecar'),
  pod('shop/batch', 'none'),
  service('shop/cart', { ports: ['p-8080 80:8080'] }),
];

interface PolicyCase {
  readonly name: string;
  readonly policy: string;
  readonly others?: readonly string[];
  readonly missing?: readonly MissingFact[];
  readonly says: string;
}

const policies: readonly PolicyCase[] = [
  {
    name: 'counts all workloads of a namespace, and those on which nothing enforces it',
    policy: 'shop/default STRICT',
    says: 'STRICT on 3 workloads (nothing enforces it on 1)',
  },
  {
    name: 'counts the workloads that no narrower policy takes away',
    policy: 'shop/default STRICT',
    others: ['shop/cart app=cart PERMISSIVE'],
    says: 'STRICT on 2 of 3 workloads (nothing enforces it on 1)',
  },
  {
    name: 'counts the workloads that a selector selects',
    policy: 'shop/cart app=cart STRICT',
    says: 'STRICT on 1 workload',
  },
  {
    name: 'names the ports that it decides',
    policy: 'shop/cart app=cart UNSET 8080:DISABLE',
    says: 'DISABLE on port 8080',
  },
  {
    name: 'says when a selector selects nothing',
    policy: 'shop/nobody app=nobody STRICT',
    says: 'Selects no workload',
  },
  {
    name: 'says when another policy decides everywhere',
    policy: 'shop/late STRICT @9',
    others: ['shop/default PERMISSIVE @1'],
    says: 'Decides for none of 3 workloads',
  },
  {
    name: 'says that a selector has no effect in the root namespace',
    policy: 'istio-system/cart app=cart STRICT',
    says: 'No effect: policies with a selector are ignored in the root namespace',
  },
  {
    name: 'says that it is unknown where policies cannot be read',
    policy: 'shop/default STRICT',
    missing: [{ kind: 'PeerAuthentication', namespace: 'shop', why: 'forbidden' }],
    says: 'What it decides is unknown',
  },
];

for (const { name, policy, others = [], missing = [], says } of policies) {
  test(`the summary of a PeerAuthentication ${name}`, () => {
    const manifests = [policy, ...others].map((line) => peerAuthentication(line, 0));
    const mesh = meshOf([...shop, ...manifests], { missing });
    const [namespaceName = '', policyName = ''] = policy.split(' ')[0]?.split('/') ?? [];
    const ref = {
      kind: 'PeerAuthentication',
      namespace: namespaceName,
      name: policyName,
    } as const;
    const object = findObject(mesh, ref);
    assert.ok(object?.kind === 'PeerAuthentication');
    assert.equal(peerAuthenticationSummary(mesh, object), says);
  });
}

const rules = [
  {
    name: 'counts the clients that follow it',
    host: 'cart.shop.svc.cluster.local',
    says: 'ISTIO_MUTUAL from 1 client',
  },
  {
    name: 'says when nothing is known by its host',
    host: 'nobody.shop.svc.cluster.local',
    says: 'No Service is known by this host',
  },
] as const;

for (const { name, host, says } of rules) {
  test(`the summary of a DestinationRule ${name}`, () => {
    const mesh = meshOf([...shop, destinationRule('shop/cart', { host, tls: 'ISTIO_MUTUAL' })]);
    const ref = { kind: 'DestinationRule', namespace: 'shop', name: 'cart' } as const;
    const object = findObject(mesh, ref);
    assert.ok(object?.kind === 'DestinationRule');
    assert.equal(destinationRuleSummary(mesh, object), says);
  });
}
