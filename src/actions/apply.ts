import { randomUUID } from 'node:crypto';

import type { Change, Desired, Manifest, NonEmpty, ObjectRef } from '../mesh/index.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import { awaitReport } from './awaitReport.ts';
import { clusterUid } from './clusterUid.ts';
import type { Journal, JournalChange, JournalEntry } from './journal.ts';
import type { ManagedBy } from './managedBy.ts';
import { sameContent, visible } from './manifestContent.ts';
import type { Refusal } from './refusal.ts';
import { prepareStep } from './step.ts';
import type { Step } from './step.ts';
import { presentConfiguration } from './applyConfiguration.ts';
import type { Precondition, Written } from './write.ts';
import { applyObject, deleteObject, preconditionOf } from './write.ts';
import { readLive } from './writeTarget.ts';

/** What to know before confirming. */
export type ApplyWarning =
  | { readonly kind: 'managed-by'; readonly ref: ObjectRef; readonly by: ManagedBy }
  /** The server, or an admission webhook, warned of the write in the dry run. */
  | { readonly kind: 'server'; readonly ref: ObjectRef; readonly text: string };

/** Checked against the cluster and ready to be written. Nothing has been written yet. */
export interface Ready {
  readonly kind: 'ready';
  readonly changes: NonEmpty<Change>;
  readonly warnings: readonly ApplyWarning[];
  /** For `commit` alone. */
  readonly steps: NonEmpty<Step>;
}

export type Prepared = Ready | { readonly kind: 'unchanged' } | Refusal;

/** What came of a commit. `entry` is there as soon as anything at all was written, so that it can be undone. */
export type Applied =
  | { readonly kind: 'applied'; readonly entry: JournalEntry }
  | {
      readonly kind: 'not-applied';
      readonly why: Refusal;
      readonly entry: JournalEntry | undefined;
    };

/** Where the writer writes down what it does. */
export interface JournalBook {
  readonly journal: Journal;
  /** The context's name, as the entry keeps it. */
  readonly context: string;
}

/**
 * Asks the cluster what writing `desired` would do: permissions, live objects, then a dry run of each write. The first
 * refusal is returned. Nothing is written.
 */
export async function prepare(
  transport: KubeTransport,
  desired: readonly Desired[],
  signal: AbortSignal,
): Promise<Prepared> {
  const steps: Step[] = [];
  for (const one of desired) {
    const step = await prepareStep(transport, one, signal);
    if (step.kind === 'step') steps.push(step);
    else if (step.kind !== 'unchanged') return step;
  }
  const [first, ...rest] = steps;
  if (first === undefined) return { kind: 'unchanged' };
  return {
    kind: 'ready',
    changes: [first.change, ...rest.map(({ change }) => change)],
    warnings: steps.flatMap(warningsOf),
    steps: [first, ...rest],
  };
}

function warningsOf({ change: { ref }, managedBy, serverWarnings }: Step): ApplyWarning[] {
  const said = serverWarnings.map((text) => ({ kind: 'server', ref, text }) as const);
  return managedBy === undefined ? said : [{ kind: 'managed-by', ref, by: managedBy }, ...said];
}

/**
 * Writes what was prepared, in order, and only if every object is still what it was then. The intention is journalled
 * before the first write, so that nothing is ever written that cannot be found again.
 */
export async function commit(
  transport: KubeTransport,
  ready: Ready,
  book: JournalBook,
  signal: AbortSignal,
): Promise<Applied> {
  const uid = await clusterUid(transport, signal);
  let entry = newEntry(ready, {
    context: book.context,
    server: transport.server,
    ...(uid !== undefined && { clusterUid: uid }),
  });
  const unwritten = await store(book.journal, entry, ready.steps[0].change.ref);
  if (unwritten !== undefined) return { kind: 'not-applied', why: unwritten, entry: undefined };
  for (const [index, step] of ready.steps.entries()) {
    const written = await writeStep(transport, step, signal);
    if (written.kind !== 'written') {
      const happened = await mayHaveHappened(transport, step, written);
      const partial = await keepOnly(book.journal, entry, happened ? index + 1 : index);
      return { kind: 'not-applied', why: written, entry: partial };
    }
    entry = confirm(entry, index, written.manifest);
    const lost = await store(book.journal, entry, step.change.ref);
    if (lost !== undefined) return { kind: 'not-applied', why: lost, entry };
    const unseen = await awaitReport(transport, step, written.manifest, signal);
    if (unseen !== undefined) return { kind: 'not-applied', why: unseen, entry };
  }
  return { kind: 'applied', entry };
}

