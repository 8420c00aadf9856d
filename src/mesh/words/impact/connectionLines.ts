import type { Effect, Preflight } from '../../change/preflight.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { describeMissing, missingClauses } from '../describe.ts';
import { counted } from '../modeWords.ts';
import { refusedLines } from './refusedLines.ts';

/** How many facts that could not be read are named in a confirmation. */
const namedFacts = 2;

/** What a confirmation says of connections: how many are refused, the worst by name, and what is not known and why. */
export function connectionLines(checked: Preflight, evidence?: Evidence): readonly string[] {
  return [
    ...refusedLines(checked, evidence),
    ...otherEffectLines(checked),
    ...unknownLines(checked, namedFacts),
    scopeLine,
    ...missingLines(checked, namedFacts),
  ];
}

const countedEffects = [
  'no-longer-encrypted',
  'newly-unknown',
  'newly-answered',
  'newly-encrypted',
  'other',
] as const satisfies readonly Effect[];

/** What else becomes of connections, a line for each effect. */
export function otherEffectLines({ connections }: Preflight): readonly string[] {
  return countedEffects.flatMap((effect) => {
    const count = connections.filter((one) => one.effect === effect).length;
    return count === 0 ? [] : [`${counted(count, 'connection')} ${effectWords[effect]}.`];
  });
}

const effectWords: Readonly<Record<Exclude<Effect, 'newly-refused'>, string>> = {
  'newly-answered': 'will no longer be refused',
  'newly-encrypted': 'will become mutual TLS',
  'no-longer-encrypted': 'will become plaintext',
  'newly-unknown': 'will be unknown',
  other: 'will end differently',
};

/** How many connections are not decided, and because of what. */
export function unknownLines({ unknown, unknownFor }: Preflight, limit: number): readonly string[] {
  if (unknown === 0) return [];
  const facts = unknownFor.map(({ fact }) => fact);
  const more = facts.length - limit;
  const why = facts.length === 0 ? '.' : `: ${missingClauses(facts.slice(0, limit))}`;
  const rest = more > 0 ? ` ${counted(more, 'more fact')} could not be read.` : '';
  return [`The outcome of ${counted(unknown, 'connection')} is unknown${why}${rest}`];
}

/** What was not compared. */
export const scopeLine = 'Only calls to Services and ServiceEntries were compared.';

/** The facts that no comparison could use. */
export function missingLines({ missing }: Preflight, limit: number): readonly string[] {
  const lines = missing
    .slice(0, limit)
    .map((fact) => `⚠ ${describeMissing(fact)} Connections that depend on it may be missing here.`);
  const more = missing.length - lines.length;
  return more > 0 ? [...lines, `⚠ And ${counted(more, 'more fact')} could not be read.`] : lines;
}
