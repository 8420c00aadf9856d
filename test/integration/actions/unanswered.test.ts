import assert from 'node:assert/strict';
import { after, before, describe, it, mock } from 'node:test';

import type { Applied } from '../../../src/actions/apply.ts';
import { commit } from '../../../src/actions/apply.ts';
import { journalInMemory, openJournal } from '../../../src/actions/journal.ts';
import { undo } from '../../../src/actions/rollback.ts';
import { settle } from '../../../src/actions/unanswered.ts';
import type { Desired } from '../../../src/mesh/change/change.ts';
import type { KubeFailure } from '../../../src/sources/transport/kubeFailure.ts';
import type { KubeRequest, KubeTransport } from '../../../src/sources/transport/transport.ts';
import type { DemoCluster } from './demoCluster.ts';
import { ASKED, NEVER, desire, policy, policyRef, startDemoCluster } from './demoCluster.ts';

let cluster: DemoCluster;

before(async () => {
  cluster = await startDemoCluster();
});
after(() => cluster.dispose());

const STRICT = { mtls: { mode: 'STRICT' } };
const PERMISSIVE = { mtls: { mode: 'PERMISSIVE' } };

/** When a write that nobody answers reaches the cluster. */
type Lands = 'at once' | 'late' | 'never';

/** A line on which the answers of writes are lost; `land` lets what is under way arrive. */
function losing(lands: Lands, failure: KubeFailure = { kind: 'timed-out', afterMs: 10_000 }) {
  const underWay: KubeRequest[] = [];
  const transport: KubeTransport = {
    ...cluster.transport,
    request: async (call) => {
      const isWrite = call.repeatable !== true && call.method !== 'GET';
      if (!isWrite) return cluster.transport.request(call);
      if (lands === 'at once') await cluster.transport.request(call);
      if (lands === 'late') underWay.push(call);
      return failure;
    },
  };
  const land = async (): Promise<void> => {
    for (const call of underWay) await cluster.transport.request({ ...call, signal: NEVER });
  };
  return { transport, land };
}

async function commitOver(transport: KubeTransport, ...desired: Desired[]): Promise<Applied> {
  const prepared = await cluster.actions.prepare(desired, NEVER);
  assert.equal(prepared.kind, 'ready', JSON.stringify(prepared));
  const { journal } = cluster;
  return commit(transport, prepared, { journal, context: 'demo', ...ASKED }, NEVER);
}

/** The journal as another run of VS Code finds it. */
const afterRestart = () => openJournal(journalInMemory(new Map(cluster.store)));

/** As if so much time had passed, in milliseconds. */
async function later<T>(ms: number, act: () => Promise<T>): Promise<T> {
  const now = Date.now() + ms;
  const clock = mock.method(Date, 'now', () => now);
  try {
    return await act();
  } finally {
    clock.mock.restore();
  }
}

async function openEntry(lands: Lands, name: string) {
  const line = losing(lands);
  const applied = await commitOver(line.transport, desire(policy('foo', STRICT, name)));
  assert.equal(applied.kind, 'not-applied', JSON.stringify(applied));
  assert.equal(applied.why.kind, 'unanswered');
  assert.ok(applied.entry);
  return { ...line, entry: applied.entry };
}

