import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../support/kubernetes/adminClient.ts';
import {
  content,
  createNamespace,
  desired,
  peerAuthentication,
  policyPath,
} from './environment/objects.ts';
import { openProduct, type Product } from './environment/openProduct.ts';
import { startTestCluster } from './environment.ts';

const rounds = 60;
const cluster = await startTestCluster();
const { admin } = cluster;
let product: Product;

before(async () => {
  await createNamespace(admin, 'foo');
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

const mode = fc.constantFrom('STRICT', 'PERMISSIVE', 'DISABLE', 'UNSET');
const mtls = fc.option(fc.record({ mode }), { nil: undefined });
const text = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
const labelMap = fc.dictionary(text, text, { maxKeys: 3 });
const selected = fc.record({
  matchLabels: fc.dictionary(text, text, { minKeys: 1, maxKeys: 2 }),
});
const ports = fc.dictionary(fc.integer({ min: 1, max: 65_535 }).map(String), fc.record({ mode }), {
  minKeys: 1,
  maxKeys: 3,
});

/** Any specification that the rules of Istio's custom resource definition accept. */
const anySpec = fc.oneof(
  fc.record({ mtls }),
  fc.record({ selector: selected, mtls }),
  fc.record({ selector: selected, mtls, portLevelMtls: ports }),
);
const anyPolicy = fc.record({ spec: anySpec, labels: labelMap, annotations: labelMap });

/** A policy, and what it is to become: another one altogether, or a little more or less of itself. */
const anyChange = fc.tuple(anyPolicy, anyPolicy, fc.boolean()).map(([first, other, little]) => {
  if (!little) return [first, other] as const;
  const labels = { ...first.labels, ...other.labels };
  return [first, { ...first, labels, spec: { ...first.spec, mtls: other.spec.mtls } }] as const;
});

/** Who wrote a policy before us: apply keeps fields apart, create and update do not. */
const writer = fc.constantFrom('apply', 'create', 'us');

test('any change is refused untouched, or becomes exactly what was wished, and Undo restores exactly', async () => {
  let number = 0;
  const outcomes = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(anyChange, writer, async ([first, second], by) => {
      const name = `policy-${(number += 1)}`;
      const path = policyPath('foo', name);
      await writeAs(by, peerAuthentication('foo', name, plain(first)));
      const before = await admin.get(path);
      const wish = peerAuthentication('foo', name, plain(second));
      const { actions } = product.cluster;
      const ready = await actions.prepare([desired(wish)], product.signal);
      outcomes.set(ready.kind, (outcomes.get(ready.kind) ?? 0) + 1);
      assert.deepEqual(await admin.get(path), before, 'a preview changed the object');
      if (ready.kind !== 'ready') return;
      const applied = await actions.commit(ready, { title: 'Changed it' }, product.signal);
      assert.ok(applied.kind === 'applied', JSON.stringify(applied));
      assert.deepEqual(wished(await admin.get(path)), wished(wish));
      const undone = await actions.undo(applied.entry.id, product.signal);
      assert.equal(undone.kind, 'restored', JSON.stringify(undone));
      assert.deepEqual(content(await admin.get(path)), content(before));
    }),
    { numRuns: rounds, seed: 20_261_120 },
  );
  // The property would be empty if every change were refused.
  assert.ok((outcomes.get('ready') ?? 0) > rounds / 4, JSON.stringify([...outcomes]));
  assert.ok((outcomes.get('conflict') ?? 0) > 0, JSON.stringify([...outcomes]));
  assert.equal(outcomes.get('failed') ?? 0, 0, JSON.stringify([...outcomes]));
});

type Policy = ReturnType<typeof peerAuthentication>;

async function writeAs(by: 'apply' | 'create' | 'us', policy: Policy): Promise<void> {
  if (by === 'create') {
    await admin.create(policyPath('foo'), policy);
    return;
  }
  const manager = by === 'us' ? 'istio-mtls' : 'terraform';
  const { status, body } = await admin.send(
    `${policyPath('foo', policy.metadata.name)}?fieldManager=${manager}`,
    { method: 'PATCH', body: policy, contentType: 'application/apply-patch+yaml' },
  );
  assert.equal(status, 201, JSON.stringify(body));
}

/** As JSON carries it: without fields that are undefined. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** What somebody wished for: labels, annotations and specification; none and empty are the same. */
function wished(policy: Json): Json {
  const { labels = {}, annotations = {} } = policy['metadata'] as Json;
  return { labels, annotations, spec: policy['spec'] ?? {} };
}
