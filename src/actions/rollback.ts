import type { Manifest, NonEmpty, ObjectRef } from '../mesh/index.ts';
import { sameRef } from '../mesh/index.ts';
import { describeFailure } from '../sources/transport/kubeFailure.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import { isOfOtherCluster } from './clusterUid.ts';
import type { Journal, JournalChange, JournalEntry } from './journal.ts';
import { sameContent, visible } from './manifestContent.ts';
import type { WriteRefusal } from './refusal.ts';
import { refusalOf } from './refusal.ts';
import type { Reversal } from './reversal.ts';
import { restore } from './reversal.ts';
import { mayStillLand } from './unanswered.ts';
import { locate, readLive } from './writeTarget.ts';

/** Why an Undo would destroy what somebody did since. */
export type WhyNotUndone = 'changed-since' | 'made-anew' | 'gone' | 'exists-again';

/** What came of an Undo. */
export type Undone =
  /** Every object was read again and is as before. */
  | { readonly kind: 'restored'; readonly entry: JournalEntry }
  /** Every object is as before, and it was not this Undo that made it so: another window was faster. */
  | { readonly kind: 'undone-meanwhile' }
  /** Nothing was changed: the three states let people decide by themselves. */
  | {
      readonly kind: 'refused';
      readonly ref: ObjectRef;
      readonly why: WhyNotUndone;
      readonly before: Manifest | undefined;
      readonly wrote: Manifest | undefined;
      readonly live: Manifest | undefined;
      /** A later change of our own that was made to the object, and that is to be undone first. */
      readonly later?: JournalEntry;
    }
  | { readonly kind: 'no-such-entry' }
  | { readonly kind: 'already-undone' }
  /** The entry belongs to another cluster than the one we are connected to; its address may be the same. */
  | { readonly kind: 'other-cluster'; readonly server: string }
  /** Whether the connected cluster is the one that was written to cannot be found out. */
  | { readonly kind: 'unknown-cluster'; readonly server: string }
  /** The write was never answered, is not there, and may still land. */
  | { readonly kind: 'unsettled'; readonly ref: ObjectRef }
  | {
      readonly kind: 'not-restored';
      readonly why: WriteRefusal;
      /** Objects that are as before already: they were taken back before the server failed at another one. */
      readonly restored?: NonEmpty<ObjectRef>;
    };

/**
 * Takes back one journal entry. Every object is compared with what was written, and every write is rehearsed by the
 * server, before any of them is touched; if somebody changed one since, or the server would refuse one, nothing is
 * written at all.
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
  const elsewhere = await isOfOtherCluster(transport, entry, signal);
  const { server } = entry;
  if (elsewhere !== 'no')
    return { kind: elsewhere === 'yes' ? 'other-cluster' : 'unknown-cluster', server };
  return new Undoing(transport, journal, entry, signal).run();
}

/**
 * The order in which changes are taken back: the last one first, but a namespace before the workloads in it, because its
 * labels decide what the pods become that a workload's old template makes anew.
 */
function inOrder({ changes }: JournalEntry): readonly JournalChange[] {
  const backwards = changes.toReversed();
  const isNamespace = ({ ref }: JournalChange): boolean => ref.kind === 'Namespace';
  return [...backwards.filter(isNamespace), ...backwards.filter((change) => !isNamespace(change))];
}

type AsBefore = { readonly kind: 'as-before'; readonly live: Manifest | undefined };
type Stopped = Extract<Undone, { kind: 'refused' | 'not-restored' | 'unsettled' }>;

/** One Undo, from looking to the journal. */
class Undoing {
  readonly #transport: KubeTransport;
  readonly #journal: Journal;
  readonly #entry: JournalEntry;
  readonly #signal: AbortSignal;
  /** What this Undo itself took back. */
  readonly #done: ObjectRef[] = [];
  /** Whether anything turned out to have been taken back by somebody else while we were at it. */
  #wasOvertaken = false;

  constructor(
    transport: KubeTransport,
    journal: Journal,
    entry: JournalEntry,
    signal: AbortSignal,
  ) {
    this.#transport = transport;
    this.#journal = journal;
    this.#entry = entry;
    this.#signal = signal;
  }

