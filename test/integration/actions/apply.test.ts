import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { Prepared } from '../../../src/actions/apply.ts';
import { prepare } from '../../../src/actions/apply.ts';
import { journalInMemory, openJournal } from '../../../src/actions/journal.ts';
import type { KubeTransport } from '../../../src/sources/transport/transport.ts';
import type { DemoCluster } from './demoCluster.ts';
import {
  ASKED,
  NEVER,
  change,
  desire,
  policy,
  policyRef,
  startDemoCluster,
} from './demoCluster.ts';

let cluster: DemoCluster;

before(async () => {
  cluster = await startDemoCluster();
});
after(() => cluster.dispose());

const STRICT = { mtls: { mode: 'STRICT' } };
const PERMISSIVE = { mtls: { mode: 'PERMISSIVE' } };

describe('preparing a change', () => {
  it('writes nothing', async () => {
    const prepared = await cluster.actions.prepare([desire(policy('foo', STRICT))], NEVER);
    assert.equal(prepared.kind, 'ready');
    assert.equal(await cluster.live(policyRef('foo')), undefined);
    assert.deepEqual((await cluster.journal.read()).entries, []);
  });

  it('shows the object before and after, without what only the server knows', async () => {
    await cluster.applyAs('istio-mtls', policy('bar', PERMISSIVE, 'shown'));
    const prepared = await cluster.actions.prepare([desire(policy('bar', STRICT, 'shown'))], NEVER);
    assert.equal(prepared.kind, 'ready');
    const [{ before: was, after: becomes }] = prepared.changes;
    assert.deepEqual([was?.['spec'], becomes?.['spec']], [PERMISSIVE, STRICT]);
    assert.equal(was?.metadata['managedFields'], undefined);
    assert.equal(becomes?.metadata.resourceVersion, undefined);
  });

  it('leaves labels and annotations alone that the wish does not speak of', async () => {
    const noted = policy('bar', { selector: { matchLabels: { app: 'a' } } }, 'noted');
    const own = { labels: { team: 'mesh' }, annotations: { note: 'theirs' } };
    await cluster.applyAs('someone', { ...noted, metadata: { ...noted.metadata, ...own } });
    const spec = { selector: { matchLabels: { app: 'a' } }, ...STRICT };
    const prepared = await cluster.actions.prepare([desire(policy('bar', spec, 'noted'))], NEVER);
    assert.equal(prepared.kind, 'ready', JSON.stringify(prepared));
    const [{ after: becomes }] = prepared.changes;
    assert.deepEqual(
      [becomes?.metadata.labels, becomes?.metadata.annotations],
      [own.labels, own.annotations],
    );
    assert.deepEqual(prepared.steps[0].configuration, {
      ...policy('bar', STRICT, 'noted'),
    });
  });

  it('of a deletion deletes nothing', async () => {
    await cluster.applyAs('someone', policy('bar', STRICT, 'stays'));
    const wish = { ...desire(policy('bar', STRICT, 'stays')), after: undefined };
    const prepared = await cluster.actions.prepare([wish], NEVER);
    assert.equal(prepared.kind, 'ready');
    assert.ok(await cluster.live(policyRef('bar', 'stays')));
  });

  it('finds that nothing would change', async () => {
    await cluster.applyAs('somebody', policy('bar', STRICT, 'same'));
    assert.deepEqual(
      await cluster.actions.prepare([desire(policy('bar', STRICT, 'same'))], NEVER),
      {
        kind: 'unchanged',
      },
    );
  });

  const refused: readonly { name: string; act: () => Promise<Prepared>; expected: unknown }[] = [
    {
      name: 'names the manager that owns the mode, and the field',
      act: async () => {
        await cluster.applyAs('argocd-controller', policy('foo', PERMISSIVE, 'owned'));
        return cluster.actions.prepare([desire(policy('foo', STRICT, 'owned'))], NEVER);
      },
      expected: {
        kind: 'conflict',
        ref: policyRef('foo', 'owned'),
        managers: [{ manager: 'argocd-controller', tool: 'argo-cd', fields: ['spec.mtls.mode'] }],
      },
    },
    {
      name: 'names the manager that would keep a field which is to go',
      act: async () => {
        const ports = {
          selector: { matchLabels: { app: 'httpbin' } },
          ...STRICT,
          portLevelMtls: { 8080: { mode: 'DISABLE' } },
        };
        await cluster.applyAs('platform-team', policy('foo', ports, 'kept'));
        const rest = { selector: ports.selector, mtls: ports.mtls };
        return cluster.actions.prepare([desire(policy('foo', rest, 'kept'))], NEVER);
      },
      expected: {
        kind: 'conflict',
        ref: policyRef('foo', 'kept'),
        managers: [
          {
            manager: 'platform-team',
            fields: ['spec.portLevelMtls.8080.mode'],
          },
        ],
      },
    },
    {
      name: 'repeats the causes of an invalid policy as the server words them',
      act: () =>
        cluster.actions.prepare(
          [desire(policy('foo', { mtls: { mode: 'MAYBE' } }, 'wrong'))],
          NEVER,
        ),
      expected: {
        kind: 'invalid',
        ref: policyRef('foo', 'wrong'),
        causes: [
          'spec.mtls.mode: Unsupported value: "MAYBE": supported values: "UNSET", "DISABLE", "PERMISSIVE", "STRICT"',
        ],
      },
    },
  ];
  for (const { name, act, expected } of refused) {
    it(name, async () => {
      assert.deepEqual(await act(), expected);
    });
  }

  it('says who else looks after the object', async () => {
    const tracked = policy('foo', PERMISSIVE, 'tracked');
    const annotations = {
      'argocd.argoproj.io/tracking-id': 'mesh:security.istio.io/PeerAuthentication:foo/tracked',
    };
    await cluster.applyAs('istio-mtls', {
      ...tracked,
      metadata: { ...tracked.metadata, annotations },
    });
    const desired = {
      ...policy('foo', STRICT, 'tracked'),
      metadata: { ...tracked.metadata, annotations },
    };
    const prepared = await cluster.actions.prepare([desire(desired)], NEVER);
    assert.equal(prepared.kind, 'ready', JSON.stringify(prepared));
    assert.deepEqual(prepared.warnings, [
      {
        kind: 'managed-by',
        ref: policyRef('foo', 'tracked'),
        by: { tool: 'argo-cd', name: 'mesh' },
      },
    ]);
  });
});

