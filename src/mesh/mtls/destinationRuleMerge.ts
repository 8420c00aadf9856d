import type { DestinationRule, Labels, Subset, TrafficPolicy } from '../model/objects.ts';

/** Rules for one host that Istio treats as one (R157). */
export interface MergedRule {
  /** The rule that the others were merged into. */
  readonly first: DestinationRule;
  /** The rule whose trafficPolicy counts: the first that has any. */
  readonly policyFrom: DestinationRule;
  readonly trafficPolicy: TrafficPolicy | undefined;
  readonly subsets: readonly { readonly subset: Subset; readonly from: DestinationRule }[];
  readonly exportTo: readonly string[];
  readonly selector: Labels | undefined;
}

/** Merges the rules of one host and namespace, given with selecting rules first and then by age (R157 to R159). */
export function mergeRules(rules: readonly DestinationRule[]): readonly MergedRule[] {
  const merged: MergedRule[] = [];
  for (const rule of rules) {
    const selects = rule.workloadSelector !== undefined;
    let joined = false;
    for (const [index, into] of merged.entries()) {
      const alike =
        sameSelector(into.selector, rule.workloadSelector) && sameSet(into.exportTo, rule.exportTo);
      const inherits = into.selector !== undefined && !selects && rule.exportTo.includes('.');
      if (!alike && !inherits) continue;
      merged[index] = mergeInto(into, rule);
      joined ||= alike;
    }
    if (!joined) merged.push(alone(rule));
  }
  return merged;
}

function alone(rule: DestinationRule): MergedRule {
  return {
    first: rule,
    policyFrom: rule,
    trafficPolicy: rule.trafficPolicy,
    subsets: rule.subsets.map((subset) => ({ subset, from: rule })),
    exportTo: rule.exportTo,
    selector: rule.workloadSelector,
  };
}

/** The first trafficPolicy wins as a whole; subsets add up, the first of a name counting (R157). */
function mergeInto(into: MergedRule, rule: DestinationRule): MergedRule {
  const names = new Set(into.subsets.map(({ subset }) => subset.name));
  const added = rule.subsets.filter((subset) => !names.has(subset.name));
  const takesPolicy = into.trafficPolicy === undefined && rule.trafficPolicy !== undefined;
  return {
    ...into,
    policyFrom: takesPolicy ? rule : into.policyFrom,
    trafficPolicy: into.trafficPolicy ?? rule.trafficPolicy,
    subsets: [...into.subsets, ...added.map((subset) => ({ subset, from: rule }))],
  };
}

function sameSelector(left: Labels | undefined, right: Labels | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key]);
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((entry) => right.includes(entry));
}
