import { until } from '../until.ts';

/**
 * Asks again and again until there is an answer, as {@link until} does, with a limit that the caller knows.
 * @param ask undefined, false or a rejection mean not yet
 * @throws after `limitMs`, with the last rejection as its cause
 */
export function waitFor<T>(
  what: string,
  limitMs: number,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  return until(what, ask, limitMs);
}
