import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { sameContent } from '../../../src/actions/manifestContent.ts';
import { journalInMemory, openJournal } from '../../../src/actions/journal.ts';
import { commit } from '../../../src/actions/apply.ts';
import { undo } from '../../../src/actions/rollback.ts';
import type { Manifest } from '../../../src/mesh/model/manifest.ts';
import type { KubeResponse, KubeTransport } from '../../../src/sources/transport/transport.ts';
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

const mode = (value: string): { mtls: { mode: string } } => ({ mtls: { mode: value } });

interface Row {
  readonly name: string;
  /** What is there before, by whom; undefined for nothing. */
  readonly before: { readonly by: string; readonly manifest: Manifest } | undefined;
  readonly after: Manifest | undefined;
}

const withPorts = {
  selector: { matchLabels: { app: 'httpbin' } },
  ...mode('STRICT'),
  portLevelMtls: { 8080: { mode: 'DISABLE' } },
};

function labelled(manifest: Manifest): Manifest {
  const metadata = {
    ...manifest.metadata,
    labels: { team: 'mesh' },
    annotations: { note: 'ours' },
  };
  return { ...manifest, metadata };
}

const rows: readonly Row[] = [
  {
    name: 'a created policy is gone',
    before: undefined,
    after: policy('foo', mode('STRICT'), 'created'),
  },
  {
    name: 'a changed mode is the old one',
    before: { by: 'istio-mtls', manifest: policy('foo', mode('PERMISSIVE'), 'moded') },
    after: policy('foo', mode('STRICT'), 'moded'),
  },
  {
    name: 'an added mode is absent',
    before: {
      by: 'platform',
      manifest: policy('foo', { selector: { matchLabels: { app: 'a' } } }, 'added'),
    },
    after: policy('foo', { selector: { matchLabels: { app: 'a' } }, ...mode('STRICT') }, 'added'),
  },
  {
    name: 'removed port levels are back',
    before: { by: 'istio-mtls', manifest: policy('foo', withPorts, 'ports') },
    after: policy('foo', { selector: withPorts.selector, ...mode('STRICT') }, 'ports'),
  },
  {
    name: 'a deleted policy is back with its labels and annotations',
    before: { by: 'someone', manifest: labelled(policy('foo', withPorts, 'deleted')) },
    after: undefined,
  },
  {
    name: 'labels that somebody else owns are untouched',
    before: { by: 'platform', manifest: labelled(policy('foo', {}, 'labels')) },
    after: labelled(policy('foo', mode('STRICT'), 'labels')),
  },
];

describe('after Undo', () => {
  for (const row of rows) {
    it(row.name, async () => {
      const manifest = row.before?.manifest ?? row.after;
      assert.ok(manifest);
      const ref = policyRef('foo', manifest.metadata.name);
      if (row.before !== undefined) await cluster.applyAs(row.before.by, row.before.manifest);
      const was = await cluster.live(ref);
      const id = await change(cluster, { ...desire(manifest), after: row.after });
      const undone = await cluster.actions.undo(id, NEVER);
      assert.equal(undone.kind, 'restored', JSON.stringify(undone));
      const is = await cluster.live(ref);
      assert.equal(is === undefined, was === undefined);
      if (is !== undefined && was !== undefined)
        assert.ok(sameContent(is, was), JSON.stringify(is));
    });
  }

  it('the owners of fields are the same as before', async () => {
    await cluster.applyAs('platform', policy('bar', { selector: { matchLabels: { app: 'a' } } }));
    const ownersBefore = owners(await cluster.live(policyRef('bar')));
    const spec = { selector: { matchLabels: { app: 'a' } }, ...mode('STRICT') };
    const id = await change(cluster, desire(policy('bar', spec)));
    assert.notDeepEqual(owners(await cluster.live(policyRef('bar'))), ownersBefore);
    await cluster.actions.undo(id, NEVER);
    assert.deepEqual(owners(await cluster.live(policyRef('bar'))), ownersBefore);
  });

  it('a change of several objects is undone as a whole, also after a restart', async () => {
    const id = await change(
      cluster,
      desire(
        policy(
          'legacy',
          { selector: { matchLabels: { app: 'a' } }, ...mode('PERMISSIVE') },
          'except',
        ),
      ),
      desire(policy('legacy', mode('STRICT'))),
    );
    const journal = openJournal(journalInMemory(new Map(cluster.store)));
    assert.equal((await undo(cluster.transport, journal, id, NEVER)).kind, 'restored');
    assert.equal(await cluster.live(policyRef('legacy', 'except')), undefined);
    assert.equal(await cluster.live(policyRef('legacy')), undefined);
    assert.deepEqual(await undo(cluster.transport, journal, id, NEVER), { kind: 'already-undone' });
  });
});

