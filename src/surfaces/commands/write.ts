import * as vscode from 'vscode';
import type { Applied, Ready } from '../../actions/apply.ts';
import type { Asked, JournalEntry } from '../../actions/journal.ts';
import type { CommandId } from '../../contributions.ts';
import type { Change, Desired } from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { Cancelled, HumanError } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';
import { offerManifest } from './editManifest.ts';
import { withProgress, withWriteProgress } from './progress.ts';
import { untilShown } from './untilShown.ts';
import type { Workbench } from './workbench.ts';
import { describeApplyWarning, describeWriteRefusal, staleSentence } from './writeText.ts';

/** A change as it is put to the person before anything is written. */
export interface WriteRequest {
  readonly desired: readonly Desired[];
  /** What the journal keeps of it. */
  readonly asked: Asked;
  /** The question, one sentence. */
  readonly question: string;
  /** The button that writes. */
  readonly button: string;
  /** What follows from the change, in lines. */
  readonly detail: (changes: readonly Change[]) => string;
  /** What is said when it is done. */
  readonly done: string;
}

/**
 * The one way in which a command writes: check with the cluster (permissions, dry run), show the
 * diff, ask, write, offer Undo. Ends in one sentence when the cluster refuses or the person declines.
 */
export async function confirmAndWrite(
  workbench: Workbench,
  cluster: ClusterConnection,
  request: WriteRequest,
): Promise<JournalEntry> {
  const ready = await check(workbench, cluster, request);
  await workbench.changes.show(ready.changes, request.question);
  try {
    await confirm(cluster, ready, request);
    const { entry, isShown } = await withWriteProgress('Writing', async (signal) => {
      const written = writtenEntry(await cluster.actions.commit(ready, request.asked, signal));
      return { entry: written, isShown: await untilShown(cluster, written.changes, signal) };
    });
    offerUndo(entry, isShown ? request.done : `${request.done} ${unseenSentence}`);
    return entry;
  } finally {
    await workbench.changes.close();
  }
}

async function check(
  workbench: Workbench,
  cluster: ClusterConnection,
  { desired }: WriteRequest,
): Promise<Ready> {
  const prepared = await withProgress('Asking the cluster what would change', (signal) =>
    cluster.actions.prepare(desired, signal),
  );
  switch (prepared.kind) {
    case 'ready':
      return prepared;
    case 'unchanged':
      throw new HumanError('The cluster already has this. Nothing was written.');
    case 'conflict':
      await offerManifest(cluster, prepared, desired, workbench.loadManifestTools);
      throw new Cancelled();
    case 'denied':
    case 'invalid':
    case 'changed-since':
    case 'not-installed':
    case 'failed':
    case 'unanswered':
      throw new HumanError(describeWriteRefusal(prepared));
  }
}

/** Which cluster a dialog speaks of, and whether what is known of it is out of date. */
export function whereLines({ context, server, source }: ClusterConnection): readonly string[] {
  const where = `Context ${context}, ${server}`;
  const stale = source.current && staleSentence(source.current.status);
  return stale === undefined ? [where] : [where, `⚠ ${stale}`];
}

/** Asks in a modal dialog; "Review First" closes it, so that the diff can be read, and asks again beside it. */
async function confirm(
  cluster: ClusterConnection,
  ready: Ready,
  request: WriteRequest,
): Promise<void> {
  const review = 'Review First';
  const warnings = ready.warnings.map((warning) => `⚠ ${describeApplyWarning(warning)}`);
  const detail = [...whereLines(cluster), ...warnings, request.detail(ready.changes)].join('\n');
  const { question, button } = request;
  const first = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail },
    button,
    review,
  );
  const choice =
    first === review
      ? await vscode.window.showInformationMessage(unlinked(question), button)
      : first;
  if (choice !== button) throw new Cancelled();
}

function writtenEntry(applied: Applied): JournalEntry {
  if (applied.kind === 'applied') return applied.entry;
  const sentence = describeWriteRefusal(applied.why);
  const partly = 'A part was written; "Undo a Change" takes it back.';
  throw new HumanError(applied.entry === undefined ? sentence : `${sentence} ${partly}`);
}

const unseenSentence =
  'The cluster has it, but has not told so by its watch yet: the Mesh view may be behind.';

function offerUndo(entry: JournalEntry, done: string): void {
  const undo = 'Undo';
  void vscode.window.showInformationMessage(unlinked(done), undo).then(async (choice) => {
    if (choice === undo)
      await vscode.commands.executeCommand('istioMtls.undo' satisfies CommandId, entry.id);
  });
}