/** How often the version may move on under us through status updates before we give up. */
const MAX_TRIES = 5;

async function writeStep(
  transport: KubeTransport,
  step: Step,
  signal: AbortSignal,
): Promise<Written> {
  const { target, change, live } = step;
  let only = live === undefined ? undefined : preconditionOf(live);
  for (let tries = 1; ; tries += 1) {
    const written = await send(transport, step, only, signal);
    if (written.kind !== 'changed-since' || tries === MAX_TRIES) return checkCreated(written, step);
    const now = await readLive(transport, target.path, signal);
    // Status moves the version too; what people wrote must still be what was shown.
    if (now.kind !== 'present' || live === undefined || !sameContent(now.manifest, live)) {
      return { kind: 'changed-since', ref: change.ref };
    }
    if (now.manifest.metadata.uid !== live.metadata.uid)
      return { kind: 'changed-since', ref: change.ref };
    only = preconditionOf(now.manifest);
  }
}

async function send(
  transport: KubeTransport,
  { target, change, configuration }: Step,
  only: Precondition | undefined,
  signal: AbortSignal,
): Promise<Written> {
  if (configuration !== undefined) {
    const options = { dryRun: false, signal, ...(only !== undefined && { only }) };
    if (only === undefined) {
      const now = await readLive(transport, target.path, signal);
      if (now.kind === 'present') return { kind: 'changed-since', ref: change.ref };
    }
    return applyObject(transport, target, configuration, options);
  }
  if (only === undefined) return { kind: 'changed-since', ref: change.ref };
  return deleteObject(transport, target, { dryRun: false, signal, only });
}

/** Apply merges into an object that somebody created in the same instant; that must not pass as our creation. */
function checkCreated(written: Written, { change, live }: Step): Written {
  if (written.kind !== 'written' || live !== undefined || written.created) return written;
  return {
    kind: 'failed',
    ref: change.ref,
    cause: `${change.ref.kind} ${change.ref.name} was created by someone else at the same moment and now carries both.`,
  };
}

function newEntry(
  { steps }: Ready,
  where: Pick<JournalEntry, 'context' | 'server' | 'clusterUid'>,
): JournalEntry {
  const [first, ...rest] = steps;
  return {
    id: randomUUID(),
    at: Date.now(),
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

function confirm(entry: JournalEntry, index: number, manifest: Manifest | undefined): JournalEntry {
  const confirmed = (change: JournalChange, at: number): JournalChange =>
    at !== index
      ? change
      : {
          ...change,
          after: manifest === undefined ? undefined : visible(manifest),
          uid: manifest?.metadata.uid ?? '',
          resourceVersion: manifest?.metadata.resourceVersion ?? '',
          confirmed: true,
        };
  const [first, ...rest] = entry.changes;
  return {
    ...entry,
    changes: [confirmed(first, 0), ...rest.map((change, at) => confirmed(change, at + 1))],
  };
}

const SETTLE_TIMEOUT_MS = 5_000;

/** A write without an answer may have reached the cluster; only what it now holds tells. In doubt it counts as done. */
async function mayHaveHappened(
  transport: KubeTransport,
  { target, change }: Step,
  why: Refusal,
): Promise<boolean> {
  if (why.kind !== 'failed') return false;
  // The user's own cancellation must not keep us from finding out.
  const live = await readLive(transport, target.path, AbortSignal.timeout(SETTLE_TIMEOUT_MS));
  if (live.kind === 'absent') return change.after === undefined;
  if (live.kind !== 'present') return true;
  return change.after !== undefined && sameContent(live.manifest, change.after);
}

/** Keeps in the entry only what was written; an entry of nothing is marked as taken back. */
async function keepOnly(
  journal: Journal,
  entry: JournalEntry,
  written: number,
): Promise<JournalEntry | undefined> {
  const [first, ...rest] = entry.changes.slice(0, written);
  const partial: JournalEntry =
    first === undefined
      ? { ...entry, undoneAt: Date.now() }
      : { ...entry, changes: [first, ...rest] };
  await journal.put(partial).catch(() => undefined);
  return first === undefined ? undefined : partial;
}

async function store(
  journal: Journal,
  entry: JournalEntry,
  ref: ObjectRef,
): Promise<Refusal | undefined> {
  try {
    await journal.put(entry);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown error';
    return { kind: 'failed', ref, cause: `The journal for Undo cannot be written: ${why}.` };
  }
}
