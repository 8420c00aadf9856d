import { ANALYZERS } from './analyzers.ts';
import { MANIFEST_RULES } from './manifest/manifestRules.ts';
import type { Rule } from './model/rule.ts';

/** Every rule that a finding may be told by, in the order of the codes. */
export const FINDING_RULES: readonly Rule[] = Object.freeze(
  [...MANIFEST_RULES, ...ANALYZERS].sort((left, right) => (left.code < right.code ? -1 : 1)),
);

const byCode = new Map(FINDING_RULES.map((rule) => [rule.code, rule]));

/** The rule of a code; undefined for a code that is none of ours. */
export function findingRule(code: string): Rule | undefined {
  return byCode.get(code);
}
