import * as vscode from 'vscode';
import type { JournalEntry } from '../../actions/journal.ts';
import type { CommandId } from '../../contributions.ts';
import { unlinked } from '../platform/notification.ts';

/** Says what was done, with the button that takes it back. */
export function offerUndo(
  entry: JournalEntry,
  said: string,
  kind: 'information' | 'warning' = 'information',
): void {
  const undo = 'Undo';
  const show =
    kind === 'information'
      ? vscode.window.showInformationMessage
      : vscode.window.showWarningMessage;
  void show(unlinked(said), undo).then(async (choice) => {
    if (choice === undo)
      await vscode.commands.executeCommand('istioMtls.undo' satisfies CommandId, entry.id);
  });
}
