import { readFileSync } from 'node:fs';
import { inProject } from '../../scripts/project.ts';
import type { Rule } from './meshRules.ts';

/** Where the engine follows a rule. */
export interface Implementation {
  /** Path below `src/mesh`. */
  readonly file: string;
  /** Something that is declared there at the top level. */
  readonly name: string;
}

/** A rule as `src/mesh/RULES.md` has it. */
export interface RuleEntry {
  readonly rule: Rule;
  /** In one sentence. */
  readonly law: string;
  /** Links to where Istio says or does it. */
  readonly sources: readonly string[];
  /** Why the engine does nothing about it. */
  readonly decidesNothing: string | undefined;
  readonly here: readonly Implementation[];
}

/** Every rule, in the order of the file. */
export function ruleBook(): readonly RuleEntry[] {
  const text = readFileSync(inProject('src/mesh/RULES.md'), 'utf8');
  return text
    .split(/^- (?=\*\*R)/m)
    .slice(1)
    .map(entryOf);
}

function entryOf(text: string): RuleEntry {
  const [, number, law = ''] = /^\*\*R(\d+)\*\* (.+)$/m.exec(text) ?? [];
  return {
    rule: `R${Number(number)}`,
    law,
    sources: [...textAfter('Istio', text).matchAll(/\]\((https:[^)]+)\)/g)].map(
      ([, to = '']) => to,
    ),
    decidesNothing: textAfter('decides nothing', text) || undefined,
    here: textAfter('here', text).split('; ').flatMap(implementationsIn),
  };
}

function textAfter(label: string, text: string): string {
  return new RegExp(`^  - ${label}: (.+)$`, 'm').exec(text)?.[1] ?? '';
}

/** A file and the names in it: `` `policy/serverMode.ts` `subjectOf`, `effectiveMode` ``. */
function implementationsIn(text: string): readonly Implementation[] {
  const [file = '', ...names] = [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
  return names.map((name) => ({ file, name }));
}
