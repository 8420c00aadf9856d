/** How long to wait between attempts, in milliseconds. */
export interface Pace {
  /** First wait after a failure; doubles with each further one. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** Between attempts at what is forbidden or not installed, which may change, and at what may be read but not watched. */
  readonly refusedMs: number;
}

export const DEFAULT_PACE: Pace = { baseMs: 500, maxMs: 30_000, refusedMs: 60_000 };

/**
 * The wait before attempt number `failures` (1 or more): exponential with full jitter in its upper half, so that
 * many windows do not return to a restarted API server in step.
 */
export function backoffMs(
  pace: Pick<Pace, 'baseMs' | 'maxMs'>,
  failures: number,
  random: () => number = Math.random,
): number {
  const full = Math.min(pace.maxMs, pace.baseMs * 2 ** Math.min(failures - 1, 20));
  return full / 2 + (full / 2) * random();
}

/** Waits; returns at once when aborted and leaves no listener behind. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
