import * as vscode from 'vscode';
import type { CommandArguments, CommandId } from '../../contributions.ts';
import { commands } from '../../contributions.ts';
import type { ClusterNeed } from '../session/clusterNeed.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { Cancelled, HumanError } from '../platform/humanError.ts';
import type { Log } from '../platform/log.ts';
import { unlinked } from '../platform/notification.ts';

/** One handler for every command; a missing or misspelt one does not compile. */
export type CommandHandlers = {
  readonly [Id in CommandId]: (...args: CommandArguments[Id]) => Promise<void> | void;
};

/**
 * Registers every command. What a handler throws ends in one sentence with the way to the log. Clusters are needed for
 * as long as a command runs.
 */
export function registerCommands(
  handlers: CommandHandlers,
  need: ClusterNeed,
  log: Log,
): DisposableStore {
  const store = new DisposableStore();
  let ended = false;
  store.add({
    dispose: () => {
      ended = true;
    },
  });
  for (const id of Object.keys(commands) as CommandId[]) {
    // VS Code hands over untyped arguments; a handler checks what it uses.
    const handler = handlers[id] as (...args: readonly unknown[]) => Promise<void> | void;
    const run = async (...args: readonly unknown[]): Promise<void> => {
      const who = Symbol(id);
      need.set(who, true);
      try {
        await handler(...args);
      } catch (error) {
        // Whom the end of the extension cut short has nobody left to tell.
        if (!ended) report(error, id, log);
      } finally {
        if (!ended) need.set(who, false);
      }
    };
    store.add(vscode.commands.registerCommand(id, run));
  }
  return store;
}

function report(error: unknown, id: CommandId, log: Log): void {
  if (error instanceof Cancelled) return;
  log.error(error instanceof Error ? error : String(error));
  const sentence =
    error instanceof HumanError
      ? error.message
      : `Istio mTLS could not finish this (${id}). The log has the details.`;
  const showLog = 'Show Log';
  void vscode.window.showErrorMessage(unlinked(sentence), showLog).then((choice) => {
    if (choice === showLog)
      void vscode.commands.executeCommand('istioMtls.showLog' satisfies CommandId);
  });
}
