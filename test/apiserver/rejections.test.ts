import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Json } from '../support/kubernetes/adminClient.ts';
import { createNamespace, desired, peerAuthentication } from './environment/objects.ts';
import { openProduct, type Product } from './environment/openProduct.ts';
import { startTestCluster } from './environment.ts';

const cluster = await startTestCluster();
let product: Product;

before(async () => {
  await createNamespace(cluster.admin, 'foo');
  const pair = await cluster.certificateOf({ name: 'writer', group: 'system:masters' });
  product = await openProduct(cluster, { credential: { kind: 'certificate', pair } });
});
after(async () => {
  try {
    product.dispose();
  } finally {
    await cluster.dispose();
  }
});

/** What the API server's own rules refuse, with the server's words. */
const invalid: readonly { readonly name: string; readonly spec: Json; readonly says: RegExp }[] = [
  {
    name: 'an unknown mode',
    spec: { mtls: { mode: 'STRCT' } },
    says: /spec\.mtls\.mode.*Unsupported value: "STRCT".*"STRICT"/,
  },
  {
    name: 'a port that is no number',
    spec: {
      selector: { matchLabels: { app: 'a' } },
      portLevelMtls: { http: { mode: 'STRICT' } },
    },
    says: /port must be between 1-65535|portLevelMtls/,
  },
  {
    name: 'port modes without a selector',
    spec: { portLevelMtls: { '80': { mode: 'STRICT' } } },
    says: /portLevelMtls requires selector/,
  },
  {
    name: 'a wildcard in a selector',
    spec: { selector: { matchLabels: { app: 'a*' } } },
    says: /wildcard not allowed in label value match/,
  },
];

describe("a policy that Istio's rules refuse", () => {
  for (const { name, spec, says } of invalid) {
    test(name, async () => {
      const wish = desired(peerAuthentication('foo', 'invalid', { spec }));
      const prepared = await product.cluster.actions.prepare([wish], product.signal);
      assert.ok(prepared.kind === 'invalid', JSON.stringify(prepared));
      assert.match(prepared.causes.join('\n'), says);
    });
  }
});