describe('Undo is refused and changes nothing', () => {
  it('when somebody changed the policy since', async () => {
    const id = await change(cluster, desire(policy('foo', mode('STRICT'), 'theirs')));
    await cluster.applyAs('someone', policy('foo', mode('DISABLE'), 'theirs'));
    const undone = await cluster.actions.undo(id, NEVER);
    assert.equal(undone.kind, 'refused');
    assert.equal(undone.why, 'changed-since');
    assert.deepEqual(
      [undone.before, undone.wrote?.['spec'], undone.live?.['spec']],
      [undefined, mode('STRICT'), mode('DISABLE')],
    );
    assert.deepEqual((await cluster.live(policyRef('foo', 'theirs')))?.['spec'], mode('DISABLE'));
  });

  it('when somebody deleted what was changed', async () => {
    await cluster.applyAs('istio-mtls', policy('foo', mode('PERMISSIVE'), 'gone'));
    const id = await change(cluster, desire(policy('foo', mode('STRICT'), 'gone')));
    await cluster.transport.request({
      method: 'DELETE',
      path: '/apis/security.istio.io/v1/namespaces/foo/peerauthentications/gone',
    });
    const undone = await cluster.actions.undo(id, NEVER);
    assert.equal(undone.kind === 'refused' && undone.why, 'gone');
  });

  it('when what was deleted exists again, but otherwise', async () => {
    await cluster.applyAs('someone', policy('foo', mode('STRICT'), 'again'));
    const id = await change(cluster, { ...desire(policy('foo', {}, 'again')), after: undefined });
    await cluster.applyAs('someone', policy('foo', mode('DISABLE'), 'again'));
    const undone = await cluster.actions.undo(id, NEVER);
    assert.equal(undone.kind === 'refused' && undone.why, 'exists-again');
  });

  it('for any of several objects when one of them was changed', async () => {
    const id = await change(
      cluster,
      desire(policy('bar', mode('STRICT'), 'first')),
      desire(
        policy('bar', { selector: { matchLabels: { app: 'x' } }, ...mode('STRICT') }, 'second'),
      ),
    );
    await cluster.applyAs('someone', policy('bar', mode('DISABLE'), 'first'));
    assert.equal((await cluster.actions.undo(id, NEVER)).kind, 'refused');
    assert.ok(await cluster.live(policyRef('bar', 'second')));
  });

  it('for any of several objects when the server would refuse one of them', async () => {
    const id = await change(
      cluster,
      desire(policy('legacy', mode('STRICT'), 'kept')),
      desire(policy('legacy', { selector: { matchLabels: { app: 'x' } } }, 'whole')),
    );
    const forbidding: KubeTransport = {
      ...cluster.transport,
      request: (request) =>
        request.method === 'DELETE' && request.path.endsWith('/kept')
          ? Promise.resolve({
              kind: 'status',
              status: 403,
              reason: 'Forbidden',
              message: 'not you',
              causes: [],
            })
          : cluster.transport.request(request),
    };
    const undone = await undo(forbidding, openJournal(journalInMemory(cluster.store)), id, NEVER);
    assert.equal(undone.kind, 'not-restored');
    assert.ok(await cluster.live(policyRef('legacy', 'whole')));
  });

  it('but for what was taken back before the server failed; that is named, and the rest can be undone again', async () => {
    const id = await change(
      cluster,
      desire(policy('bar', { selector: { matchLabels: { app: 'y' } } }, 'later')),
      desire(policy('bar', mode('STRICT'), 'sooner')),
    );
    let isDown = true;
    const failing: KubeTransport = {
      ...cluster.transport,
      request: (request) => {
        const isWrite = request.method === 'DELETE' && request.repeatable !== true;
        return isDown && isWrite && request.path.endsWith('/later')
          ? Promise.resolve({ kind: 'unreachable', cause: 'the line is cut' })
          : cluster.transport.request(request);
      },
    };
    const journal = openJournal(journalInMemory(cluster.store));
    const halfway = await undo(failing, journal, id, NEVER);
    assert.deepEqual('restored' in halfway && halfway.restored, [policyRef('bar', 'sooner')]);
    isDown = false;
    assert.equal((await undo(failing, journal, id, NEVER)).kind, 'restored');
    assert.equal(await cluster.live(policyRef('bar', 'later')), undefined);
  });

  it('when the server would not make it what it was before, however it comes', async () => {
    const id = await change(cluster, desire(policy('bar', mode('STRICT'), 'bent')));
    await change(cluster, desire(policy('bar', mode('PERMISSIVE'), 'bent')));
    const [{ id: second } = { id }] = (await cluster.journal.read()).entries;
    const bending: KubeTransport = {
      ...cluster.transport,
      request: async (request) => {
        const answer = await cluster.transport.request(request);
        if (answer.kind !== 'ok' || request.method !== 'PATCH') return answer;
        return { ...answer, body: { ...(answer.body as Manifest), spec: mode('DISABLE') } };
      },
    };
    const undone = await undo(bending, cluster.journal, second, NEVER);
    assert.ok(undone.kind === 'not-restored' && undone.why.kind === 'failed');
    assert.match(undone.why.cause, /would not make PeerAuthentication bent what it was before/);
    const live = await cluster.live(policyRef('bar', 'bent'));
    assert.deepEqual(live?.['spec'], mode('PERMISSIVE'));
  });

  it('when another cluster has the address by now', async () => {
    const uid = (value: string): KubeTransport =>
      kubeSystem({ kind: 'ok', status: 200, body: { metadata: { uid: value } } });
    const prepared = await cluster.actions.prepare(
      [desire(policy('bar', mode('STRICT'), 'tunnel'))],
      NEVER,
    );
    assert.ok(prepared.kind === 'ready');
    const { journal } = cluster;
    const applied = await commit(uid('one'), prepared, { journal, context: 'c', ...ASKED }, NEVER);
    assert.ok(applied.kind === 'applied');
    const { server } = cluster.transport;
    assert.deepEqual(await undo(uid('other'), journal, applied.entry.id, NEVER), {
      kind: 'other-cluster',
      server,
    });
    assert.equal((await undo(uid('one'), journal, applied.entry.id, NEVER)).kind, 'restored');
  });

  for (const status of [403, 404, 503]) {
    it(`when the cluster that has the address does not tell which it is: ${status}`, async () => {
      await cluster.applyAs('istio-mtls', policy('bar', mode('STRICT'), 'mute'));
      const wish = { ...desire(policy('bar', {}, 'mute')), after: undefined };
      const id = await change(cluster, wish);
      const entry = await cluster.journal.find(id);
      assert.ok(entry);
      await cluster.journal.put({ ...entry, clusterUid: 'one' });
      const mute = kubeSystem({ kind: 'status', status, reason: '', message: '', causes: [] });
      const { server } = cluster.transport;
      const undone = await undo(mute, cluster.journal, id, NEVER);
      assert.deepEqual(undone, { kind: 'unknown-cluster', server });
      assert.equal(await cluster.live(policyRef('bar', 'mute')), undefined);
      const one = kubeSystem({ kind: 'ok', status: 200, body: { metadata: { uid: 'one' } } });
      assert.equal((await undo(one, cluster.journal, id, NEVER)).kind, 'restored');
    });
  }

  it('when the entry is of another cluster, or does not exist', async () => {
    const id = await change(cluster, desire(policy('bar', mode('STRICT'), 'elsewhere')));
    const journal = openJournal(journalInMemory(cluster.store));
    const elsewhere = { ...cluster.transport, server: 'https://other:6443' };
    const [undone] = [await undo(elsewhere, journal, id, NEVER)];
    assert.deepEqual(undone, { kind: 'other-cluster', server: cluster.transport.server });
    assert.deepEqual(await undo(cluster.transport, journal, 'no', NEVER), {
      kind: 'no-such-entry',
    });
  });
});

