import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import type { Change } from '../../../../src/mesh/change/change.ts';
import { withDesired } from '../../../../src/mesh/change/change.ts';
import { buildMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import type { MeshSnapshot, MeshSource } from '../../../../src/sources/meshSource.ts';
import { untilShown } from '../../../../src/surfaces/commands/untilShown.ts';

const ref = { kind: 'PeerAuthentication', namespace: 'foo', name: 'default' } as const;
const after = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'default', namespace: 'foo', uid: 'u1' },
  spec: { mtls: { mode: 'STRICT' } },
};
const change: Change = { ref, before: undefined, after };
const empty = buildMesh({ objects: [] });
const written = withDesired(empty, [{ ref, apiVersion: after.apiVersion, after }]);

/** A source that a test moves on by hand. */
function sourceOf(mesh: typeof empty): MeshSource & {
  listeners: Set<Parameters<MeshSource['subscribe']>[0]>;
  publish: (mesh: typeof empty) => void;
} {
  const snapshot = (now: typeof empty): MeshSnapshot => ({
    mesh: now,
    status: { kind: 'synced' },
    context: 'c',
    istioInstalled: true,
  });
  const listeners = new Set<Parameters<MeshSource['subscribe']>[0]>();
  let current = snapshot(mesh);
  return {
    listeners,
    get current() {
      return current;
    },
    publish: (now) => {
      current = snapshot(now);
      for (const listener of [...listeners]) listener(current);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    dispose: () => undefined,
  };
}

describe('waiting until the mesh shows what was written', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });
  const { signal } = new AbortController();

  it('is over at once when the watch was faster', async () => {
    assert.equal(await untilShown({ source: sourceOf(written) }, [change], signal), true);
  });

  it('passes over news of something else', async () => {
    const source = sourceOf(empty);
    const waiting = untilShown({ source }, [change], signal);
    source.publish(empty);
    assert.equal(source.listeners.size, 1);
    source.publish(written);
    assert.equal(await waiting, true);
    assert.equal(source.listeners.size, 0);
  });

  it('is given up after five seconds, and says so', async () => {
    const source = sourceOf(empty);
    const waiting = untilShown({ source }, [change], signal);
    mock.timers.tick(5_000);
    assert.equal(await waiting, false);
    assert.equal(source.listeners.size, 0);
  });

  it('can be called off', async () => {
    const person = new AbortController();
    const source = sourceOf(empty);
    const waiting = untilShown({ source }, [change], person.signal);
    person.abort();
    assert.equal(await waiting, false);
    assert.equal(source.listeners.size, 0);
  });
});