describe('a write that the server warns about', () => {
  it('is warned about before it is confirmed, each object with its own words', async () => {
    const warns: KubeTransport['request'] = async (call) => {
      const answer = await cluster.transport.request(call);
      const isWrite = call.method === 'PATCH' && answer.kind === 'ok';
      return isWrite ? { ...answer, warnings: ['the webhook would rather not'] } : answer;
    };
    const transport = { ...cluster.transport, request: warns };
    const wish = desire(policy('foo', STRICT, 'warned'));
    const prepared = await prepare(transport, [wish], NEVER);
    assert.equal(prepared.kind, 'ready', JSON.stringify(prepared));
    assert.deepEqual(prepared.warnings, [
      { kind: 'server', ref: policyRef('foo', 'warned'), text: 'the webhook would rather not' },
    ]);
  });
});

describe('a change without the permission for it', () => {
  for (const verb of ['create', 'patch', 'delete'] as const) {
    it(`is denied before anything is sent: ${verb}`, async () => {
      const mute = await startDemoCluster({}, [{ verb, resource: 'peerauthentications' }]);
      try {
        if (verb === 'delete') await mute.applyAs('someone', policy('foo', STRICT));
        const wish =
          verb === 'delete'
            ? { ...desire(policy('foo', STRICT)), after: undefined }
            : desire(policy('foo', STRICT));
        assert.deepEqual(await mute.actions.prepare([wish], NEVER), {
          kind: 'denied',
          verb,
          resource: 'peerauthentications',
          namespace: 'foo',
        });
      } finally {
        await mute.dispose();
      }
    });
  }
});