describe('a write whose answer never came', () => {
  const failures: readonly (readonly [string, KubeFailure])[] = [
    ['a time limit', { kind: 'timed-out', afterMs: 10_000 }],
    ['a connection that was lost', { kind: 'unreachable', cause: 'cut' }],
    ['a cancellation', { kind: 'cancelled' }],
    [
      'a time limit of the API server',
      { kind: 'status', status: 504, reason: 'Timeout', message: 'too late', causes: [] },
    ],
  ];
  for (const [index, [name, failure]] of failures.entries()) {
    it(`counts as done when it is found to have landed: ${name}`, async () => {
      const { transport } = losing('at once', failure);
      const wish = desire(policy('foo', STRICT, `landed-${index}`));
      const applied = await commitOver(transport, wish);
      assert.equal(applied.kind, 'applied', JSON.stringify(applied));
      const undone = await cluster.actions.undo(applied.entry.id, NEVER);
      assert.equal(undone.kind, 'restored');
      assert.equal(await cluster.live(wish.ref), undefined);
    });
  }

  it('stays in the journal, also after a restart, and is offered for Undo', async () => {
    const { entry } = await openEntry('late', 'open');
    const kept = await afterRestart().find(entry.id);
    assert.equal(kept?.undoneAt, undefined);
    assert.equal(kept?.changes[0].confirmed, false);
  });

  it('is found when it lands two seconds later, and Undo takes it back', async () => {
    const { entry, land } = await openEntry('late', 'slow');
    await land();
    const [settled] = (await cluster.actions.settle(NEVER)).filter(
      (one) => one.entry.id === entry.id,
    );
    assert.deepEqual(
      settled?.landed.map(({ ref }) => ref),
      [policyRef('foo', 'slow')],
    );
    assert.equal((await cluster.journal.find(entry.id))?.changes[0].confirmed, true);
    assert.equal((await cluster.actions.undo(entry.id, NEVER)).kind, 'restored');
    assert.equal(await cluster.live(policyRef('foo', 'slow')), undefined);
  });

  it('is taken back by Undo when it landed and nobody looked again, after a restart', async () => {
    const { entry, land } = await openEntry('late', 'unseen');
    await land();
    const undone = await undo(cluster.transport, afterRestart(), entry.id, NEVER);
    assert.equal(undone.kind, 'restored', JSON.stringify(undone));
    assert.equal(await cluster.live(policyRef('foo', 'unseen')), undefined);
  });

  it('is not called undone while it may still land', async () => {
    const { entry } = await openEntry('late', 'pending');
    assert.deepEqual(await cluster.actions.undo(entry.id, NEVER), {
      kind: 'unsettled',
      ref: policyRef('foo', 'pending'),
    });
    assert.equal((await cluster.journal.find(entry.id))?.undoneAt, undefined);
  });

  it('is known to have failed when the API server can have it no more', async () => {
    const { entry } = await openEntry('never', 'lost');
    const soon = (await cluster.actions.settle(NEVER)).find((one) => one.entry.id === entry.id);
    assert.deepEqual([soon?.missed.length, soon?.open.length], [0, 1]);
    const settled = await later(100_000, () => cluster.actions.settle(NEVER));
    const found = settled.find((one) => one.entry.id === entry.id);
    assert.deepEqual(
      found?.missed.map(({ ref }) => ref),
      [policyRef('foo', 'lost')],
    );
    assert.notEqual((await cluster.journal.find(entry.id))?.undoneAt, undefined);
  });

  it('keeps what was written before it, and nothing of what would have come after', async () => {
    const line = losing('late');
    let writes = 0;
    const transport: KubeTransport = {
      ...cluster.transport,
      request: (call) => {
        const isWrite = call.repeatable !== true && call.method !== 'GET';
        if (isWrite) writes += 1;
        return isWrite && writes === 2
          ? line.transport.request(call)
          : cluster.transport.request(call);
      },
    };
    const wishes = ['one', 'two', 'three'].map((name) => desire(policy('bar', STRICT, name)));
    const applied = await commitOver(transport, ...wishes);
    assert.ok(applied.kind === 'not-applied' && applied.entry !== undefined);
    assert.deepEqual(
      applied.entry.changes.map(({ ref, confirmed }) => [ref.name, confirmed]),
      [
        ['one', true],
        ['two', false],
      ],
    );
    await line.land();
    assert.equal((await cluster.actions.undo(applied.entry.id, NEVER)).kind, 'restored');
    for (const { ref } of wishes) assert.equal(await cluster.live(ref), undefined);
  });

  it('is not looked for on another cluster', async () => {
    const { entry } = await openEntry('late', 'elsewhere');
    const other = { ...cluster.transport, server: 'https://other:6443' };
    const settled = await settle(other, cluster.journal, NEVER);
    assert.ok(settled.every((one) => one.entry.id !== entry.id));
  });

  for (const kind of ['change', 'deletion'] as const) {
    it(`is found as well when it is a ${kind}`, async () => {
      const name = `found-${kind}`;
      await cluster.applyAs('istio-mtls', policy('foo', PERMISSIVE, name));
      const line = losing('late');
      const wish = desire(policy('foo', STRICT, name));
      const applied = await commitOver(
        line.transport,
        kind === 'change' ? wish : { ...wish, after: undefined },
      );
      assert.ok(applied.kind === 'not-applied' && applied.entry !== undefined);
      await line.land();
      const { id } = applied.entry;
      const settled = (await cluster.actions.settle(NEVER)).find((one) => one.entry.id === id);
      assert.equal(settled?.landed.length, 1);
      assert.equal((await cluster.actions.undo(id, NEVER)).kind, 'restored');
      assert.deepEqual((await cluster.live(wish.ref))?.['spec'], PERMISSIVE);
    });
  }
});

describe('a creation that merges into what somebody created in the same moment', () => {
  const spec = { selector: { matchLabels: { app: 'httpbin' } } };

  /** Somebody creates the object between our last look and our write. */
  function overtaken(name: string): KubeTransport {
    return {
      ...cluster.transport,
      request: async (call) => {
        const isWrite = call.repeatable !== true && call.method === 'PATCH';
        if (isWrite) await cluster.applyAs('someone', policy('foo', spec, name));
        return cluster.transport.request(call);
      },
    };
  }

  it('is told, stays in the journal, and Undo takes back our part alone', async () => {
    const applied = await commitOver(
      overtaken('both'),
      desire(policy('foo', { ...spec, ...STRICT }, 'both')),
    );
    assert.ok(applied.kind === 'not-applied' && applied.entry !== undefined);
    assert.match('cause' in applied.why ? applied.why.cause : '', /now carries both/);
    assert.deepEqual((await cluster.live(policyRef('foo', 'both')))?.['spec'], {
      ...spec,
      ...STRICT,
    });
    const undone = await cluster.actions.undo(applied.entry.id, NEVER);
    assert.equal(undone.kind, 'restored', JSON.stringify(undone));
    const live = await cluster.live(policyRef('foo', 'both'));
    assert.deepEqual(live?.['spec'], spec);
    assert.doesNotMatch(JSON.stringify(live.metadata), /istio-mtls/);
  });

  it('is found as such when its answer never came', async () => {
    const name = 'unheard';
    const line = losing('late');
    const wish = desire(policy('foo', { ...spec, ...STRICT }, name));
    const applied = await commitOver(line.transport, wish);
    assert.ok(applied.kind === 'not-applied' && applied.entry !== undefined);
    await cluster.applyAs('someone', policy('foo', spec, name));
    await line.land();
    await cluster.actions.settle(NEVER);
    const undone = await cluster.actions.undo(applied.entry.id, NEVER);
    assert.equal(undone.kind, 'restored', JSON.stringify(undone));
    assert.deepEqual((await cluster.live(wish.ref))?.['spec'], spec);
  });
});
