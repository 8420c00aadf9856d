import type { Change } from '../../change/change.ts';
import type { Preflight } from '../../change/preflight.ts';
import { missingLines, otherEffectLines, scopeLine, unknownLines } from './connectionLines.ts';
import { describeChange, describeWarning, modesSentence } from '../enforcementText.ts';
import { describeRef } from '../describe.ts';
import { counted } from '../modeWords.ts';
import type { Impact } from './impact.ts';
import { refusedSections } from './refusedLines.ts';

/** Everything that a change does, as a text with headings that people read from the top. */
export function impactDocument(
  title: string,
  intro: readonly string[],
  changes: readonly Change[],
  { checked, warnings, evidence }: Impact,
): string {
  const sections = [
    ['## Refused', ...refusedSections(checked, evidence)].join('\n\n'),
    section('Other connections', otherEffectLines(checked)),
    section('Not known', [
      ...unknownLines(checked, Infinity),
      scopeLine,
      ...missingLines(checked, Infinity),
    ]),
    section(
      'Warnings',
      warnings.map((warning) => describeWarning(warning)),
    ),
    modesSection(checked),
    section('Objects', changes.map(describeChange)),
  ];
  return `${[`# ${title}`, ...intro, ...sections.filter((text) => text !== '')].join('\n\n')}\n`;
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return [`## ${title}`, '', ...lines.map((line) => `- ${line}`)].join('\n');
}

function modesSection({ modes }: Preflight): string {
  const lines = modes.map(({ workload, port, before, after, enforced }) => {
    const where =
      port === undefined ? describeRef(workload) : `${describeRef(workload)} port ${port}`;
    return `${where}: ${before} → ${after}${enforced ? '' : ', which nothing enforces'}`;
  });
  if (lines.length === 0) return section('Modes', [modesSentence(modes)]);
  return section(`Modes (${counted(lines.length, 'change')})`, [modesSentence(modes), ...lines]);
}
