import { describeEnforcement, describeMissing } from '../words/describe.ts';
import type { Enforcement, MissingFact } from '../model/explanation.ts';
import { list, paragraph, type Block } from './blocks.ts';

/** Says that a mode is unknown and what would have to be known. */
export function unknownText(name: string, missing: readonly MissingFact[]): readonly Block[] {
  return [
    paragraph(
      { strong: 'Unknown' },
      ': the mode of ',
      { code: name },
      ' depends on what could not be read.',
    ),
    ...list(missing.map((fact) => [describeMissing(fact)])),
  ];
}

/** A warning wherever it is not certain that something makes the mode true (R24). */
export function enforcementParagraph(enforcement: Enforcement): readonly Block[] {
  return enforcement.kind === 'enforced' ? [] : [paragraph('⚠ ', describeEnforcement(enforcement))];
}
