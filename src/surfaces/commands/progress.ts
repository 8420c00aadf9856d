import * as vscode from 'vscode';
import { Cancelled } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';

/** Milliseconds after which waiting gets a notification of its own, with the button that calls it off. */
const patience = 1000;

type Progress = vscode.Progress<{ readonly message?: string }>;

/**
 * Runs something that the person waits for and can call off. Calling it off ends the command silently. What is over
 * soon is told in the status bar alone: VS Code shows no toast of a burst, and the one with Undo must not be lost.
 */
export async function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Promise<T> {
  const calledOff = new AbortController();
  const shown: Progress[] = [];
  let last: string | undefined;
  const running = work(calledOff.signal, (words) => {
    const message = unlinked(words);
    last = message;
    for (const progress of shown) progress.report({ message });
  });
  const ended = running.then(
    () => undefined,
    () => undefined,
  );
  const show = (location: vscode.ProgressLocation): void => {
    void vscode.window.withProgress(
      { location, title: unlinked(title), cancellable: true },
      (progress, token) => {
        shown.push(progress);
        if (last !== undefined) progress.report({ message: last });
        token.onCancellationRequested(() => {
          calledOff.abort();
        });
        return ended;
      },
    );
  };
  show(vscode.ProgressLocation.Window);
  const timer = setTimeout(show, patience, vscode.ProgressLocation.Notification);
  try {
    const result = await running;
    if (calledOff.signal.aborted) throw new Cancelled();
    return result;
  } finally {
    clearTimeout(timer);
  }
}