  async run(): Promise<Undone> {
    const reversals: Reversal[] = [];
    for (const change of inOrder(this.#entry)) {
      const looked = await this.#lookAt(change);
      if (looked.kind === 'reversal') reversals.push(looked);
      else if (looked.kind === 'as-before') await this.#follow(change, looked.live);
      else return looked;
    }
    const willing: Reversal[] = [];
    for (const reversal of reversals) {
      const stopped = await this.#rehearse(reversal);
      if (stopped !== undefined && stopped !== 'overtaken') return stopped;
      if (stopped === undefined) willing.push(reversal);
    }
    for (const reversal of willing) {
      const stopped = await this.#reverse(reversal);
      if (stopped !== undefined) return stopped;
    }
    return this.#finish();
  }

  async #finish(): Promise<Undone> {
    const undone: JournalEntry = { ...this.#entry, undoneAt: Date.now() };
    await this.#journal.put(undone);
    return this.#wasOvertaken && this.#done.length === 0
      ? { kind: 'undone-meanwhile' }
      : { kind: 'restored', entry: undone };
  }

  async #lookAt(change: JournalChange): Promise<Reversal | AsBefore | Stopped> {
    const { ref } = change;
    const target = await locate(this.#transport, ref, this.#signal);
    if (target.kind === 'not-installed') return { kind: 'not-restored', why: target };
    if (target.kind !== 'target') {
      return { kind: 'not-restored', why: { kind: 'failed', ref, cause: describeFailure(target) } };
    }
    const now = await readLive(this.#transport, target.path, this.#signal);
    if (now.kind !== 'present' && now.kind !== 'absent') {
      return { kind: 'not-restored', why: refusalOf(now, target, 'get') };
    }
    const live = now.kind === 'present' ? now.manifest : undefined;
    if (isAsBefore(change, live)) {
      const mayCome = !change.confirmed && mayStillLand(this.#entry);
      return mayCome ? { kind: 'unsettled', ref } : { kind: 'as-before', live };
    }
    const why = whyNot(change, live);
    if (why === undefined) return { kind: 'reversal', target, change, live };
    return this.#refused(change, why, live);
  }

  async #refused(
    { ref, before, after }: JournalChange,
    why: WhyNotUndone,
    live: Manifest | undefined,
  ): Promise<Stopped> {
    const later = await laterChange(this.#journal, this.#entry, ref);
    const states = { before, wrote: after, live: live && visible(live) };
    return { kind: 'refused', ref, why, ...states, ...(later !== undefined && { later }) };
  }

  async #rehearse(reversal: Reversal): Promise<Stopped | 'overtaken' | undefined> {
    const restoring = { dryRun: true, signal: this.#signal };
    const rehearsed = await restore(this.#transport, reversal, restoring);
    if (rehearsed.kind === 'written') return undefined;
    if (await this.#isDone(reversal)) return 'overtaken';
    return { kind: 'not-restored', why: rehearsed };
  }

  async #reverse(reversal: Reversal): Promise<Stopped | undefined> {
    const { ref } = reversal.change;
    const restoring = { dryRun: false, signal: this.#signal };
    const written = await restore(this.#transport, reversal, restoring);
    if (written.kind === 'written' && (await this.#isRestored(reversal))) {
      this.#done.push(ref);
      return undefined;
    }
    if (written.kind !== 'written') {
      if (await this.#isDone(reversal)) return undefined;
      return this.#notRestored(written);
    }
    const cause = `${ref.kind} ${ref.name} is not what it was before, although the API server took the Undo.`;
    return this.#notRestored({ kind: 'failed', ref, cause });
  }

  #notRestored(why: WriteRefusal): Stopped {
    const [first, ...more] = this.#done;
    if (first === undefined) return { kind: 'not-restored', why };
    return { kind: 'not-restored', why, restored: [first, ...more] };
  }

  /** Whether an object is as before although our own write of it failed: another window undoes the same. */
  async #isDone(reversal: Reversal): Promise<boolean> {
    const isDone = await this.#isRestored(reversal);
    if (isDone) this.#wasOvertaken = true;
    return isDone;
  }

  async #isRestored({ target, change }: Reversal): Promise<boolean> {
    const now = await readLive(this.#transport, target.path, this.#signal);
    if (now.kind !== 'present') return now.kind === 'absent' && change.before === undefined;
    const { manifest } = now;
    if (change.before === undefined) return manifest.metadata['deletionTimestamp'] !== undefined;
    if (!sameContent(manifest, change.before)) return false;
    await this.#follow(change, manifest);
    return true;
  }

  /** An object that was made anew has a new uid: earlier changes of it in the journal are about this one from now on. */
  async #follow({ before }: JournalChange, live: Manifest | undefined): Promise<void> {
    const [from, to] = [before?.metadata.uid, live?.metadata.uid];
    if (from === undefined || to === undefined || from === to) return;
    const { entries } = await this.#journal.read();
    for (const entry of entries) {
      if (!entry.changes.some(({ uid }) => uid === from)) continue;
      const [first, ...rest] = entry.changes.map((change) =>
        change.uid === from ? { ...change, uid: to } : change,
      );
      if (first !== undefined) await this.#journal.put({ ...entry, changes: [first, ...rest] });
    }
  }
}

/** The last change of our own that was made to an object after an entry, and not taken back. */
async function laterChange(
  journal: Journal,
  { id, at, server }: JournalEntry,
  ref: ObjectRef,
): Promise<JournalEntry | undefined> {
  const { entries } = await journal.read();
  return entries.find(
    (one) =>
      one.id !== id &&
      one.at >= at &&
      one.server === server &&
      one.undoneAt === undefined &&
      one.changes.some((change) => sameRef(change.ref, ref)),
  );
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
  if (!sameContent(live, after)) return 'changed-since';
  return uid !== '' && live.metadata.uid !== uid ? 'made-anew' : undefined;
}