describe('committing a change', () => {
  it('creates the object under our own manager and writes it down', async () => {
    const id = await change(cluster, desire(policy('legacy', STRICT)));
    const live = await cluster.live(policyRef('legacy'));
    assert.deepEqual(live?.['spec'], STRICT);
    assert.match(
      JSON.stringify(live.metadata['managedFields']),
      /"manager":"istio-mtls","operation":"Apply"/,
    );
    const entry = await openJournal(journalInMemory(cluster.store)).find(id);
    assert.ok(entry);
    assert.equal(entry.changes[0].before, undefined);
    assert.deepEqual(entry.changes[0].after?.['spec'], STRICT);
    assert.equal(entry.changes[0].uid, live.metadata.uid);
  });

  it('is refused when somebody changed the object since it was shown', async () => {
    await cluster.applyAs('istio-mtls', policy('foo', PERMISSIVE, 'raced'));
    const prepared = await cluster.actions.prepare([desire(policy('foo', STRICT, 'raced'))], NEVER);
    assert.equal(prepared.kind, 'ready');
    await cluster.applyAs('istio-mtls', policy('foo', { mtls: { mode: 'DISABLE' } }, 'raced'));
    const applied = await cluster.actions.commit(prepared, ASKED, NEVER);
    assert.deepEqual(applied, {
      kind: 'not-applied',
      why: { kind: 'changed-since', ref: policyRef('foo', 'raced') },
      entry: undefined,
    });
    assert.deepEqual((await cluster.live(policyRef('foo', 'raced')))?.['spec'], {
      mtls: { mode: 'DISABLE' },
    });
  });

  it('is refused when somebody created the object meanwhile', async () => {
    const prepared = await cluster.actions.prepare([desire(policy('foo', STRICT, 'new'))], NEVER);
    assert.equal(prepared.kind, 'ready');
    await cluster.applyAs('someone', policy('foo', PERMISSIVE, 'new'));
    const applied = await cluster.actions.commit(prepared, ASKED, NEVER);
    assert.equal(applied.kind === 'not-applied' && applied.why.kind, 'changed-since');
  });

  it('stops at somebody who came to own the mode meanwhile', async () => {
    await cluster.applyAs('istio-mtls', policy('foo', PERMISSIVE, 'busy'));
    const prepared = await cluster.actions.prepare([desire(policy('foo', STRICT, 'busy'))], NEVER);
    assert.equal(prepared.kind, 'ready');
    await cluster.applyAs('observer', policy('foo', PERMISSIVE, 'busy'));
    const applied = await cluster.actions.commit(prepared, ASKED, NEVER);
    assert.equal(applied.kind, 'not-applied');
    assert.deepEqual(applied.why, {
      kind: 'conflict',
      ref: policyRef('foo', 'busy'),
      managers: [{ manager: 'observer', fields: ['spec.mtls.mode'] }],
    });
  });

  it('goes on when the version moved but the content did not', async () => {
    const spec = { selector: { matchLabels: { app: 'a' } }, ...PERMISSIVE };
    await cluster.applyAs('istio-mtls', policy('foo', spec, 'moved'));
    const wish = desire(policy('foo', { ...spec, ...STRICT }, 'moved'));
    const prepared = await cluster.actions.prepare([wish], NEVER);
    assert.equal(prepared.kind, 'ready');
    await cluster.applyAs('observer', policy('foo', { selector: spec.selector }, 'moved'));
    const applied = await cluster.actions.commit(prepared, ASKED, NEVER);
    assert.equal(applied.kind, 'applied');
    assert.deepEqual((await cluster.live(policyRef('foo', 'moved')))?.['spec'], {
      ...spec,
      ...STRICT,
    });
  });

  it('does not start when the journal cannot be written', async () => {
    const prepared = await cluster.actions.prepare(
      [desire(policy('foo', STRICT, 'unwritten'))],
      NEVER,
    );
    assert.equal(prepared.kind, 'ready');
    const { commit } = await import('../../../src/actions/apply.ts');
    const full = () => Promise.reject(new Error('disk full'));
    const journal = openJournal({ ...journalInMemory(), write: full });
    const applied = await commit(
      cluster.transport,
      prepared,
      { journal, context: 'demo', ...ASKED },
      NEVER,
    );
    assert.equal(
      applied.kind === 'not-applied' && applied.why.kind === 'failed' && applied.why.cause,
      'The journal for Undo cannot be written: disk full.',
    );
    assert.equal(await cluster.live(policyRef('foo', 'unwritten')), undefined);
  });
});
