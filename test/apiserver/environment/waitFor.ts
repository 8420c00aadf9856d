import { setTimeout as delay } from 'node:timers/promises';

const everyMs = 50;

/**
 * Asks again and again until there is an answer.
 * @param what named in the error, as in "timed out waiting for ..."
 * @param ask undefined, false or a rejection mean not yet
 * @throws after `limitMs`, with the last rejection as its cause
 */
export async function waitFor<T>(
  what: string,
  limitMs: number,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  let cause: unknown;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(everyMs);
  }
  const detail = cause instanceof Error ? `: ${cause.message}` : '';
  throw new Error(`timed out after ${limitMs} ms waiting for ${what}${detail}`, { cause });
}
