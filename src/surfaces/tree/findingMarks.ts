import type { Finding, ObjectRef } from '../../mesh/index.ts';
import { counted } from '../../mesh/index.ts';
import type { TreeContent } from './meshTree.ts';

/** More findings than this are counted in a tooltip, not told. */
const TOLD = 8;

/** The errors and warnings about an object of a cluster, which no file has to be underlined in. */
export function findingsOfRow(
  { mesh, findMistakes }: TreeContent,
  object: ObjectRef,
): readonly Finding[] {
  if (findMistakes === undefined) return [];
  return findMistakes(mesh, { kind: 'objects', objects: [object] }).filter(
    ({ severity }) => severity === 'error' || severity === 'warning',
  );
}

/** `2 findings`, for the words of a row; nothing where there is none. */
export function markWords(found: readonly Finding[]): readonly string[] {
  return found.length === 0 ? [] : [counted(found.length, 'finding')];
}

/** Each finding in a line of a tooltip, the gravest first. */
export function findingLines(found: readonly Finding[]): readonly string[] {
  const graveFirst = [...found].sort((left, right) => rank(left) - rank(right));
  const lines = graveFirst.slice(0, TOLD).map(({ code, message }) => `${code}: ${message}`);
  const more = found.length - TOLD;
  return more > 0 ? [...lines, `And ${counted(more, 'more finding')}.`] : lines;
}

function rank({ severity }: Finding): number {
  return severity === 'error' ? 0 : 1;
}
