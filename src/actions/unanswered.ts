import type { Manifest } from '../mesh/index.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import { isOfOtherCluster } from './clusterUid.ts';
import { othersThatWrote, ownFields } from './fieldOwnership.ts';
import type { Journal, JournalChange, JournalEntry } from './journal.ts';
import type { Landed } from './journalEntry.ts';
import { confirmed, withOnly } from './journalEntry.ts';
import { sameContent } from './manifestContent.ts';
import { applyObject, preconditionOf } from './write.ts';
import type { WriteTarget } from './writeTarget.ts';
import { locate, readLive } from './writeTarget.ts';

/**
 * Milliseconds after which a write that was never answered can land no more: an API server gives a request one minute,
 * its webhooks included.
 * Source: kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver, `--request-timeout`.
 */
const LANDS_WITHIN_MS = 90_000;

/** What the cluster tells about a write whose answer never came. */
export type Trace =
  | ({ readonly kind: 'landed' } & Landed)
  /** The object is as it was before: the write may be under way still. */
  | { readonly kind: 'not-there' }
  /** It cannot be told: the object cannot be read, or is neither as before nor as it was to be. */
  | { readonly kind: 'unclear' };

/** Looks for the trace of a write that was never answered. Writes nothing. */
export async function traceOf(
  transport: KubeTransport,
  target: WriteTarget,
  change: Pick<JournalChange, 'before' | 'after'>,
  signal: AbortSignal,
): Promise<Trace> {
  const now = await readLive(transport, target.path, signal);
  if (now.kind !== 'present' && now.kind !== 'absent') return { kind: 'unclear' };
  const live = now.kind === 'present' ? now.manifest : undefined;
  const { before, after } = change;
  if (after === undefined) return traceOfDeletion(before, live);
  if (live === undefined) return { kind: before === undefined ? 'not-there' : 'unclear' };
  if (before !== undefined && sameContent(live, before)) return { kind: 'not-there' };
  if (before === undefined) return traceOfCreation(transport, target, { after, live }, signal);
  return sameContent(live, after) ? { kind: 'landed', manifest: live } : { kind: 'unclear' };
}

function traceOfDeletion(before: Manifest | undefined, live: Manifest | undefined): Trace {
  const isThere = live !== undefined && live.metadata.uid === before?.metadata.uid;
  const isGoing = live?.metadata['deletionTimestamp'] !== undefined;
  return isThere && !isGoing ? { kind: 'not-there' } : { kind: 'landed', manifest: undefined };
}

async function traceOfCreation(
  transport: KubeTransport,
  target: WriteTarget,
  { after, live }: { readonly after: Manifest; readonly live: Manifest },
  signal: AbortSignal,
): Promise<Trace> {
  // Somebody else's object, which ours has not been merged into.
  if (ownFields(live) === undefined) return { kind: 'not-there' };
  if (othersThatWrote(live).length === 0)
    return sameContent(live, after) ? { kind: 'landed', manifest: live } : { kind: 'unclear' };
  const mergedInto = await withoutOurs(transport, target, live, signal);
  if (mergedInto !== undefined) return { kind: 'landed', manifest: live, mergedInto };
  return { kind: 'unclear' };
}

/** What an object would be without the fields that are ours alone; undefined when the server does not tell. */
export async function withoutOurs(
  transport: KubeTransport,
  target: WriteTarget,
  live: Manifest,
  signal: AbortSignal,
): Promise<Manifest | undefined> {
  const { name, namespace } = live.metadata;
  const nothing = {
    apiVersion: live.apiVersion,
    kind: live.kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
  };
  const options = { dryRun: true, only: preconditionOf(live), signal };
  const rehearsed = await applyObject(transport, target, nothing, options);
  return rehearsed.kind === 'written' ? rehearsed.manifest : undefined;
}

/** What became of the writes of one entry that were never answered. */
export interface Settled {
  /** As it is kept from now on. */
  readonly entry: JournalEntry;
  readonly landed: readonly JournalChange[];
  /** They can land no more. */
  readonly missed: readonly JournalChange[];
  /** What is still not known. */
  readonly open: readonly JournalChange[];
}

/** Whether an entry holds writes that nobody has answered. */
export function isOpen({ undoneAt, changes }: JournalEntry): boolean {
  return undoneAt === undefined && changes.some((change) => !change.confirmed);
}

/** Whether what was never answered may still land. */
export function mayStillLand({ sentAt }: JournalEntry): boolean {
  return Date.now() - sentAt < LANDS_WITHIN_MS;
}

/** Looks again at everything that was written to this cluster and never answered, and keeps what it finds. Only reads. */
export async function settle(
  transport: KubeTransport,
  journal: Journal,
  signal: AbortSignal,
): Promise<readonly Settled[]> {
  const { entries } = await journal.read();
  const settled: Settled[] = [];
  for (const entry of entries.filter(isOpen)) {
    if ((await isOfOtherCluster(transport, entry, signal)) !== 'no') continue;
    const found = await settleEntry(transport, entry, signal);
    if (found.landed.length + found.missed.length > 0) await journal.put(found.entry);
    settled.push(found);
  }
  return settled;
}

async function settleEntry(
  transport: KubeTransport,
  entry: JournalEntry,
  signal: AbortSignal,
): Promise<Settled> {
  const isOver = !mayStillLand(entry);
  const kept: JournalChange[] = [];
  const [landed, missed, open]: [JournalChange[], JournalChange[], JournalChange[]] = [[], [], []];
  for (const change of entry.changes) {
    const trace = change.confirmed ? undefined : await lookFor(transport, change, signal);
    const known = trace?.kind === 'landed' ? confirmed(change, trace) : change;
    const isMissed = trace?.kind === 'not-there' && isOver;
    if (!isMissed) kept.push(known);
    if (isMissed) missed.push(change);
    else if (trace?.kind === 'landed') landed.push(known);
    else if (trace !== undefined) open.push(change);
  }
  return { entry: withOnly(entry, kept), landed, missed, open };
}

async function lookFor(
  transport: KubeTransport,
  change: JournalChange,
  signal: AbortSignal,
): Promise<Trace> {
  const target = await locate(transport, change.ref, signal);
  return target.kind === 'target'
    ? traceOf(transport, target, change, signal)
    : { kind: 'unclear' };
}
