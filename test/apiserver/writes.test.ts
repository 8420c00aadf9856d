import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Applied, Prepared, Ready } from '../../src/actions/apply.ts';
import type { JournalEntry } from '../../src/actions/journal.ts';
import { journalInMemory, openJournal } from '../../src/actions/journal.ts';
import { peerAuthenticationsIn } from '../../src/mesh/snapshot/mesh.ts';
import type { Json } from '../support/kubernetes/adminClient.ts';
import { startTestCluster } from './environment.ts';
import {
  content,
  createNamespace,
  desired,
  peerAuthentication,
  policyPath,
} from './environment/objects.ts';
import { openProduct, type Product } from './environment/openProduct.ts';

const cluster = await startTestCluster();
const { admin } = cluster;
let product: Product;

before(async () => {
  for (const name of ['foo', 'bar']) await createNamespace(admin, name);
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

describe('a write', () => {
  test('creates an object under our own field manager, and the mesh follows', async () => {
    const entry = await write(peerAuthentication('foo', 'created'));
    const live = await admin.get(policyPath('foo', 'created'));
    assert.deepEqual(live['spec'], { mtls: { mode: 'STRICT' } });
    assert.deepEqual(managers(live), ['istio-mtls Apply']);
    assert.equal(entry.changes[0].before, undefined);
    await product.until('the mesh to have it', ({ mesh }) =>
      peerAuthenticationsIn(mesh, 'foo').some(({ name }) => name === 'created'),
    );
  });

  test('changes one field and leaves those of others alone', async () => {
    const spec = {
      selector: { matchLabels: { app: 'a' } },
      portLevelMtls: { '80': { mode: 'DISABLE' } },
    };
    await apply('terraform', peerAuthentication('foo', 'shared', { spec, labels: { team: 'x' } }));
    const after = { ...spec, mtls: { mode: 'STRICT' } };
    await write(peerAuthentication('foo', 'shared', { spec: after, labels: { team: 'x' } }));
    const live = await admin.get(policyPath('foo', 'shared'));
    assert.deepEqual(live['spec'], after);
    assert.deepEqual(managers(live), ['istio-mtls Apply', 'terraform Apply']);
    // Whoever applies as before meets no conflict with us.
    await apply('terraform', peerAuthentication('foo', 'shared', { spec, labels: { team: 'x' } }));
  });

  test('is a dry run until it is committed', async () => {
    const { entries } = await product.journal.read();
    const prepared = await prepare(peerAuthentication('foo', 'rehearsed'));
    assert.equal(prepared.kind, 'ready');
    assert.equal((await admin.send(policyPath('foo', 'rehearsed'))).status, 404);
    assert.deepEqual((await product.journal.read()).entries, entries);
  });

  test('of a deletion is a dry run, too, until it is committed', async () => {
    await apply('other', peerAuthentication('foo', 'doomed'));
    const before = await admin.get(policyPath('foo', 'doomed'));
    const ready = await prepared(peerAuthentication('foo', 'doomed'), 'absent');
    assert.equal(ready.changes[0].after, undefined);
    assert.deepEqual(await admin.get(policyPath('foo', 'doomed')), before);
  });

  test('with empty labels and annotations is a write without them', async () => {
    await write(peerAuthentication('foo', 'plain', { labels: { team: 'x' } }));
    await write(peerAuthentication('foo', 'plain', { labels: {}, annotations: {} }));
    const { metadata } = await admin.get(policyPath('foo', 'plain'));
    assert.equal((metadata as Json)['labels'], undefined);
  });

  test('takes back the last field that a policy of ours has', async () => {
    await write(peerAuthentication('foo', 'emptied'));
    const entry = await write(peerAuthentication('foo', 'emptied', { spec: {} }));
    assert.equal((await spec('foo', 'emptied')).mtls, undefined);
    await undo(entry);
    assert.equal((await spec('foo', 'emptied')).mtls?.mode, 'STRICT');
  });

  test('of what is there already is unchanged and asks nothing of the server', async () => {
    await apply('kubectl', peerAuthentication('foo', 'same'));
    const before = await admin.get(policyPath('foo', 'same'));
    assert.equal((await prepare(peerAuthentication('foo', 'same'))).kind, 'unchanged');
    assert.deepEqual(await admin.get(policyPath('foo', 'same')), before);
  });

  test('of a field that another manager applied is a conflict that names it', async () => {
    await apply('argocd-controller', peerAuthentication('foo', 'theirs', { mode: 'PERMISSIVE' }));
    const before = await admin.get(policyPath('foo', 'theirs'));
    assert.deepEqual(await prepare(peerAuthentication('foo', 'theirs')), {
      kind: 'conflict',
      ref: { kind: 'PeerAuthentication', namespace: 'foo', name: 'theirs' },
      managers: [{ manager: 'argocd-controller', tool: 'argo-cd', fields: ['spec.mtls.mode'] }],
    });
    assert.deepEqual(await admin.get(policyPath('foo', 'theirs')), before);
  });

  test('of a field that nobody is recorded for is a conflict, too', async () => {
    const path = policyPath('foo', 'unowned');
    await admin.create(
      policyPath('foo'),
      peerAuthentication('foo', 'unowned', { mode: 'DISABLE' }),
    );
    await admin.patch(path, { metadata: { managedFields: [{}] } });
    assert.deepEqual(managers(await admin.get(path)), []);
    const prepared = await prepare(peerAuthentication('foo', 'unowned'));
    assert.ok(prepared.kind === 'conflict', JSON.stringify(prepared));
    assert.deepEqual(
      prepared.managers.map(({ manager }) => manager),
      ['before-first-apply'],
    );
  });

  test('says that Argo CD keeps an object before anything is written', async () => {
    const annotations = { 'argocd.argoproj.io/tracking-id': 'shop:security.istio.io/PA:foo/kept' };
    await apply('other', peerAuthentication('foo', 'kept', { annotations, spec: {} }));
    const ready = await prepare(peerAuthentication('foo', 'kept', { annotations }));
    assert.ok(ready.kind === 'ready');
    assert.deepEqual(
      ready.warnings.map((warning) => warning.kind === 'managed-by' && warning.by),
      [{ tool: 'argo-cd', name: 'shop' }],
    );
  });

  test('is refused when the object changed between the preview and the confirmation', async () => {
    await apply('other', peerAuthentication('foo', 'moving', { spec: {} }));
    const ready = await prepared(peerAuthentication('foo', 'moving'));
    await admin.patch(policyPath('foo', 'moving'), { metadata: { labels: { changed: 'yes' } } });
    const applied = await commit(ready);
    assert.ok(applied.kind === 'not-applied');
    assert.equal(applied.why.kind, 'changed-since');
    const live = await admin.get(policyPath('foo', 'moving'));
    assert.deepEqual(live['spec'], {});
  });

  test('is refused when the object that was to be created exists by now', async () => {
    const ready = await prepared(peerAuthentication('foo', 'raced'));
    await apply('other', peerAuthentication('foo', 'raced', { mode: 'DISABLE' }));
    const applied = await commit(ready);
    assert.ok(applied.kind === 'not-applied');
    assert.equal((await spec('foo', 'raced')).mtls?.mode, 'DISABLE');
  });

  test('of two objects writes both under one journal entry', async () => {
    const actions = product.cluster.actions;
    const both = [peerAuthentication('foo', 'first'), peerAuthentication('bar', 'second')];
    const ready = await actions.prepare(
      both.map((one) => desired(one)),
      product.signal,
    );
    assert.ok(ready.kind === 'ready');
    const applied = await commit(ready);
    assert.ok(applied.kind === 'applied', JSON.stringify(applied));
    assert.equal(applied.entry.changes.length, 2);
    await undo(applied.entry);
    assert.equal((await admin.send(policyPath('foo', 'first'))).status, 404);
    assert.equal((await admin.send(policyPath('bar', 'second'))).status, 404);
  });
});

describe('an Undo', () => {
  test('of a creation deletes the object', async () => {
    await undo(await write(peerAuthentication('foo', 'brief')));
    assert.equal((await admin.send(policyPath('foo', 'brief'))).status, 404);
  });

  test('of a change restores spec, labels and annotations exactly', async () => {
    const fields = {
      labels: { team: 'x' },
      annotations: { note: 'kept' },
      spec: { selector: { matchLabels: { app: 'a' } } },
    };
    await apply('other', peerAuthentication('foo', 'restored', fields));
    const before = await admin.get(policyPath('foo', 'restored'));
    const changed = {
      labels: { team: 'y', extra: '1' },
      annotations: {},
      spec: { ...fields.spec, mtls: { mode: 'STRICT' } },
    };
    const ready = await prepare(peerAuthentication('foo', 'restored', changed));
    // The label and the annotation are theirs: only what nobody owns can be changed.
    assert.equal(ready.kind, 'conflict');
    const ours = { ...fields, labels: { team: 'x', extra: '1' }, spec: changed.spec };
    await undo(await write(peerAuthentication('foo', 'restored', ours)));
    assert.deepEqual(content(await admin.get(policyPath('foo', 'restored'))), content(before));
  });

  test('of a second change of ours restores the first', async () => {
    await write(peerAuthentication('foo', 'twice', { mode: 'PERMISSIVE' }));
    const before = await admin.get(policyPath('foo', 'twice'));
    await undo(await write(peerAuthentication('foo', 'twice', { mode: 'STRICT' })));
    assert.deepEqual(content(await admin.get(policyPath('foo', 'twice'))), content(before));
  });

  test('of a change brings back the empty map that somebody else applied', async () => {
    await apply('other', peerAuthentication('foo', 'hollow', { spec: {} }));
    const before = await admin.get(policyPath('foo', 'hollow'));
    await undo(await write(peerAuthentication('foo', 'hollow')));
    const live = await admin.get(policyPath('foo', 'hollow'));
    assert.deepEqual(content(live), content(before));
    assert.deepEqual(managers(live), ['other Apply']);
  });

  test('of a deletion brings the object back', async () => {
    const fields = { labels: { team: 'x' }, spec: { mtls: { mode: 'DISABLE' } } };
    await apply('other', peerAuthentication('foo', 'deleted', fields));
    const before = await admin.get(policyPath('foo', 'deleted'));
    const ready = await prepared(peerAuthentication('foo', 'deleted'), 'absent');
    const applied = await commit(ready);
    assert.ok(applied.kind === 'applied', JSON.stringify(applied));
    assert.equal((await admin.send(policyPath('foo', 'deleted'))).status, 404);
    await undo(applied.entry);
    const live = await admin.get(policyPath('foo', 'deleted'));
    const aside = ['uid', 'creationTimestamp'];
    assert.deepEqual(content(live, ...aside), content(before, ...aside));
  });

  test('is refused, with all three states, when someone changed the object since', async () => {
    const entry = await write(peerAuthentication('foo', 'contested'));
    await admin.patch(policyPath('foo', 'contested'), { spec: { mtls: { mode: 'DISABLE' } } });
    const undone = await product.cluster.actions.undo(entry.id, product.signal);
    assert.ok(undone.kind === 'refused');
    assert.equal(undone.why, 'changed-since');
    assert.equal(undone.before, undefined);
    assert.deepEqual(undone.wrote?.['spec'], { mtls: { mode: 'STRICT' } });
    assert.deepEqual(undone.live?.['spec'], { mtls: { mode: 'DISABLE' } });
    assert.equal((await spec('foo', 'contested')).mtls?.mode, 'DISABLE');
  });

  test('is refused when the object was deleted and made anew since', async () => {
    const policy = peerAuthentication('foo', 'remade');
    const entry = await write(policy);
    await admin.delete(policyPath('foo', 'remade'));
    await admin.create(policyPath('foo'), policy);
    const undone = await product.cluster.actions.undo(entry.id, product.signal);
    assert.equal(undone.kind, 'refused');
    assert.equal((await admin.send(policyPath('foo', 'remade'))).status, 200);
  });

  test('is possible after a restart, because the journal survives it', async () => {
    const entry = await write(peerAuthentication('foo', 'remembered'));
    const journal = openJournal(journalInMemory(new Map(product.stored)));
    assert.deepEqual(await journal.find(entry.id), entry);
    await undo(entry);
    const again = await product.cluster.actions.undo(entry.id, product.signal);
    assert.equal(again.kind, 'already-undone');
  });
});

type Policy = ReturnType<typeof peerAuthentication>;

function prepare(policy: Policy, wish: 'present' | 'absent' = 'present'): Promise<Prepared> {
  return product.cluster.actions.prepare([desired(policy, wish)], product.signal);
}

async function prepared(policy: Policy, wish?: 'present' | 'absent'): Promise<Ready> {
  const ready = await prepare(policy, wish);
  assert.ok(ready.kind === 'ready', JSON.stringify(ready));
  return ready;
}

function commit(ready: Ready): Promise<Applied> {
  return product.cluster.actions.commit(ready, { title: 'Changed it' }, product.signal);
}

async function write(policy: Policy): Promise<JournalEntry> {
  const applied = await commit(await prepared(policy));
  assert.ok(applied.kind === 'applied', JSON.stringify(applied));
  return applied.entry;
}

async function undo(entry: JournalEntry): Promise<void> {
  const undone = await product.cluster.actions.undo(entry.id, product.signal);
  assert.equal(undone.kind, 'restored', JSON.stringify(undone));
}

/** Server-side apply as somebody else; fails on a conflict. */
async function apply(manager: string, policy: Policy): Promise<void> {
  const { namespace = '', name } = policy.metadata;
  const { status, body } = await admin.send(
    `${policyPath(namespace, name)}?fieldManager=${manager}`,
    { method: 'PATCH', body: policy, contentType: 'application/apply-patch+yaml' },
  );
  assert.ok(status === 200 || status === 201, JSON.stringify(body));
}

async function spec(namespace: string, name: string): Promise<{ mtls?: { mode?: string } }> {
  const { spec: written = {} } = await admin.get(policyPath(namespace, name));
  return written as { mtls?: { mode?: string } };
}

function managers({ metadata }: Json): readonly string[] {
  const { managedFields } = metadata as {
    managedFields?: readonly { manager: string; operation: string }[];
  };
  return (managedFields ?? []).map(({ manager, operation }) => `${manager} ${operation}`).sort();
}
