import type { CancellationToken } from 'vscode';

/** A signal that follows VS Code's token, so that cancelling reaches the socket. */
export function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else
    token.onCancellationRequested(() => {
      controller.abort();
    });
  return controller.signal;
}
