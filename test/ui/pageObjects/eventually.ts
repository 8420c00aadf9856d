import { setTimeout as delay } from 'node:timers/promises';

const limitMs = 20_000;
const pauseMs = 100;

/**
 * Asks again and again until there is an answer, and returns it. Rejects after twenty seconds with what was waited for. A
 * question that fails (the screen was being redrawn) counts as one without an answer.
 */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  limit = limitMs,
): Promise<T> {
  const deadline = performance.now() + limit;
  let cause: unknown;
  do {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(pauseMs);
  } while (performance.now() < deadline);
  throw new Error(`Waited ${limit / 1000} s in vain for ${what}.`, { cause });
}
