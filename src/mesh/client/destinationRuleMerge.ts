import type { Labels, Subset } from '../model/objects.ts';
import type {
  ClientTlsSettings,
  PortTrafficPolicy,
  TrafficPolicy,
} from '../model/trafficPolicy.ts';
import type { Rule } from './backendPolicy.ts';

/** Rules for one host that Istio treats as one (R157). */
export interface MergedRule {
  /** The rule that the others were merged into. */
  readonly first: Rule;
  /** All rules that were merged, the first among them. */
  readonly members: readonly Rule[];
  /** The rule whose trafficPolicy counts: the first that has any. */
  readonly policyFrom: Rule;
  readonly trafficPolicy: TrafficPolicy | undefined;
  readonly subsets: readonly { readonly subset: Subset; readonly from: Rule }[];
  readonly exportTo: readonly string[];
  readonly selector: Labels | undefined;
}

/** Whom a rule is exported to: one that selects clients is for its own namespace, whatever it says (R159). */
export function exportToOf(rule: Rule): readonly string[] {
  return rule.workloadSelector === undefined ? rule.exportTo : OWN_NAMESPACE;
}

const OWN_NAMESPACE: readonly string[] = Object.freeze(['.']);

/** Merges the rules of one host and namespace, given with selecting rules first and then by age (R157 to R159). */
export function mergeRules(rules: readonly Rule[]): readonly MergedRule[] {
  const merged: MergedRule[] = [];
  for (const rule of rules) if (standsAlone(rule, merged)) merged.push(alone(rule));
  return merged;
}

/**
 * Merges a rule into those before it, and says whether it is an entry of its own as well. As in Istio
 * the last rule before it decides that, not all of them together.
 */
function standsAlone(rule: Rule, merged: MergedRule[]): boolean {
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

function alone(rule: Rule): MergedRule {
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
function mergeInto(into: MergedRule, rule: Rule): MergedRule {
  const names = new Set(into.subsets.map(({ subset }) => subset.name));
  const added = rule.subsets.filter((subset) => !names.has(subset.name));
  return {
    ...into,
    ...policyOfBoth(into, rule),
    members: [...into.members, rule],
    subsets: [...into.subsets, ...added.map((subset) => ({ subset, from: rule }))],
  };
}

type MergedPolicy = Pick<MergedRule, 'policyFrom' | 'trafficPolicy'>;

/** A rule that was made of backend policies is the first of all, and yields to users’ rules field by field (R160). */
function policyOfBoth(into: MergedRule, rule: Rule): MergedPolicy {
  const { trafficPolicy } = rule;
  if (trafficPolicy === undefined) return into;
  if (into.trafficPolicy === undefined) return { policyFrom: rule, trafficPolicy };
  if (into.first.fillsGaps !== true) return into;
  const below = withSources(into.trafficPolicy, into.policyFrom);
  return { policyFrom: rule, trafficPolicy: filled(trafficPolicy, below) };
}

/** What the rule leaves out is taken from the one below it; entries for ports are filled one by one. */
function filled(above: TrafficPolicy, below: TrafficPolicy): TrafficPolicy {
  const listed = new Set(above.ports.map(({ port }) => port));
  const ports = above.ports.map((entry): PortTrafficPolicy => {
    const other = below.ports.find(({ port }) => port === entry.port);
    return entry.tls === undefined && other !== undefined ? { ...entry, tls: other.tls } : entry;
  });
  return {
    tls: above.tls ?? below.tls,
    ports: [...ports, ...below.ports.filter(({ port }) => !listed.has(port))],
    passthrough: above.passthrough || below.passthrough,
  };
}

/** The policy with every tls block saying where it is written, for when it stands in another rule. */
function withSources(policy: TrafficPolicy, { kind, namespace, name }: Rule): TrafficPolicy {
  const object = { kind, namespace, name };
  const marked = (
    tls: ClientTlsSettings | undefined,
    field: string,
  ): ClientTlsSettings | undefined => tls && { ...tls, from: tls.from ?? { object, field } };
  return {
    ...policy,
    tls: marked(policy.tls, 'spec.trafficPolicy.tls.mode'),
    ports: policy.ports.map((entry, index) => ({
      ...entry,
      tls: marked(entry.tls, `spec.trafficPolicy.portLevelSettings[${index}].tls.mode`),
    })),
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
