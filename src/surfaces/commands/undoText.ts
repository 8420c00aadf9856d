import type { JournalEntry } from '../../actions/journal.ts';
import type { Undone } from '../../actions/rollback.ts';
import type { Mesh, ObjectRef } from '../../mesh/index.ts';
import { describeChange, otherPodsSentence, describeRef } from '../../mesh/index.ts';
import { ageWords } from './ageWords.ts';
import { describeWriteRefusal } from './writeText.ts';

/** What was done, as the list of changes to undo names it. */
export function entryWords({ title, changes }: JournalEntry): string {
  return title === '' ? changes.map(describeChange).join(' ') : title;
}

/** How long ago that was, and what is not known of it: `2 min ago`. */
export function entryAge({ at, changes }: JournalEntry, now: number): string {
  const isOpen = changes.some(({ confirmed }) => !confirmed);
  return isOpen ? `${ageWords(at, now)} · never answered` : ageWords(at, now);
}

/** What is said when every object was read again and is as before; of pods only what the mesh shows of them. */
export function restoredSentence(
  { changes, podsBefore = [] }: JournalEntry,
  mesh: Mesh | undefined,
  problem: string | undefined,
): string {
  const objects = `Undone: ${changes.map(({ ref }) => describeRef(ref)).join(', ')} as before`;
  if (podsBefore.length === 0) return `${objects}.`;
  if (problem !== undefined) return `${objects}. Their pods are not yet: ${problem}`;
  const others = mesh === undefined ? undefined : otherPodsSentence(mesh, podsBefore);
  return others === undefined ? `${objects}, and so are the pods.` : `${objects}. ${others}`;
}

/** Why an Undo did not take place, in one sentence or two. */
export function describeNotUndone(
  undone: Exclude<Undone, { kind: 'restored' | 'undone-meanwhile' }>,
  now: number,
): string {
  switch (undone.kind) {
    case 'refused':
      return refusedSentence(undone, now);
    case 'no-such-entry':
      return 'This change is not in the journal any more.';
    case 'already-undone':
      return 'This change was undone already.';
    case 'other-cluster':
      return `This change was made on the cluster that was at ${undone.server}, not on the one that is connected. Connect to it first.`;
    case 'unknown-cluster':
      return `Whether ${undone.server} is still the cluster that this change was made on is not known, because its namespace kube-system cannot be read. Nothing was undone.`;
    case 'unsettled':
      return `Whether ${describeRef(undone.ref)} was written is not known yet: nobody answered, and it may still land. Try again in a minute.`;
    case 'not-restored':
      return `${describeWriteRefusal(undone.why)}${halfwaySentence(undone.restored)}`;
  }
}

type Refused = Extract<Undone, { kind: 'refused' }>;

function refusedSentence({ ref, why, later }: Refused, now: number): string {
  if (later === undefined) return `${describeRef(ref)} ${refusals[why]}, so it was left alone.`;
  return `${describeRef(ref)} was changed again from here since: undo "${entryWords(later)}" (${entryAge(later, now)}) first.`;
}

const refusals: Readonly<Record<Refused['why'], string>> = {
  'changed-since': 'was changed by someone since',
  'made-anew': 'was deleted and made anew by someone since, with the same content',
  gone: 'was deleted by someone since',
  'exists-again': 'was created again by someone since',
};

/** Undo may be asked for again: what is as before already is left alone then. */
function halfwaySentence(restored: readonly ObjectRef[] | undefined): string {
  if (restored === undefined) return '';
  return ` As before already: ${restored.map(describeRef).join(', ')}. Undo again takes back the rest.`;
}
