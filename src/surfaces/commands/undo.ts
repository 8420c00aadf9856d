import * as vscode from 'vscode';
import type { JournalEntry } from '../../actions/journal.ts';
import type { Undone } from '../../actions/rollback.ts';
import type { Cluster } from '../platform/cluster.ts';
import type { Session } from '../platform/session.ts';
import { HumanError, Cancelled } from '../platform/humanError.ts';
import { describeChange, refWords } from './enforcementText.ts';
import { withProgress } from './progress.ts';
import type { Workbench } from './workbench.ts';
import { describeWriteRefusal } from './writeText.ts';

/** Takes back one change: the given one, or one chosen from the journal. */
export async function undo(workbench: Workbench, entryId?: string): Promise<void> {
  const some = await workbench.session.clusterOf();
  const { journal } = some.actions;
  const id = typeof entryId === 'string' ? entryId : await chooseEntry(journal.entries());
  const cluster = writtenCluster(workbench.session, journal.find(id)) ?? some;
  const undone = await withProgress(vscode.l10n.t('Undoing'), (signal) =>
    cluster.actions.undo(id, signal),
  );
  const sentence = describeUndone(undone);
  if (undone.kind === 'restored') {
    void vscode.window.showInformationMessage(sentence);
    return;
  }
  if (undone.kind === 'refused') {
    const { ref, wrote, live } = undone;
    await workbench.changes.show(
      [{ ref, before: wrote, after: live }],
      vscode.l10n.t('Written ↔ Live'),
    );
  }
  throw new HumanError(sentence);
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

async function chooseEntry(entries: readonly JournalEntry[]): Promise<string> {
  const open = entries.filter(({ undoneAt }) => undoneAt === undefined);
  if (open.length === 0) throw new HumanError(vscode.l10n.t('There is no change to undo.'));
  const items = open.map((entry) => ({
    label: entry.changes.map(describeChange).join(' '),
    description: entry.context,
    detail: new Date(entry.at).toLocaleString(),
    id: entry.id,
  }));
  const placeHolder = vscode.l10n.t('Which change is to be undone?');
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  if (chosen === undefined) throw new Cancelled();
  return chosen.id;
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
      return `This change was made on another cluster (${undone.server}). Connect to it first.`;
    case 'not-restored':
      return describeWriteRefusal(undone.why);
  }
}

const refusals: Readonly<Record<Extract<Undone, { kind: 'refused' }>['why'], string>> = {
  'changed-since': 'was changed by someone since',
  gone: 'was deleted by someone since',
  'exists-again': 'was created again by someone since',
};
