import type { Suite } from './suite.ts';

export interface Choice {
  /** To be run, in this order. */
  readonly chosen: readonly Suite[];
  /** Not asked for by name, and not run because they would have to be prepared for long. */
  readonly leftOut: readonly Suite[];
}

/**
 * Chooses the suites named, with those that they need; all of them if `all` is named; if none is named, all that are at
 * hand. Throws a RangeError with one sentence if there is no such suite.
 */
export async function choose(names: readonly string[], suites: readonly Suite[]): Promise<Choice> {
  const unknown = names.find(
    (name) => name !== 'all' && !suites.some((each) => each.name === name),
  );
  if (unknown !== undefined) {
    const known = suites.map(({ name }) => name).join(', ');
    throw new RangeError(`There is no suite "${unknown}". Suites: ${known}.`);
  }
  if (names.includes('all')) return { chosen: suites, leftOut: [] };
  if (names.length === 0) return chooseAtHand(suites);
  const wanted = new Set(names);
  for (const { name, needs } of suites)
    if (wanted.has(name) && needs !== undefined) wanted.add(needs);
  return { chosen: suites.filter(({ name }) => wanted.has(name)), leftOut: [] };
}

async function chooseAtHand(suites: readonly Suite[]): Promise<Choice> {
  const atHand = await Promise.all(suites.map(async (suite) => (await suite.isAtHand?.()) ?? true));
  return {
    chosen: suites.filter((_, index) => atHand[index]),
    leftOut: suites.filter((_, index) => !atHand[index]),
  };
}
