import * as vscode from 'vscode';
import type { JournalContent, JournalEntry } from '../../actions/journal.ts';
import type { Mesh, ObjectRef, WorkloadRef } from '../../mesh/index.ts';
import {
  allWorkloads,
  consequences,
  describeChange,
  inverse,
  kindsDeciding,
  otherPods,
  preflightSteps,
  describeRef,
  sameRef,
  shows,
  takenBack,
  withDesired,
  withRestarted,
} from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import type { Session } from '../session/session.ts';
import { HumanError, Cancelled } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';
import { withWriteProgress } from './progress.ts';
import { followRollouts } from './rollouts.ts';
import { compared } from './compared.ts';
import { knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';
import { whereLines } from './write.ts';
import { describeNotUndone, entryAge, entryWords, restoredSentence } from './undoText.ts';

/** Takes back one change: the given one, or one chosen from the journal. */
export async function undo(workbench: Workbench, entryId?: string): Promise<void> {
  const journal = await workbench.loadJournal();
  const id = typeof entryId === 'string' ? entryId : await chooseEntry(await journal.read());
  const entry = await journal.find(id);
  const { session } = workbench;
  const cluster = writtenCluster(session, entry) ?? (await session.clusterOf());
  // Who presses Undo beside what was just written has read what it does; who chooses from a list has not.
  if (id !== entryId && entry?.server === cluster.server) await confirmUndo(cluster, entry);
  const title = entry === undefined ? 'Undoing' : `Undoing: ${entryWords(entry)}`;
  const { undone, said } = await withWriteProgress(title, (signal, report) =>
    undoAndFollow(cluster, id, signal, report),
  );
  if (said !== undefined) {
    void vscode.window.showInformationMessage(unlinked(said));
    return;
  }
  if (undone.kind === 'refused') {
    await workbench.changes.showStates(
      undone.ref,
      undone,
      `Not undone: ${describeRef(undone.ref)}`,
    );
  }
  throw new HumanError(describeNotUndone(undone, Date.now()));
}

/** Takes the change back, waits until what that set off has ended, and says what is true then. */
async function undoAndFollow(
  { actions, ...cluster }: ClusterConnection,
  id: string,
  signal: AbortSignal,
  report: (message: string) => void,
) {
  const undone = await actions.undo(id, signal);
  if (undone.kind === 'undone-meanwhile') return { undone, said: overtakenSentence } as const;
  if (undone.kind !== 'restored') return { undone, said: undefined } as const;
  const { changes, podsBefore = [] } = undone.entry;
  const restarted = changes.flatMap(({ ref, before }) =>
    before !== undefined && isRollingWorkload(ref) ? [ref] : [],
  );
  const isAsBefore = (mesh: Mesh): boolean =>
    changes.every((change) => shows(mesh, inverse(change))) &&
    otherPods(mesh, podsBefore).length === 0;
  const follow = followRollouts({ ...cluster, actions }, restarted, isAsBefore);
  const problem = podsBefore.length === 0 ? undefined : await follow(signal, report);
  const mesh = cluster.source.current?.mesh;
  return { undone, said: restoredSentence(undone.entry, mesh, problem) } as const;
}

/** Asks in a modal dialog that says who is refused when the change is taken back. */
async function confirmUndo(cluster: ClusterConnection, entry: JournalEntry): Promise<void> {
  const mesh = await knownMesh(cluster);
  const restarted = [...allWorkloads(mesh)]
    .map(({ ref }) => ref)
    .filter((ref) => entry.changes.some((change) => sameRef(change.ref, ref)));
  const after = withRestarted(withDesired(mesh, takenBack(entry.changes)), restarted);
  const changes = entry.changes.map(inverse).reverse();
  const checked = await compared(preflightSteps(mesh, after));
  const detail = [...whereLines(cluster), consequences(changes, { checked, warnings: [] })].join(
    '\n',
  );
  const button = 'Undo';
  const question = 'Undo this change?';
  const choice = await vscode.window.showWarningMessage(question, { modal: true, detail }, button);
  if (choice !== button) throw new Cancelled();
}

/** The open connection through which a change was written; a context's name alone may mean another cluster by now. */
function writtenCluster(
  { contexts }: Session,
  entry: JournalEntry | undefined,
): ClusterConnection | undefined {
  return contexts
    .flatMap(({ cluster }) => cluster ?? [])
    .find(({ context, server }) => context === entry?.context && server === entry.server);
}

async function chooseEntry({ entries, unreadable }: JournalContent): Promise<string> {
  const open = entries.filter(({ undoneAt }) => undoneAt === undefined);
  const damaged = unreadable.length === 0 ? '' : ` ${unreadableSentence(unreadable)}`;
  if (open.length === 0) throw new HumanError(`There is no change to undo.${damaged}`);
  const items = open.map((entry) => ({
    label: entryWords(entry),
    description: `${entryAge(entry, Date.now())} · ${entry.context}`,
    detail: entry.changes.map(describeChange).join(' '),
    id: entry.id,
  }));
  const placeHolder = `Which change is to be undone?${damaged}`;
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  if (chosen === undefined) throw new Cancelled();
  return chosen.id;
}

/** What is damaged is left where it is: somebody may still read it by eye. */
function unreadableSentence(unreadable: readonly string[]): string {
  return `What the journal holds as ${unreadable.join(', ')} cannot be read and is left as it is.`;
}

const overtakenSentence =
  'This change was undone from another window at the same time: everything is as before.';

/** The kinds whose pods are made anew when they are written. */
function isRollingWorkload(ref: ObjectRef): ref is WorkloadRef {
  return kindsDeciding('rollout').some((kind) => kind === ref.kind);
}
