import { isDeepStrictEqual } from 'node:util';

import type { Manifest, NonEmpty, ObjectRef } from '../mesh/index.ts';
import { describeFailure } from '../sources/transport/kubeFailure.ts';
import type { JsonObject } from '../sources/transport/jsonValue.ts';
import { asObject, isJsonObject } from '../sources/transport/jsonValue.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import { clusterUid } from './clusterUid.ts';
import type { Journal, JournalChange, JournalEntry } from './journal.ts';
import { sameContent, visible, writable } from './manifestContent.ts';
import type { Refusal } from './refusal.ts';
import { refusalOf } from './refusal.ts';
import type { WriteOptions, Written } from './write.ts';
import { applyObject, deleteObject, mergeIntoObject, preconditionOf } from './write.ts';
import type { WriteTarget } from './writeTarget.ts';
import { locate, readLive } from './writeTarget.ts';

/** Why an Undo would destroy what somebody did since. */
export type WhyNotUndone = 'changed-since' | 'gone' | 'exists-again';

/** What came of an Undo. */
export type Undone =
  | { readonly kind: 'restored'; readonly entry: JournalEntry }
  /** Nothing was changed: the three states let people decide by themselves. */
  | {
      readonly kind: 'refused';
      readonly ref: ObjectRef;
      readonly why: WhyNotUndone;
      readonly before: Manifest | undefined;
      readonly wrote: Manifest | undefined;
      readonly live: Manifest | undefined;
    }
  | { readonly kind: 'no-such-entry' }
  | { readonly kind: 'already-undone' }
  /** The entry belongs to another cluster than the one we are connected to; its address may be the same. */
  | { readonly kind: 'other-cluster'; readonly server: string }
  | {
      readonly kind: 'not-restored';
      readonly why: Refusal;
      /** Objects that are as before already: they were taken back before the server failed at another one. */
      readonly restored?: NonEmpty<ObjectRef>;
    };

/**
 * Takes back one journal entry, last change first. Every object is compared with what was written, and every write is
 * rehearsed by the server, before any of them is touched; if somebody changed one since, or the server would refuse one,
 * nothing is written at all.
 */
export async function undo(
  transport: KubeTransport,
  journal: Journal,
  entryId: string,
  signal: AbortSignal,
): Promise<Undone> {
  const entry = await journal.find(entryId);
  if (entry === undefined) return { kind: 'no-such-entry' };
  if (entry.undoneAt !== undefined) return { kind: 'already-undone' };
  if (await isOfOtherCluster(transport, entry, signal))
    return { kind: 'other-cluster', server: entry.server };
  const reversals: Reversal[] = [];
  for (const change of [...entry.changes].reverse()) {
    const reversal = await lookAt(transport, change, signal);
    if (reversal.kind === 'reversal') reversals.push(reversal);
    else if (reversal.kind !== 'nothing-to-do') return reversal;
  }
  for (const reversal of reversals) {
    const rehearsed = await restore(transport, reversal, { dryRun: true, signal });
    if (rehearsed.kind !== 'written') return { kind: 'not-restored', why: rehearsed };
  }
  const done: ObjectRef[] = [];
  for (const reversal of reversals) {
    const why = await reverse(transport, reversal, signal);
    if (why !== undefined) return notRestored(why, done);
    done.push(reversal.change.ref);
  }
  const undone: JournalEntry = { ...entry, undoneAt: Date.now() };
  await journal.put(undone);
  return { kind: 'restored', entry: undone };
}

function notRestored(why: Refusal, [first, ...more]: readonly ObjectRef[]): Undone {
  return first === undefined
    ? { kind: 'not-restored', why }
    : { kind: 'not-restored', why, restored: [first, ...more] };
}

/** An address alone may lead to another cluster by now: a tunnel, or a cluster made anew on the same port. */
async function isOfOtherCluster(
  transport: KubeTransport,
  { server, clusterUid: then }: JournalEntry,
  signal: AbortSignal,
): Promise<boolean> {
  if (server !== transport.server) return true;
  if (then === undefined) return false;
  const now = await clusterUid(transport, signal);
  return now !== undefined && now !== then;
}

/** One change to take back, and the object as it is now. */
interface Reversal {
  readonly kind: 'reversal';
  readonly target: WriteTarget;
  readonly change: JournalChange;
  readonly live: Manifest | undefined;
}

type Looked =
  | Reversal
  | { readonly kind: 'nothing-to-do' }
  | Extract<Undone, { kind: 'refused' | 'not-restored' }>;

