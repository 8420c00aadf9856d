import * as vscode from 'vscode';
import { Cancelled } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';

/** Milliseconds after which waiting gets a notification of its own, with the button that calls it off. */
const patience = 1000;

type Progress = vscode.Progress<{ readonly message?: string }>;

type Work<T> = (signal: AbortSignal, report: (message: string) => void) => Promise<T>;

/** Runs something that the person waits for and can call off. Calling it off ends the command silently. */
export async function withProgress<T>(title: string, work: Work<T>): Promise<T> {
  const { result, isCalledOff } = await underProgress(title, work);
  if (isCalledOff) throw new Cancelled();
  return result;
}

/**
 * Runs something that changes a cluster. What came of it is told also when the person called it off: it may have happened
 * before that, and no write goes unannounced.
 */
export async function withWriteProgress<T>(title: string, work: Work<T>): Promise<T> {
  return (await underProgress(title, work)).result;
}

/**
 * Shows that something runs, with the button that calls it off. What is over soon is told in the status bar alone: VS Code
 * shows no toast of a burst, and the one with Undo must not be lost.
 */
async function underProgress<T>(
  title: string,
  work: Work<T>,
): Promise<{ readonly result: T; readonly isCalledOff: boolean }> {
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
    return { result: await running, isCalledOff: calledOff.signal.aborted };
  } finally {
    clearTimeout(timer);
  }
}