describe('a chain of Undos', () => {
  it('goes back to the beginning, although what it makes anew has a new uid', async () => {
    const selector = { matchLabels: { app: 'chained' } };
    const ref = policyRef('foo', 'chained');
    const ids = [
      await change(cluster, desire(policy('foo', { selector, ...mode('STRICT') }, 'chained'))),
      await change(cluster, desire(policy('foo', { selector, ...mode('DISABLE') }, 'chained'))),
      await change(cluster, { ...desire(policy('foo', {}, 'chained')), after: undefined }),
    ];
    const states = [undefined, mode('STRICT').mtls, mode('DISABLE').mtls];
    for (const [index, id] of [...ids.entries()].reverse()) {
      // Each from the journal alone, as after a restart.
      const journal = openJournal(journalInMemory(cluster.store));
      const undone = await undo(cluster.transport, journal, id, NEVER);
      assert.equal(undone.kind, 'restored', JSON.stringify(undone));
      const live = await cluster.live(ref);
      assert.deepEqual((live?.['spec'] as { mtls?: unknown } | undefined)?.mtls, states[index]);
    }
  });

  it('out of order names the later change that has to be undone first', async () => {
    const first = await change(cluster, desire(policy('bar', mode('STRICT'), 'order')));
    const second = await change(cluster, desire(policy('bar', mode('DISABLE'), 'order')));
    const undone = await cluster.actions.undo(first, NEVER);
    assert.ok(undone.kind === 'refused', JSON.stringify(undone));
    assert.equal(undone.later?.id, second);
    assert.equal((await cluster.actions.undo(second, NEVER)).kind, 'restored');
    assert.equal((await cluster.actions.undo(first, NEVER)).kind, 'restored');
  });

  it('says that somebody made the object anew, also with the same content', async () => {
    const id = await change(cluster, desire(policy('bar', mode('STRICT'), 'remade')));
    const path = '/apis/security.istio.io/v1/namespaces/bar/peerauthentications/remade';
    await cluster.transport.request({ method: 'DELETE', path });
    await cluster.applyAs('someone', policy('bar', mode('STRICT'), 'remade'));
    const undone = await cluster.actions.undo(id, NEVER);
    assert.equal(undone.kind === 'refused' && undone.why, 'made-anew');
  });
});

