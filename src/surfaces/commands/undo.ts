import * as vscode from 'vscode';
import type { JournalContent, JournalEntry } from '../../actions/journal.ts';
import type { Undone } from '../../actions/rollback.ts';
import type { ObjectRef } from '../../mesh/index.ts';
import {
  allWorkloads,
  consequences,
  describeChange,
  inverse,
  preflight,
  refWords,
  sameRef,
  takenBack,
  withDesired,
  withRestarted,
} from '../../mesh/index.ts';
import type { Cluster } from '../session/cluster.ts';
import type { Session } from '../session/session.ts';
import { HumanError, Cancelled } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';
import { withWriteProgress } from './progress.ts';
import { knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';
import { whereLines } from './write.ts';
import { describeWriteRefusal } from './writeText.ts';

/** Takes back one change: the given one, or one chosen from the journal. */
export async function undo(workbench: Workbench, entryId?: string): Promise<void> {
  const some = await workbench.session.clusterOf();
  const { journal } = some.actions;
  const id = typeof entryId === 'string' ? entryId : await chooseEntry(await journal.read());
  const entry = await journal.find(id);
  const cluster = writtenCluster(workbench.session, entry) ?? some;
  // Who presses Undo beside what was just written has read what it does; who chooses from a list has not.
  if (id !== entryId && entry?.server === cluster.server) await confirmUndo(cluster, entry);
  const undone = await withWriteProgress('Undoing', (signal) => cluster.actions.undo(id, signal));
  const sentence = describeUndone(undone);
  if (undone.kind === 'restored') {
    void vscode.window.showInformationMessage(unlinked(sentence));
    return;
  }
  if (undone.kind === 'refused') {
    const title = `Not undone: ${refWords(undone.ref)}`;
    await workbench.changes.showStates(undone.ref, undone, title);
  }
  throw new HumanError(sentence);
}

/** Asks in a modal dialog that says who is refused when the change is taken back. */
async function confirmUndo(cluster: Cluster, entry: JournalEntry): Promise<void> {
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
): Cluster | undefined {
  return contexts
    .flatMap(({ cluster }) => cluster ?? [])
    .find(({ context, server }) => context === entry?.context && server === entry.server);
}

async function chooseEntry({ entries, unreadable }: JournalContent): Promise<string> {
  const open = entries.filter(({ undoneAt }) => undoneAt === undefined);
  const damaged = unreadable.length === 0 ? '' : ` ${unreadableSentence(unreadable)}`;
  if (open.length === 0) throw new HumanError(`There is no change to undo.${damaged}`);
  const items = open.map((entry) => ({
    label: entry.changes.map(describeChange).join(' '),
    description: entry.context,
    detail: new Date(entry.at).toLocaleString(),
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

function describeUndone(undone: Undone): string {
  switch (undone.kind) {
    case 'restored':
      return `Undone: ${undone.entry.changes.map(({ ref }) => refWords(ref)).join(', ')} as before.`;
    case 'refused':
      return `${refWords(undone.ref)} ${refusals[undone.why]}, so it was left alone.`;
    case 'no-such-entry':
      return 'This change is not in the journal any more.';
    case 'already-undone':
      return 'This change was undone already.';
    case 'other-cluster':
      return `This change was made on the cluster that was at ${undone.server}, not on the one that is connected. Connect to it first.`;
    case 'not-restored':
      return `${describeWriteRefusal(undone.why)}${halfwaySentence(undone.restored)}`;
  }
}

/** Undo may be asked for again: what is as before already is left alone then. */
function halfwaySentence(restored: readonly ObjectRef[] | undefined): string {
  if (restored === undefined) return '';
  return ` As before already: ${restored.map(refWords).join(', ')}. Undo again takes back the rest.`;
}

const refusals: Readonly<Record<Extract<Undone, { kind: 'refused' }>['why'], string>> = {
  'changed-since': 'was changed by someone since',
  gone: 'was deleted by someone since',
  'exists-again': 'was created again by someone since',
};
