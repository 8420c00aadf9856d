import type { Change } from '../mesh/change/change.ts';
import type { Manifest } from '../mesh/model/manifest.ts';
import type { NonEmpty, ObjectRef } from '../mesh/model/reference.ts';
import { asList, fieldAt, isJsonObject, textAt } from '../sources/cluster/jsonValue.ts';
import { asManifest } from './manifestContent.ts';
import { objectKind } from './objectKind.ts';

/** One object that was written: what it was, what it became, and what takes it back. */
export interface JournalChange extends Change {
  /** Complete states as written, without status and field ownership. */
  readonly before: Manifest | undefined;
  readonly after: Manifest | undefined;
  /** What we applied to the object before this change; undefined when it did not exist. */
  readonly configurationBefore: Manifest | undefined;
  /** Identity of the object after the write; empty after a deletion, or while the write is not confirmed. */
  readonly uid: string;
  readonly resourceVersion: string;
  /** False from before the write until the server confirmed it. */
  readonly confirmed: boolean;
}

/** One thing that the user asked for, in the order in which it was written. */
export interface JournalEntry {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly context: string;
  readonly server: string;
  readonly changes: NonEmpty<JournalChange>;
  /** When it was taken back. */
  readonly undoneAt?: number;
}

/** Where the journal is kept; what it returns is decoded, never trusted. */
export interface JournalStore {
  read(): unknown;
  write(value: unknown): Promise<void>;
}

/** What was written to clusters, newest first. It survives a restart because its store does. */
export interface Journal {
  entries(): readonly JournalEntry[];
  find(id: string): JournalEntry | undefined;
  /** Adds or replaces an entry; resolves when it is stored. */
  put(entry: JournalEntry): Promise<void>;
}

/** Older entries are dropped: nobody takes back what lies so far behind. */
const MAX_ENTRIES = 100;
const FORMAT = 1;

export function openJournal(store: JournalStore): Journal {
  const entries = (): readonly JournalEntry[] => readJournal(store.read());
  // Two entries at a time must not overwrite each other.
  let last: Promise<void> = Promise.resolve();
  return {
    entries,
    find: (id) => entries().find((entry) => entry.id === id),
    put: (entry) => {
      const write = (): Promise<void> => {
        const all = [entry, ...entries().filter((one) => one.id !== entry.id)];
        const newest = all.sort((left, right) => right.at - left.at).slice(0, MAX_ENTRIES);
        return store.write({ format: FORMAT, entries: newest });
      };
      const put = last.then(write);
      last = put.catch(() => undefined);
      return put;
    },
  };
}

function readJournal(value: unknown): readonly JournalEntry[] {
  if (fieldAt(value, 'format') !== FORMAT) return [];
  return asList(fieldAt(value, 'entries')).flatMap((one) => readEntry(one) ?? []);
}

function readEntry(value: unknown): JournalEntry | undefined {
  const [id, context, server] = [
    textAt(value, 'id'),
    textAt(value, 'context'),
    textAt(value, 'server'),
  ];
  const at = fieldAt(value, 'at');
  const changes = asList(fieldAt(value, 'changes')).map(readChange);
  const [first, ...rest] = changes.filter((change) => change !== undefined);
  const complete = first !== undefined && rest.length === changes.length - 1;
  if (
    id === undefined ||
    context === undefined ||
    server === undefined ||
    typeof at !== 'number' ||
    !complete
  ) {
    return undefined;
  }
  const undoneAt = fieldAt(value, 'undoneAt');
  return {
    id,
    at,
    context,
    server,
    changes: [first, ...rest],
    ...(typeof undoneAt === 'number' && { undoneAt }),
  };
}

function readChange(value: unknown): JournalChange | undefined {
  const ref = readRef(fieldAt(value, 'ref'));
  if (ref === undefined || !isJsonObject(value)) return undefined;
  return {
    ref,
    before: asManifest(value['before']),
    after: asManifest(value['after']),
    configurationBefore: asManifest(value['configurationBefore']),
    uid: textAt(value, 'uid') ?? '',
    resourceVersion: textAt(value, 'resourceVersion') ?? '',
    confirmed: value['confirmed'] === true,
  };
}

function readRef(value: unknown): ObjectRef | undefined {
  const kind = objectKind(textAt(value, 'kind'));
  const name = textAt(value, 'name');
  if (kind === undefined || name === undefined) return undefined;
  return { kind, namespace: textAt(value, 'namespace') ?? '', name };
}
