import { ruleHost } from '../../client/destinationRule.ts';
import { mergeRules } from '../../client/destinationRuleMerge.ts';
import type { DestinationRule } from '../../model/objects.ts';
import { sameRef, type ObjectRef } from '../../model/reference.ts';
import { byAge } from '../../policy/policyScope.ts';
import { objectsIn, type Mesh } from '../../snapshot/mesh.ts';
import { describeRef } from '../../words/describeWords.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Remark } from '../model/finding.ts';

/** Of several rules for one host the oldest trafficPolicy counts as a whole, and the oldest subset of a name (R157). */
export const sameHost: Analyzer<'DestinationRule'> = {
  code: 'MTLS0221',
  name: 'two rules for one host',
  severity: 'warning',
  law: 'DestinationRules of one namespace for one host are merged: of their trafficPolicies, and of subsets of one name, only the oldest counts.',
  source:
    'https://istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services',
  kiali: ['KIA0201'],
  needs: { own: ['DestinationRule'] },
  about: ['DestinationRule'],
  analyze: (mesh, rule) => {
    const merged = mergedWith(mesh, rule);
    if (merged === undefined) return [];
    const { policyFrom, subsets } = merged;
    const policy =
      rule.trafficPolicy === undefined || sameRef(policyFrom, rule)
        ? []
        : [remark(['spec', 'trafficPolicy'], 'The trafficPolicy', policyFrom)];
    const lost = rule.subsets.flatMap(({ name }, index) => {
      const kept = subsets.find(({ subset }) => subset.name === name)?.from;
      return kept === undefined || sameRef(kept, rule)
        ? []
        : [remark(['spec', 'subsets', index, 'name'], `Subset ${name}`, kept)];
    });
    return [...policy, ...lost];
  },
};

/** What becomes of the rules of the namespace for the same host. */
function mergedWith(
  mesh: Mesh,
  rule: DestinationRule,
): ReturnType<typeof mergeRules>[number] | undefined {
  const host = ruleHost(rule);
  const revision = rule.labels['istio.io/rev'];
  const alike = [...objectsIn(mesh, rule.namespace).destinationRules.values()].filter(
    (other) => ruleHost(other) === host && other.labels['istio.io/rev'] === revision,
  );
  if (alike.length < 2) return undefined;
  alike.sort((left, right) => bySelector(left, right) || byAge(left, right));
  const merged = mergeRules(alike).filter(({ members }) => members.includes(rule));
  // A rule that also stands alone loses nothing.
  return merged.length === 1 ? merged[0] : undefined;
}

function bySelector(left: DestinationRule, right: DestinationRule): number {
  return Number(right.workloadSelector !== undefined) - Number(left.workloadSelector !== undefined);
}

function remark(path: Remark['path'], what: string, winner: ObjectRef): Remark {
  const { kind, namespace, name } = winner;
  const object = { kind, namespace, name };
  return {
    path,
    message: `${what} of this rule has no effect: ${describeRef(object)} is for the same host and goes before it.`,
    related: [{ object, path: ['metadata', 'name'], message: 'This rule counts.' }],
  };
}
