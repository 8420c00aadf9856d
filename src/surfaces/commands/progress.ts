import * as vscode from 'vscode';
import { signalOf } from '../platform/cancellation.ts';
import { Cancelled } from '../platform/humanError.ts';

/** Runs something that the person waits for and can call off. Calling it off ends the command silently. */
export async function withProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const signal = signalOf(token);
    const result = await work(signal, (message) => {
      progress.report({ message });
    });
    if (signal.aborted) throw new Cancelled();
    return result;
  });
}
