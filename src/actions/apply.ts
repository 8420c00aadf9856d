import type { Change, Desired, NonEmpty, ObjectRef } from '../mesh/index.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import { awaitReport } from './awaitReport.ts';
import { clusterUid } from './clusterUid.ts';
import type { Asked, Journal, JournalEntry } from './journal.ts';
import type { Landed } from './journalEntry.ts';
import { confirmed, newEntry, store, withChange, withOnly } from './journalEntry.ts';
import type { ManagedBy } from './managedBy.ts';
import { sameContent } from './manifestContent.ts';
import type { WriteRefusal } from './refusal.ts';
import { prepareStep } from './step.ts';
import type { Step } from './step.ts';
import { traceOf, withoutOurs } from './unanswered.ts';
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

export type Prepared = Ready | { readonly kind: 'unchanged' } | WriteRefusal;

/** What came of a commit. `entry` is there as soon as anything at all was written, so that it can be undone. */
export type Applied =
  | { readonly kind: 'applied'; readonly entry: JournalEntry }
  | {
      readonly kind: 'not-applied';
      readonly why: WriteRefusal;
      readonly entry: JournalEntry | undefined;
    };

/** What a change is written for, and where the writer writes down what it does. */
export interface Commission extends Asked {
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
 * before the first write, so that nothing is ever written that cannot be found again: a write whose answer never comes
 * stays in the journal, unconfirmed, until `settle` finds out.
 */
export async function commit(
  transport: KubeTransport,
  ready: Ready,
  { journal, context, ...asked }: Commission,
  signal: AbortSignal,
): Promise<Applied> {
  const uid = await clusterUid(transport, signal);
  const where = {
    context,
    server: transport.server,
    ...(uid !== undefined && { clusterUid: uid }),
  };
  let entry = newEntry(ready.steps, where, asked);
  for (const [index, step] of ready.steps.entries()) {
    entry = { ...entry, sentAt: Date.now() };
    const unwritten = signal.aborted
      ? calledOff(step)
      : await store(journal, entry, step.change.ref);
    if (unwritten !== undefined) return notApplied(journal, entry, index, unwritten);
    const landed = await land(transport, step, signal);
    if (landed.kind !== 'landed') {
      const written = landed.kind === 'unanswered' ? index + 1 : index;
      return notApplied(journal, entry, written, landed);
    }
    entry = withChange(entry, index, (change) => confirmed(change, landed));
    const why =
      (await store(journal, entry, step.change.ref)) ??
      (landed.mergedInto === undefined ? undefined : merged(step)) ??
      (await awaitReport(transport, step, landed.manifest, transport.closed));
    if (why !== undefined) return notApplied(journal, entry, index + 1, why);
  }
  return { kind: 'applied', entry };
}

function calledOff({ change: { ref } }: Step): WriteRefusal {
  return { kind: 'failed', ref, cause: 'It was called off before it was sent.' };
}

/** Keeps in the journal what was written, or may have been. */
async function notApplied(
  journal: Journal,
  entry: JournalEntry,
  written: number,
  why: WriteRefusal,
): Promise<Applied> {
  const partial = withOnly(entry, entry.changes.slice(0, written));
  await journal.put(partial).catch(() => undefined);
  return { kind: 'not-applied', why, entry: written === 0 ? undefined : partial };
}

type Landing = ({ readonly kind: 'landed' } & Landed) | WriteRefusal;

const SETTLE_TIMEOUT_MS = 5_000;

/** Writes one step. What was not answered is looked for at once: only what the cluster now holds tells. */
async function land(transport: KubeTransport, step: Step, signal: AbortSignal): Promise<Landing> {
  const written = await writeStep(transport, step, signal);
  // The user's own cancellation must not keep us from finding out.
  const looking = AbortSignal.timeout(SETTLE_TIMEOUT_MS);
  if (written.kind === 'unanswered') {
    const trace = await traceOf(transport, step.target, step.change, looking);
    return trace.kind === 'landed' ? trace : written;
  }
  if (written.kind !== 'written') return written;
  const { manifest, created } = written;
  if (manifest === undefined || created || step.live !== undefined)
    return { kind: 'landed', manifest };
  const mergedInto = await withoutOurs(transport, step.target, manifest, looking);
  if (mergedInto !== undefined) return { kind: 'landed', manifest, mergedInto };
  return { kind: 'unanswered', ref: step.change.ref, cause: mergeCause(step) };
}

/** Apply merges into an object that somebody created in the same instant; that must not pass as our creation. */
function merged(step: Step): WriteRefusal {
  return { kind: 'failed', ref: step.change.ref, cause: mergeCause(step) };
}

function mergeCause({ change: { ref } }: Step): string {
  return `${ref.kind} ${ref.name} was created by someone else at the same moment and now carries both.`;
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
    if (written.kind !== 'changed-since' || tries === MAX_TRIES) return written;
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
