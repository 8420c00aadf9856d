import type { DestinationRule, Labels, Subset, TrafficPolicy } from '../model/objects.ts';

/** Rules for one host that Istio treats as one (R157). */
export interface MergedRule {
  /** The rule that the others were merged into. */
  readonly first: DestinationRule;
  /** All rules that were merged, the first among them. */
  readonly members: readonly DestinationRule[];
  /** The rule whose trafficPolicy counts: the first that has any. */
  readonly policyFrom: DestinationRule;
  readonly trafficPolicy: TrafficPolicy | undefined;
  readonly subsets: readonly { readonly subset: Subset; readonly from: DestinationRule }[];
  readonly exportTo: readonly string[];
  readonly selector: Labels | undefined;
}

/** Whom a rule is exported to: one that selects clients is for its own namespace, whatever it says (R159). */
export function exportToOf(rule: DestinationRule): readonly string[] {
  return rule.workloadSelector === undefined ? rule.exportTo : OWN_NAMESPACE;
}

const OWN_NAMESPACE: readonly string[] = Object.freeze(['.']);

/** Merges the rules of one host and namespace, given with selecting rules first and then by age (R157 to R159). */
export function mergeRules(rules: readonly DestinationRule[]): readonly MergedRule[] {
  const merged: MergedRule[] = [];
  for (const rule of rules) if (standsAlone(rule, merged)) merged.push(alone(rule));
  return merged;
}

/**
 * Merges a rule into those before it, and says whether it is an entry of its own as well. As in Istio
 * the last rule before it decides that, not all of them together.
 */
function standsAlone(rule: DestinationRule, merged: MergedRule[]): boolean {
  const exportTo = exportToOf(rule);
  let isAlone = true;
  for (const [index, into] of merged.entries()) {
    const isEqual = includesAll(exportTo, into.exportTo) && includesAll(into.exportTo, exportTo);
    isAlone = !isEqual;
    const isWider = into.exportTo.length > 0 && includesAll(exportTo, into.exportTo);
    if (!isEqual && !isWider) continue;
    const alike = sameSelector(into.selector, rule.workloadSelector);
    if (rule.workloadSelector !== undefined && !alike) {
      isAlone = true;
      continue;
    }
    if (alike) isAlone = false;
    merged[index] = mergeInto(into, rule);
  }
  return isAlone;
}

function alone(rule: DestinationRule): MergedRule {
  return {
    first: rule,
    members: [rule],
    policyFrom: rule,
    trafficPolicy: rule.trafficPolicy,
    subsets: rule.subsets.map((subset) => ({ subset, from: rule })),
    exportTo: exportToOf(rule),
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
    members: [...into.members, rule],
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

function includesAll(all: readonly string[], some: readonly string[]): boolean {
  return some.every((entry) => all.includes(entry));
}