describe('two windows that undo the same at once', () => {
  const cases: readonly (readonly [string, Manifest | undefined])[] = [
    ['a creation', undefined],
    ['a change', policy('foo', mode('PERMISSIVE'), 'twice-changed')],
  ];
  for (const [name, was] of cases) {
    for (const overtakenAt of ['the rehearsal', 'the write'] as const) {
      it(`leave the state right, and the slower one says so: ${name}, at ${overtakenAt}`, async () => {
        const object = was?.metadata.name ?? 'twice-created';
        const ref = policyRef('foo', object);
        if (was !== undefined) await cluster.applyAs('istio-mtls', was);
        const id = await change(cluster, desire(policy('foo', mode('STRICT'), object)));
        let isFirst = true;
        const slower: KubeTransport = {
          ...cluster.transport,
          request: async (request) => {
            const isWrite = request.method === 'PATCH' || request.method === 'DELETE';
            const isDue = (request.repeatable === true) === (overtakenAt === 'the rehearsal');
            if (isFirst && isWrite && isDue) {
              isFirst = false;
              assert.equal((await cluster.actions.undo(id, NEVER)).kind, 'restored');
            }
            return cluster.transport.request(request);
          },
        };
        const undone = await undo(slower, cluster.journal, id, NEVER);
        assert.deepEqual(undone, { kind: 'undone-meanwhile' });
        assert.deepEqual((await cluster.live(ref))?.['spec'], was?.['spec']);
      });
    }
  }
});

/** The cluster with this answer about its namespace kube-system. */
function kubeSystem(answer: KubeResponse): KubeTransport {
  return {
    ...cluster.transport,
    request: (request) =>
      request.path === '/api/v1/namespaces/kube-system'
        ? Promise.resolve(answer)
        : cluster.transport.request(request),
  };
}

function owners(manifest: Manifest | undefined): unknown {
  const fields = manifest?.metadata['managedFields'];
  return Array.isArray(fields)
    ? fields.map((entry: { manager: string; fieldsV1: unknown }) => [entry.manager, entry.fieldsV1])
    : undefined;
}
