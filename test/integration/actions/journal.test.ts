import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { journalInMemory, openJournal } from '../../../src/actions/journal.ts';
import type { JournalEntry } from '../../../src/actions/journal.ts';
import { journalInFolder } from '../../../src/actions/journalFiles.ts';

function entry(id: string, { at = 1, context = 'prod', note = '' } = {}): JournalEntry {
  const ref = { kind: 'PeerAuthentication', namespace: 'foo', name: 'default' } as const;
  const metadata = { name: 'default', namespace: 'foo', annotations: { note } };
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
  const server = `https://${context}`;
  const title = `Enforced STRICT, ${id}`;
  return { id, title, at, sentAt: at, context, server, clusterUid: 'c1', changes: [change] };
}

describe('the journal of a workspace', () => {
  let folder = '';
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'journal-')), 'journal');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true }));

  const open = () => openJournal(journalInFolder(folder));
  const ids = async () => (await open().read()).entries.map(({ id }) => id);

  it('is empty before anything was written, and makes no folder for that', async () => {
    assert.deepEqual(await open().read(), { entries: [], unreadable: [] });
    await assert.rejects(stat(folder));
  });

  it('is the same after a restart of VS Code', async () => {
    await open().put(entry('a'));
    assert.deepEqual(await open().read(), { entries: [entry('a')], unreadable: [] });
    assert.deepEqual(await open().find('a'), entry('a'));
    assert.equal(await open().find('b'), undefined);
  });

  it('keeps what two windows and several contexts write at the same time', async () => {
    const [north, south] = [open(), open()];
    await Promise.all([
      north.put(entry('a', { context: 'north' })),
      south.put(entry('b', { context: 'south' })),
      north.put(entry('c', { context: 'north' })),
    ]);
    assert.deepEqual((await ids()).toSorted(), ['a', 'b', 'c']);
  });

  it('replaces an entry that is put again', async () => {
    await open().put(entry('a'));
    await open().put({ ...entry('a'), undoneAt: 5 });
    assert.deepEqual((await open().read()).entries, [{ ...entry('a'), undoneAt: 5 }]);
  });

  it('is read by its owner alone', async () => {
    await open().put(entry('a'));
    assert.equal((await stat(join(folder, 'a.json'))).mode & 0o077, 0);
  });

  it('keeps the newest hundred entries', async () => {
    for (let at = 0; at < 101; at += 1) await open().put(entry(`e${at}`, { at }));
    assert.equal((await ids()).length, 100);
    assert.deepEqual([(await ids()).at(0), (await ids()).at(-1)], ['e100', 'e1']);
  });

  it('drops the oldest entries when all together are too large, never the newest', async () => {
    const note = 'x'.repeat(5_000_000);
    for (const [at, id] of ['a', 'b', 'c'].entries()) await open().put(entry(id, { at, note }));
    assert.deepEqual(await ids(), ['c']);
    await open().put(entry('huge', { at: 9, note: note + note }));
    assert.deepEqual(await ids(), ['huge']);
  });

  it('names a damaged entry, leaves it as it is, and loses no other', async () => {
    await open().put(entry('a'));
    await writeFile(join(folder, 'damaged.json'), '{"format":1,');
    for (let at = 2; at < 105; at += 1) await open().put(entry(`e${at}`, { at }));
    const { entries, unreadable } = await open().read();
    assert.deepEqual([entries.length, unreadable], [100, ['damaged']]);
    assert.equal(await readFile(join(folder, 'damaged.json'), 'utf8'), '{"format":1,');
  });

  it('reads no file that a crash left unfinished', async () => {
    await open().put(entry('a'));
    await writeFile(join(folder, 'b.json.4711'), '{"form');
    assert.deepEqual(await open().read(), { entries: [entry('a')], unreadable: [] });
    assert.deepEqual((await readdir(folder)).toSorted(), ['a.json', 'b.json.4711']);
  });

  it('names its folder when that cannot be listed, and does not pretend to write there', async () => {
    await writeFile(folder, 'a file is in the way');
    assert.deepEqual(await open().read(), { entries: [], unreadable: [folder] });
    await assert.rejects(open().put(entry('a')));
  });
});

describe('what is stored is not trusted:', () => {
  const valid = JSON.parse(JSON.stringify(entry('a'))) as Record<string, unknown>;
  const rows: readonly (readonly [name: string, value: unknown])[] = [
    ['null', null],
    ['a number', 7],
    ['a list', []],
    ['a later format', { format: 2, entry: valid }],
    ['no entry', { format: 1 }],
    ['an entry under another name', { format: 1, entry: { ...valid, id: 'b' } }],
    ['an entry without a server', { format: 1, entry: { ...valid, server: undefined } }],
    ['an entry without changes', { format: 1, entry: { ...valid, changes: [] } }],
    [
      'a kind that is never written',
      { format: 1, entry: { ...valid, changes: [{ ref: { kind: 'Secret', name: 'x' } }] } },
    ],
  ];
  for (const [name, value] of rows) {
    it(`${name} is unreadable`, async () => {
      const store = journalInMemory(new Map([['a', JSON.stringify(value)]]));
      assert.deepEqual(await openJournal(store).read(), { entries: [], unreadable: ['a'] });
    });
  }
});
