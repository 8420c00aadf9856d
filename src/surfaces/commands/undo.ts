import * as vscode from 'vscode';
import type { JournalContent, JournalEntry } from '../../actions/journal.ts';
import {
  allWorkloads,
  consequences,
  describeChange,
  inverse,
  preflight,
  describeRef,
  sameRef,
  takenBack,
  withDesired,
  withRestarted,
} from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import type { Session } from '../session/session.ts';
import { HumanError, Cancelled } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';
import { withWriteProgress } from './progress.ts';
import { knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';
import { whereLines } from './write.ts';
import { describeNotUndone, entryAge, entryWords } from './undoText.ts';

/** Takes back one change: the given one, or one chosen from the journal. */
export async function undo(workbench: Workbench, entryId?: string): Promise<void> {
  const journal = await workbench.loadJournal();
  const id = typeof entryId === 'string' ? entryId : await chooseEntry(await journal.read());
  const entry = await journal.find(id);
  const { session } = workbench;
  const cluster = writtenCluster(session, entry) ?? (await session.clusterOf());
  // Who presses Undo beside what was just written has read what it does; who chooses from a list has not.
  if (id !== entryId && entry?.server === cluster.server) await confirmUndo(cluster, entry);
  const undone = await withWriteProgress('Undoing', (signal) => cluster.actions.undo(id, signal));
  if (undone.kind === 'restored' || undone.kind === 'undone-meanwhile') {
    const sentence =
      undone.kind === 'restored' ? restoredSentence(undone.entry) : overtakenSentence;
    void vscode.window.showInformationMessage(unlinked(sentence));
    return;
  }
  if (undone.kind === 'refused') {
    const title = `Not undone: ${describeRef(undone.ref)}`;
    await workbench.changes.showStates(undone.ref, undone, title);
  }
  throw new HumanError(describeNotUndone(undone, Date.now()));
}

/** Asks in a modal dialog that says who is refused when the change is taken back. */
async function confirmUndo(cluster: ClusterConnection, entry: JournalEntry): Promise<void> {
  const mesh = await knownMesh(cluster);
  const restarted = [...allWorkloads(mesh)]
    .map(({ ref }) => ref)
    .filter((ref) => entry.changes.some((change) => sameRef(change.ref, ref)));
  const after = withRestarted(withDesired(mesh, takenBack(entry.changes)), restarted);
  const changes = entry.changes.map(inverse).reverse();
  const detail = [...whereLines(cluster), consequences(changes, preflight(mesh, after), [])].join(
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

function restoredSentence({ changes }: JournalEntry): string {
  return `Undone: ${changes.map(({ ref }) => describeRef(ref)).join(', ')} as before.`;
}

const overtakenSentence =
  'This change was undone from another window at the same time: everything is as before.';
