import { setTimeout as delay } from 'node:timers/promises';

/** Long enough for a machine that is busy with something else; what does not come by then does not come. */
const limitMs = 30_000;
const everyMs = 20;

/**
 * Asks again and again until there is an answer, and returns it. The one place where tests wait: for a condition, never for a
 * time.
 * @param what named in the error, as in "Waited 20 s in vain for ..."
 * @param ask undefined, false or an error mean not yet
 * @throws after the limit in milliseconds, with the last error as its cause
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  limit = limitMs,
): Promise<T> {
  const deadline = performance.now() + limit;
  let cause: unknown;
  do {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(everyMs);
  } while (performance.now() < deadline);
  const detail = cause instanceof Error ? `: ${cause.message}` : '';
  throw new Error(`Waited ${limit / 1000} s in vain for ${what}${detail}`, { cause });
}

/** Asks again and again until nothing is thrown any more, and returns the answer. Limits as of {@link until}. */
export async function untilHolds<T>(what: string, ask: () => T | Promise<T>): Promise<T> {
  return (await until(what, async () => ({ answer: await ask() }))).answer;
}

/** Lets everything run that is ready to run, so many times; no time has to pass for it. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