async function lookAt(
  transport: KubeTransport,
  change: JournalChange,
  signal: AbortSignal,
): Promise<Looked> {
  const { ref } = change;
  const target = await locate(transport, ref, signal);
  if (target.kind === 'not-installed') return { kind: 'not-restored', why: target };
  if (target.kind !== 'target') {
    return { kind: 'not-restored', why: { kind: 'failed', ref, cause: describeFailure(target) } };
  }
  const now = await readLive(transport, target.path, signal);
  if (now.kind !== 'present' && now.kind !== 'absent') {
    return { kind: 'not-restored', why: refusalOf(now, target, 'get') };
  }
  const live = now.kind === 'present' ? now.manifest : undefined;
  if (isAsBefore(change, live)) return { kind: 'nothing-to-do' };
  const why = whyNot(change, live);
  if (why === undefined) return { kind: 'reversal', target, change, live };
  return {
    kind: 'refused',
    ref,
    why,
    before: change.before,
    wrote: change.after,
    live: live && visible(live),
  };
}

function isAsBefore({ before }: JournalChange, live: Manifest | undefined): boolean {
  if (before === undefined || live === undefined) return before === live;
  return sameContent(before, live);
}

function whyNot(
  { after, uid }: JournalChange,
  live: Manifest | undefined,
): WhyNotUndone | undefined {
  if (after === undefined) return live === undefined ? undefined : 'exists-again';
  if (live === undefined) return 'gone';
  const replaced = uid !== '' && live.metadata.uid !== uid;
  return replaced || !sameContent(live, after) ? 'changed-since' : undefined;
}

async function reverse(
  transport: KubeTransport,
  reversal: Reversal,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { target, change } = reversal;
  const { before } = change;
  const written = await restore(transport, reversal, { dryRun: false, signal });
  if (written.kind !== 'written') return written;
  const now = await readLive(transport, target.path, signal);
  if (before === undefined && (now.kind === 'absent' || isTerminating(now))) return undefined;
  if (before !== undefined && now.kind === 'present' && sameContent(now.manifest, before))
    return undefined;
  return {
    kind: 'failed',
    ref: change.ref,
    cause: `${change.ref.kind} ${change.ref.name} is not what it was before, although the API server took the Undo.`,
  };
}

function isTerminating(now: Awaited<ReturnType<typeof readLive>>): boolean {
  return now.kind === 'present' && now.manifest.metadata['deletionTimestamp'] !== undefined;
}

type Sending = Omit<WriteOptions, 'only'>;

/** Sends, or rehearses, the write that takes the change back. */
async function restore(
  transport: KubeTransport,
  { target, change, live }: Reversal,
  sending: Sending,
): Promise<Written> {
  const { before, configurationBefore } = change;
  if (live === undefined) {
    if (before === undefined) return { kind: 'written', manifest: undefined, created: false };
    return applyObject(transport, target, writable(before), sending);
  }
  if (before === undefined)
    return deleteObject(transport, target, { ...sending, only: preconditionOf(live) });
  return takeBack(
    transport,
    { target, live, before, configuration: configurationBefore ?? bare(before) },
    sending,
  );
}

interface TakingBack {
  readonly target: WriteTarget;
  readonly live: Manifest;
  readonly before: Manifest;
  readonly configuration: Manifest;
}

/**
 * Applying what we applied before the change gives every field that we added back to nobody and every field that we
 * already had its old value; the owners are then the same as before, too. It cannot empty a map that somebody else
 * applied empty: the server makes null of it and refuses that. A dry run shows whether it suffices; else the difference
 * is merged in, guarded by uid and resource version, which overwrites nothing but our own change: nobody wrote since.
 */
async function takeBack(
  transport: KubeTransport,
  { target, live, before, configuration }: TakingBack,
  sending: Sending,
): Promise<Written> {
  const { ref } = target;
  const options = { ...sending, only: preconditionOf(live) };
  const patch = asPatch(before, mergePatch(writable(live), writable(before)));
  const ways = [
    (dryRun: boolean) => applyObject(transport, target, configuration, { ...options, dryRun }),
    (dryRun: boolean) => mergeIntoObject(transport, target, patch, { ...options, dryRun }),
  ];
  for (const way of ways) {
    const rehearsed = await way(true);
    const { manifest } = rehearsed.kind === 'written' ? rehearsed : {};
    if (manifest !== undefined && sameContent(manifest, before))
      return sending.dryRun ? rehearsed : way(false);
  }
  const cause = `The API server would not make ${ref.kind} ${ref.name} what it was before.`;
  return { kind: 'failed', ref, cause };
}

function bare({ apiVersion, kind, metadata }: Manifest): Manifest {
  const { name, namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

function asPatch({ apiVersion, kind, metadata }: Manifest, patch: JsonObject): Manifest {
  const fields = asObject(patch['metadata']);
  return { ...patch, apiVersion, kind, metadata: { ...fields, name: metadata.name } };
}

/** The JSON merge patch (RFC 7396) from one object to another. */
function mergePatch(from: JsonObject, to: JsonObject): JsonObject {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const differing = keys.filter((key) => !isDeepStrictEqual(from[key], to[key]));
  return Object.fromEntries(
    differing.map((key): [string, unknown] => {
      const [was, becomes] = [from[key], to[key]];
      if (becomes === undefined) return [key, null];
      return [key, isJsonObject(was) && isJsonObject(becomes) ? mergePatch(was, becomes) : becomes];
    }),
  );
}
