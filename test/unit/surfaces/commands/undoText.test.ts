import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JournalEntry } from '../../../../src/actions/journal.ts';
import { ageWords } from '../../../../src/surfaces/commands/ageWords.ts';
import {
  describeNotUndone,
  entryAge,
  entryWords,
} from '../../../../src/surfaces/commands/undoText.ts';

const now = Date.UTC(2026, 0, 2, 12);
const minutes = (count: number): number => now - count * 60_000;
const ref = { kind: 'PeerAuthentication', namespace: 'foo', name: 'default' } as const;

const entry: JournalEntry = {
  id: 'a',
  title: 'Enforced STRICT on namespace foo',
  at: minutes(2),
  sentAt: minutes(2),
  context: 'prod',
  server: 'https://prod',
  changes: [
    {
      ref,
      before: undefined,
      after: undefined,
      configurationBefore: undefined,
      uid: '',
      resourceVersion: '',
      confirmed: true,
    },
  ],
};

describe('an age is told as people say it:', () => {
  const rows: readonly (readonly [at: number, words: string])[] = [
    [minutes(0), 'just now'],
    [minutes(-5), 'just now'],
    [minutes(2), '2 min ago'],
    [minutes(59), '59 min ago'],
    [minutes(60), '1 h ago'],
    [minutes(24 * 60), 'yesterday'],
    [minutes(3 * 24 * 60), '3 days ago'],
  ];
  for (const [at, words] of rows) {
    it(words, () => {
      assert.equal(ageWords(at, now), words);
    });
  }
});

describe('the list of changes to undo', () => {
  it('says what was done, and when', () => {
    assert.equal(entryWords(entry), 'Enforced STRICT on namespace foo');
    assert.equal(entryAge(entry, now), '2 min ago');
  });

  it('says what was never answered', () => {
    const [change] = entry.changes;
    const open: JournalEntry = { ...entry, changes: [{ ...change, confirmed: false }] };
    assert.equal(entryAge(open, now), '2 min ago · never answered');
  });
});

describe('an Undo that is refused says why:', () => {
  const refused = { kind: 'refused', ref, before: undefined, wrote: undefined, live: undefined };
  const rows: readonly (readonly [Parameters<typeof describeNotUndone>[0], RegExp])[] = [
    [
      { ...refused, kind: 'refused', why: 'changed-since', later: entry },
      /changed again from here since: undo "Enforced STRICT on namespace foo" \(2 min ago\) first\./,
    ],
    [{ ...refused, kind: 'refused', why: 'made-anew' }, /deleted and made anew by someone/],
    [{ kind: 'unknown-cluster', server: 'https://prod' }, /kube-system cannot be read\. Nothing/],
    [{ kind: 'unsettled', ref }, /not known yet: nobody answered, and it may still land/],
  ];
  for (const [undone, words] of rows) {
    it(words.source, () => {
      assert.match(describeNotUndone(undone, now), words);
    });
  }
});
