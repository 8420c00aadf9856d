import type { KubeFailure } from './kubeFailure.ts';

/** How long a call may take, in milliseconds; without limit where nothing is said. */
export interface TimeLimits {
  readonly totalMs?: number | undefined;
  /** Without anything arriving. */
  readonly idleMs?: number | undefined;
}

/** The time limits of one call and up to two cancellations, reaching its socket. */
export interface Deadline {
  /** Why the call is over, once it is. */
  readonly ended: KubeFailure | undefined;
  /** Aborted together with `ended`. */
  readonly signal: AbortSignal;
  /** Destroys `stream` when the time is up or the call is cancelled. */
  attach(stream: { destroy(): unknown }): void;
  /** Starts the limit of silence again: something arrived. */
  extend(): void;
  /** To be called when the call is done, so that no timer and no listener stays behind. */
  stop(): void;
}

/**
 * Written by hand because `AbortSignal.any` keeps its dependents as long as the longest-lived source lives,
 * and a transport's own signal lives as long as the editor.
 */
export function startDeadline(
  { totalMs, idleMs }: TimeLimits,
  ...signals: readonly (AbortSignal | undefined)[]
): Deadline {
  const over = new AbortController();
  const streams = new Set<{ destroy(): unknown }>();
  const sources = signals.filter((signal) => signal !== undefined);
  let ended: KubeFailure | undefined;

  function end(why: KubeFailure): void {
    if (ended !== undefined) return;
    ended = why;
    over.abort();
    // Without an error: a keep-alive socket between two requests has no listener for one.
    for (const stream of streams) stream.destroy();
  }
  const cancel = (): void => {
    end({ kind: 'cancelled' });
  };
  const timerOf = (ms: number | undefined): NodeJS.Timeout | undefined =>
    ms === undefined ? undefined : setTimeout(end, ms, { kind: 'timed-out', afterMs: ms });
  const total = timerOf(totalMs);
  const idle = timerOf(idleMs);
  for (const source of sources) source.addEventListener('abort', cancel, { once: true });
  if (sources.some((source) => source.aborted)) cancel();

  return {
    get ended() {
      return ended;
    },
    signal: over.signal,
    attach: (stream) => {
      streams.add(stream);
      if (ended !== undefined) stream.destroy();
    },
    extend: () => idle?.refresh(),
    stop: () => {
      clearTimeout(total);
      clearTimeout(idle);
      for (const source of sources) source.removeEventListener('abort', cancel);
    },
  };
}
