import type { Change } from '../../change/change.ts';
import { describeChange, describeWarning, modesSentence } from '../enforcementText.ts';
import { counted } from '../modeWords.ts';
import { connectionLines } from './connectionLines.ts';
import type { Impact } from './impact.ts';

/** How many warnings and objects are named in a confirmation before the rest is counted. */
const namedWarnings = 3;
const namedObjects = 4;

/** What a confirmation says, in the order in which it matters: who breaks, warnings, modes, objects. All of it is in `impactDocument`. */
export function consequences(changes: readonly Change[], impact: Impact): string {
  const { checked, warnings, evidence } = impact;
  return [
    ...connectionLines(checked, evidence),
    ...firstOf(
      warnings.map((warning) => `⚠ ${describeWarning(warning)}`),
      namedWarnings,
      'more warning',
    ),
    modesSentence(checked.modes),
    ...firstOf(changes.map(describeChange), namedObjects, 'more object'),
  ].join('\n');
}

function firstOf(lines: readonly string[], limit: number, rest: string): readonly string[] {
  const more = lines.length - limit;
  return more > 0 ? [...lines.slice(0, limit), `And ${counted(more, rest)}.`] : lines;
}
