/** Something that tells when it has changed. */
export interface Changing {
  subscribe(listener: () => void): { dispose(): void };
}

/** How long is waited at most, in milliseconds, and what ends it earlier. */
export interface WaitLimits {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Waits until what changes gives an answer: `ask` is called at once and after each change. Undefined when time is up or the
 * signal aborts; nothing is left behind. Rejects with what `ask` throws.
 */
export function until<T>(
  changing: Changing,
  ask: () => T | undefined,
  { timeoutMs, signal }: WaitLimits,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const end = (answer: T | undefined): void => {
      clearTimeout(timer);
      subscription.dispose();
      signal?.removeEventListener('abort', giveUp);
      resolve(answer);
    };
    const giveUp = (): void => {
      end(undefined);
    };
    const look = (): void => {
      try {
        const answer = ask();
        if (answer !== undefined) end(answer);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        giveUp();
      }
    };
    const timer = setTimeout(giveUp, timeoutMs);
    const subscription = changing.subscribe(look);
    signal?.addEventListener('abort', giveUp);
    if (signal?.aborted === true) giveUp();
    else look();
  });
}
