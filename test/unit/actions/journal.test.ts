import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openJournal } from '../../../src/actions/journal.ts';
import type { JournalEntry, JournalStore } from '../../../src/actions/journal.ts';

function entry(id: string, context: string): JournalEntry {
  const ref = { kind: 'PeerAuthentication', namespace: 'foo', name: 'default' } as const;
  const metadata = { name: 'default', namespace: 'foo' };
  const after = {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata,
    spec: { mtls: { mode: 'STRICT' } },
  };
  const change = {
    ref,
    before: undefined,
    after,
    configurationBefore: undefined,
    uid: `uid-${id}`,
    resourceVersion: '7',
    confirmed: true,
  };
  return { id, at: 1, context, server: `https://${context}`, changes: [change] };
}

/** What VS Code keeps for a workspace: readable at once, as JSON, and on the disk a little later. */
function memento(): JournalStore & { json: string } {
  return {
    json: 'null',
    read() {
      return JSON.parse(this.json) as unknown;
    },
    async write(value) {
      this.json = JSON.stringify(value);
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}

describe('the journal of a workspace', () => {
  it('is the same after a restart of VS Code', async () => {
    const store = memento();
    const written = entry('a', 'prod');
    await openJournal(store).put(written);
    const restarted = { ...memento(), json: store.json };
    assert.deepEqual(openJournal(restarted).entries(), [written]);
    assert.deepEqual(openJournal(restarted).find('a'), written);
  });

  it('keeps what several open contexts write at the same time', async () => {
    const store = memento();
    const [north, south] = [openJournal(store), openJournal(store)];
    await Promise.all([
      north.put(entry('a', 'north')),
      south.put(entry('b', 'south')),
      north.put(entry('c', 'north')),
    ]);
    const ids = openJournal(store)
      .entries()
      .map(({ id, context, server }) => [id, context, server]);
    assert.deepEqual(ids.toSorted(), [
      ['a', 'north', 'https://north'],
      ['b', 'south', 'https://south'],
      ['c', 'north', 'https://north'],
    ]);
  });

  it('is empty where something else, or another format, is stored', () => {
    for (const json of [
      'null',
      '7',
      '[]',
      '{"format":2,"entries":[{}]}',
      '{"format":1,"entries":[{}]}',
    ]) {
      const store = { ...memento(), json };
      assert.deepEqual(openJournal(store).entries(), []);
    }
  });
});
