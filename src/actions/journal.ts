import type { Change, Manifest, NonEmpty, ObjectRef, WorkloadPods } from '../mesh/index.ts';
import { asList, fieldAt, isJsonObject, textAt } from '../sources/transport/jsonValue.ts';
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
  /** False from before the write until it is known to have landed; see `settle` of what was never answered. */
  readonly confirmed: boolean;
}

/** What a person asked for, as it is kept beside what was written for it. */
export interface Asked {
  /** In the past tense: `Enforced STRICT on namespace foo`. */
  readonly title: string;
  /** What the pods were whose proxies the change adds or takes away; Undo is checked against it. */
  readonly podsBefore?: readonly WorkloadPods[];
}

/** One thing that the user asked for, in the order in which it was written. */
export interface JournalEntry extends Asked {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** When the last of its writes was sent, in milliseconds since the epoch. */
  readonly sentAt: number;
  readonly context: string;
  readonly server: string;
  /** Which cluster stood behind that address, where it may be read: see `clusterUid`. */
  readonly clusterUid?: string;
  readonly changes: NonEmpty<JournalChange>;
  /** When it was taken back. */
  readonly undoneAt?: number;
}

/** One entry as it is stored: decoded later, never trusted; `value` is undefined when it cannot be read. */
export interface StoredEntry {
  readonly name: string;
  readonly value: unknown;
}

/** Where the journal is kept, each entry under a name of its own. */
export interface JournalStore {
  read(): Promise<readonly StoredEntry[]>;
  write(name: string, value: unknown): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Keeps the journal as long as the program runs: as the JSON text of each entry by its name. */
export function journalInMemory(stored = new Map<string, string>()): JournalStore {
  return {
    read: () =>
      Promise.resolve(
        [...stored].map(([name, text]) => ({ name, value: JSON.parse(text) as unknown })),
      ),
    write: (name, value) => {
      stored.set(name, JSON.stringify(value));
      return Promise.resolve();
    },
    remove: (name) => {
      stored.delete(name);
      return Promise.resolve();
    },
  };
}

/** All that is in the journal. */
export interface JournalContent {
  /** Newest first. */
  readonly entries: readonly JournalEntry[];
  /** Names of what is stored but cannot be read: damaged, or of a later version. It is kept as it is. */
  readonly unreadable: readonly string[];
}

/** What was written to clusters. It survives a restart because its store does. */
export interface Journal {
  read(): Promise<JournalContent>;
  find(id: string): Promise<JournalEntry | undefined>;
  /** Adds or replaces an entry; resolves when it is stored. */
  put(entry: JournalEntry): Promise<void>;
}

/** Older entries are dropped: nobody takes back what lies so far behind. */
const MAX_ENTRIES = 100;
/** Characters of all entries together; the newest entry stays even if it alone is larger. */
const MAX_CHARACTERS = 8_000_000;
const FORMAT = 1;

export function openJournal(store: JournalStore): Journal {
  const read = async (): Promise<JournalContent> => contentOf(await store.read());
  return {
    read,
    find: async (id) => (await read()).entries.find((entry) => entry.id === id),
    put: async (entry) => {
      await store.write(entry.id, { format: FORMAT, entry });
      const { entries } = await read();
      for (const { id } of outdated(entries)) await store.remove(id);
    },
  };
}

function contentOf(stored: readonly StoredEntry[]): JournalContent {
  const entries: JournalEntry[] = [];
  const unreadable: string[] = [];
  for (const { name, value } of stored) {
    const entry =
      fieldAt(value, 'format') === FORMAT ? readEntry(fieldAt(value, 'entry')) : undefined;
    if (entry?.id === name) entries.push(entry);
    else unreadable.push(name);
  }
  return { entries: entries.sort((left, right) => right.at - left.at), unreadable };
}

/** The entries that are too many, or too much, after the newest. */
function outdated(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  let characters = 0;
  return entries.filter((entry, index) => {
    characters += JSON.stringify(entry).length;
    return index >= MAX_ENTRIES || (index > 0 && characters > MAX_CHARACTERS);
  });
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
  const sentAt = fieldAt(value, 'sentAt');
  const clusterUid = textAt(value, 'clusterUid');
  const podsBefore = fieldAt(value, 'podsBefore');
  return {
    id,
    title: textAt(value, 'title') ?? '',
    at,
    sentAt: typeof sentAt === 'number' ? sentAt : at,
    ...(podsBefore !== undefined && { podsBefore: asList(podsBefore).flatMap(readPods) }),
    context,
    server,
    ...(clusterUid !== undefined && { clusterUid }),
    changes: [first, ...rest],
    ...(typeof undoneAt === 'number' && { undoneAt }),
  };
}

function readPods(value: unknown): readonly WorkloadPods[] {
  const ref = readRef(fieldAt(value, 'workload'));
  const dataPlanes = asList(fieldAt(value, 'dataPlanes')).flatMap((one) =>
    typeof one === 'string' ? [one] : [],
  );
  return ref === undefined ? [] : [{ workload: ref, dataPlanes }];
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
