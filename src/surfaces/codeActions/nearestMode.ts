import type { ClientTlsMode, PolicyMode } from '../../mesh/index.ts';

const serverModes: readonly PolicyMode[] = ['STRICT', 'PERMISSIVE', 'DISABLE', 'UNSET'];
const clientModes: readonly ClientTlsMode[] = ['ISTIO_MUTUAL', 'DISABLE', 'SIMPLE', 'MUTUAL'];

/** Words that people write for a mode, from other tools and from older versions of Istio. */
const synonyms: Readonly<Record<string, PolicyMode>> = {
  DISABLED: 'DISABLE',
  OFF: 'DISABLE',
  NONE: 'DISABLE',
  ENABLED: 'STRICT',
  ENABLE: 'STRICT',
  ON: 'STRICT',
  MUTUAL: 'STRICT',
  MTLS: 'STRICT',
};

/** The mode that a word was probably meant to be; undefined when it resembles none. */
export function nearestMode(word: unknown, kind: string): PolicyMode | ClientTlsMode | undefined {
  if (typeof word !== 'string') return undefined;
  const upper = word.trim().toUpperCase().replaceAll('-', '_');
  const modes = kind === 'DestinationRule' ? clientModes : serverModes;
  const known = kind === 'DestinationRule' ? undefined : synonyms[upper];
  if (known !== undefined) return known;
  const ranked = modes
    .map((mode) => ({ mode, distance: editDistance(upper, mode) }))
    .sort((left, right) => left.distance - right.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= best.mode.length / 2 ? best.mode : undefined;
}

/** Insertions, deletions and replacements of single characters that turn one word into another. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let line = 0; line < from.length; line += 1) {
    const next = [line + 1];
    for (let column = 0; column < to.length; column += 1) {
      const replaced = (row[column] ?? 0) + (to[column] === from[line] ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
