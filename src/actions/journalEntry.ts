import { randomUUID } from 'node:crypto';

import type { Manifest, ObjectRef } from '../mesh/index.ts';
import { presentConfiguration } from './applyConfiguration.ts';
import type { Asked, Journal, JournalChange, JournalEntry } from './journal.ts';
import { visible } from './manifestContent.ts';
import type { WriteRefusal } from './refusal.ts';
import type { Step } from './step.ts';

/** Where a change is made: what tells one cluster from another. */
export type WrittenOn = Pick<JournalEntry, 'context' | 'server' | 'clusterUid'>;

/** The intention to write, before anything is: every change of it is still unconfirmed. */
export function newEntry(
  [first, ...rest]: readonly [Step, ...Step[]],
  where: WrittenOn,
  asked: Asked,
): JournalEntry {
  const now = Date.now();
  return {
    id: randomUUID(),
    ...asked,
    at: now,
    sentAt: now,
    ...where,
    changes: [unconfirmed(first), ...rest.map(unconfirmed)],
  };
}

function unconfirmed({ change, live }: Step): JournalChange {
  return {
    ...change,
    configurationBefore: live === undefined ? undefined : presentConfiguration(live),
    uid: '',
    resourceVersion: '',
    confirmed: false,
  };
}

/** A write that is known to have landed. */
export interface Landed {
  /** The object as it was stored; absent after a deletion. */
  readonly manifest: Manifest | undefined;
  /** What somebody else created in the same moment, which our creation was merged into. */
  readonly mergedInto?: Manifest;
}

/** The change with what is known once its write landed. */
export function confirmed(change: JournalChange, { manifest, mergedInto }: Landed): JournalChange {
  return {
    ...change,
    ...(mergedInto !== undefined && { before: visible(mergedInto) }),
    after: manifest && visible(manifest),
    uid: manifest?.metadata.uid ?? '',
    resourceVersion: manifest?.metadata.resourceVersion ?? '',
    confirmed: true,
  };
}

/** The entry with one change as it is known now. */
export function withChange(
  entry: JournalEntry,
  index: number,
  become: (change: JournalChange) => JournalChange,
): JournalEntry {
  const [first, ...rest] = entry.changes;
  return {
    ...entry,
    changes: [
      index === 0 ? become(first) : first,
      ...rest.map((change, at) => (at + 1 === index ? become(change) : change)),
    ],
  };
}

/** The entry with only those changes that may have been written; an entry of nothing counts as taken back. */
export function withOnly(entry: JournalEntry, changes: readonly JournalChange[]): JournalEntry {
  const [first, ...rest] = changes;
  return first === undefined
    ? { ...entry, undoneAt: Date.now() }
    : { ...entry, changes: [first, ...rest] };
}

/** Stores an entry; the refusal to go on when that fails. */
export async function store(
  journal: Journal,
  entry: JournalEntry,
  ref: ObjectRef,
): Promise<WriteRefusal | undefined> {
  try {
    await journal.put(entry);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown error';
    return { kind: 'failed', ref, cause: `The journal for Undo cannot be written: ${why}.` };
  }
}
