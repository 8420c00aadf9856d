import * as vscode from 'vscode';
import { Cancelled } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';

/** Milliseconds after which waiting gets a notification of its own, with the button that calls it off. */
const patience = 1000;

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
 * Shows that something runs, with the button that calls it off, until it has ended. What is over soon is told in the
 * status bar alone: VS Code shows no toast of a burst, and the one with Undo must not be lost. What takes longer moves
 * into a notification: it stands in one of the two at a time, because VS Code lists both in its notification centre.
 */
async function underProgress<T>(
  title: string,
  work: Work<T>,
): Promise<{ readonly result: T; readonly isCalledOff: boolean }> {
  const calledOff = new AbortController();
  const shown = new ShownProgress(title, calledOff);
  const timer = setTimeout(() => {
    shown.in(vscode.ProgressLocation.Notification);
  }, patience);
  try {
    shown.in(vscode.ProgressLocation.Window);
    const result = await work(calledOff.signal, (message) => {
      shown.report(unlinked(message));
    });
    return { result, isCalledOff: calledOff.signal.aborted };
  } finally {
    clearTimeout(timer);
    shown.end();
  }
}

/** One progress, wherever it is shown at the moment. */
class ShownProgress {
  readonly #title: string;
  readonly #calledOff: AbortController;
  #report: (message: string) => void = () => undefined;
  #message: string | undefined;
  #end: () => void = () => undefined;

  constructor(title: string, calledOff: AbortController) {
    this.#title = title;
    this.#calledOff = calledOff;
  }

  /** Shows it there, and nowhere else any more. */
  in(location: vscode.ProgressLocation): void {
    this.#end();
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    const options = { location, title: unlinked(this.#title), cancellable: true };
    void vscode.window.withProgress(options, (progress, token) => {
      this.#report = (message) => {
        progress.report({ message });
      };
      if (this.#message !== undefined) this.#report(this.#message);
      token.onCancellationRequested(() => {
        this.#calledOff.abort();
      });
      return ended;
    });
  }

  report(message: string): void {
    this.#message = message;
    this.#report(message);
  }

  end(): void {
    this.#end();
  }
}
