import { memo } from '../model/kept.ts';
import type { Revision } from '../snapshot/controlPlane.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import type { MeshConfig } from '../model/meshConfig.ts';
import { isForRevision, matchesLabels } from '../model/labels.ts';
import type { Labels } from '../model/objects.ts';
import { missingBackendPolicies, rulesIn, type Rule, type Rules } from './backendPolicy.ts';
import type { MissingFact } from '../model/explanation.ts';
import { exportToOf, mergeRules, type MergedRule } from './destinationRuleMerge.ts';
import { missingFact } from '../known/missing.ts';
import { byAge } from '../policy/policyScope.ts';

/** Who asks for a rule, and for which host. */
export interface RuleQuestion {
  readonly clientNamespace: string;
  readonly clientLabels: Labels;
  readonly revision: Revision;
  readonly host: string;
  readonly serviceNamespace: string;
}

/** The rule that applies, rules that were dropped for it, and what kept the search from being certain. */
export interface FoundRule {
  readonly rule: MergedRule | undefined;
  readonly ambiguous: readonly Rule[];
  /** Rules that select other clients and yet end the search (R154, R159). */
  readonly others: readonly Rule[];
  /** Rules of the most specific host that the client may not see, which hide the rest of their namespace (R153, R156). */
  readonly notExported: readonly Rule[];
  readonly missing: readonly MissingFact[];
}

type Found = Pick<FoundRule, 'rule' | 'ambiguous' | 'others'>;

/**
 * The DestinationRule for a client and a host. Looked up in the client's, the service's and the root
 * namespace, in this order; the first that has one wins completely (R152, R154).
 */
export function findDestinationRule(mesh: Mesh, question: RuleQuestion): FoundRule {
  const { clientNamespace, serviceNamespace, host, revision } = question;
  const { config } = revision;
  const { rootNamespace } = config;
  const steps: readonly Step[] = [
    { namespace: clientNamespace, takes: ownRules(clientNamespace, config), own: true },
    { namespace: serviceNamespace, takes: (rule) => !isPrivate(rule, config), own: false },
    { namespace: rootNamespace, takes: (rule) => !isPrivate(rule, config), own: false },
  ];
  const missing: MissingFact[] = [];
  const notExported: Rule[] = [];
  for (const step of steps) {
    const { namespace } = step;
    const fact = missingFact(mesh, 'DestinationRule', namespace);
    const policies = missingBackendPolicies(mesh, { namespace, host }, revision);
    for (const one of fact === undefined ? policies : [fact, ...policies])
      if (!missing.includes(one)) missing.push(one);
    const merged = inNamespace(mesh, step, question);
    if (merged.length === 0) {
      if (step.own) notExported.push(...unusedAtHome(mesh, step, question));
      continue;
    }
    const found = step.own
      ? chooseOwn(merged, question.clientLabels)
      : chooseVisible(merged, question);
    if (found !== undefined) return { ...found, notExported, missing };
    const hidden = merged.map(({ first }) => first);
    notExported.push(...hidden.filter((rule) => !notExported.includes(rule)));
  }
  return { rule: undefined, ambiguous: [], others: [], notExported, missing };
}

interface Step {
  readonly namespace: string;
  readonly takes: (rule: Rule) => boolean;
  /** Rules of the client's own namespace need not be exported, and may select the client. */
  readonly own: boolean;
}

/** Step 1 of R152: in the root namespace only private rules, elsewhere all that its own namespace sees. */
function ownRules(namespace: string, config: MeshConfig): Step['takes'] {
  if (namespace === config.rootNamespace) return (rule) => isPrivate(rule, config);
  return (rule) => {
    const exportTo = exportToOf(rule);
    const own = ['*', '.', namespace];
    return exportTo.length === 0 || exportTo.some((entry) => own.includes(entry));
  };
}

/** Seen by its own namespace only (R152, R155, R159). */
function isPrivate(rule: Rule, config: MeshConfig): boolean {
  const exportTo = exportToOf(rule);
  if (exportTo.length === 0) return config.defaultDestinationRuleExportTo.includes('.');
  return exportTo.length === 1 && (exportTo[0] === '.' || exportTo[0] === rule.namespace);
}

/** The rules of one namespace for the host, merged (R157). */
function inNamespace(mesh: Mesh, step: Step, question: RuleQuestion): readonly MergedRule[] {
  const { host, revision } = question;
  const rules = rulesIn(mesh, step.namespace, revision);
  if (rules.size === 0) return NOTHING;
  const takes = (rule: Rule): boolean => isForRevision(rule, revision.name) && step.takes(rule);
  const forHost = rulesForHost(hostIndex(rules), host, takes);
  return forHost.length === 0 ? NOTHING : mergeRules(forHost);
}

/** Rules of the client's own namespace for the host that are for other namespaces only (R156). */
function unusedAtHome(
  mesh: Mesh,
  { namespace, takes }: Step,
  { host, revision }: RuleQuestion,
): readonly Rule[] {
  const rules = rulesIn(mesh, namespace, revision);
  if (rules.size === 0 || !namesNamespaces(rules)) return NO_RULES;
  const isRoot = namespace === revision.config.rootNamespace;
  return rulesCovering(rules, host).filter(
    (rule) => !takes(rule) && !(isRoot && reaches(exportToOf(rule), namespace)),
  );
}

/** Some rule says where it is exported to; all others are seen at home. */
const namesNamespaces = memo((rules: Rules): boolean => {
  for (const rule of rules.values()) if (exportToOf(rule).length > 0) return true;
  return false;
});

const NOTHING: readonly MergedRule[] = Object.freeze([]);

/** The most specific host was chosen before anyone asks whether the client may see it (R153). */
function chooseVisible(merged: readonly MergedRule[], question: RuleQuestion): Found | undefined {
  const visible = merged.filter(({ exportTo }) => reaches(exportTo, question.clientNamespace));
  return visible.length === 0 ? undefined : lastOf(visible);
}

function reaches(exportTo: readonly string[], namespace: string): boolean {
  return exportTo.length === 0 || exportTo.includes('*') || exportTo.includes(namespace);
}

/** A rule that selects the client goes before rules that select nobody; of those the last counts (R158, R159). */
function chooseOwn(merged: readonly MergedRule[], labels: Labels): Found {
  const selecting = merged.find(
    ({ selector }) => selector !== undefined && matchesLabels(selector, labels),
  );
  if (selecting !== undefined) return { rule: selecting, ambiguous: [], others: [] };
  const found = lastOf(merged.filter(({ selector }) => selector === undefined));
  return found.rule === undefined ? { ...found, others: merged.map(({ first }) => first) } : found;
}

/** Several entries are ambiguous: every rule that had a part in them is named (R158). */
function lastOf(merged: readonly MergedRule[]): Found {
  const rule = merged.at(-1);
  if (rule === undefined) return { rule, ambiguous: [], others: [] };
  if (merged.length < 2) {
    // A rule that is exported wider was merged into it, which only Istio's code says.
    const ambiguous = rule.members.filter((member) => !isExportedAlike(member, rule.first));
    return { rule, ambiguous, others: [] };
  }
  const members = new Set(merged.flatMap((entry) => entry.members));
  members.delete(rule.first);
  return { rule, ambiguous: [...members], others: [] };
}

function isExportedAlike(left: Rule, right: Rule): boolean {
  const [one, other] = [exportToOf(left), exportToOf(right)];
  return one.length === other.length && one.every((entry) => other.includes(entry));
}

/** Every rule of a namespace whose host is this one or covers it, whoever may see it. */
export function rulesCovering(rules: Rules, host: string): readonly Rule[] {
  if (rules.size === 0) return NO_RULES;
  const { exact, wildcards } = hostIndex(rules);
  const direct = exact.get(host) ?? NO_RULES;
  if (wildcards.length === 0) return direct;
  const wide = wildcards.filter(([pattern]) => coversHost(pattern, host));
  return [...direct, ...wide.flatMap(([, covering]) => covering)];
}

const NO_RULES: readonly Rule[] = Object.freeze([]);

interface HostIndex {
  readonly exact: ReadonlyMap<string, readonly Rule[]>;
  /** Hosts that begin with `*`: longest first, then alphabetical (R151). */
  readonly wildcards: readonly (readonly [host: string, rules: readonly Rule[]])[];
}

const hostIndex = memo((rules: Rules): HostIndex => {
  const byHost = new Map<string, Rule[]>();
  for (const rule of rules.values()) {
    const host = ruleHost(rule);
    const same = byHost.get(host);
    if (same === undefined) byHost.set(host, [rule]);
    else same.push(rule);
  }
  const exact = new Map<string, readonly Rule[]>();
  const wildcards: [string, readonly Rule[]][] = [];
  for (const [host, same] of byHost) {
    same.sort(bySelectorThenAge);
    if (host.startsWith('*')) wildcards.push([host, same]);
    else exact.set(host, same);
  }
  wildcards.sort(([left], [right]) =>
    left.length === right.length ? (left < right ? -1 : 1) : right.length - left.length,
  );
  return { exact, wildcards };
});

/** Rules that select clients go first, then the older ones (R157). */
function bySelectorThenAge(left: Rule, right: Rule): number {
  const leftSelects = left.workloadSelector !== undefined;
  if (leftSelects !== (right.workloadSelector !== undefined)) return leftSelects ? -1 : 1;
  return byAge(left, right);
}

/** A name without any dot is of the rule's own namespace; everything else is taken literally (R150). */
export function ruleHost(rule: Pick<Rule, 'host' | 'namespace'>): string {
  if (rule.host === '*' || rule.host.includes('.')) return rule.host;
  return `${rule.host}.${rule.namespace}.svc.cluster.local`;
}

/** The exact host, else the most specific wildcard that has any rule which is taken at all (R151). */
function rulesForHost(
  index: HostIndex,
  host: string,
  takes: (rule: Rule) => boolean,
): readonly Rule[] {
  const exact = index.exact.get(host)?.filter(takes) ?? [];
  if (exact.length > 0) return exact;
  for (const [pattern, rules] of index.wildcards) {
    if (!coversHost(pattern, host)) continue;
    const taken = rules.filter(takes);
    if (taken.length > 0) return taken;
  }
  return [];
}

/** Whether a rule's full host is this host or a wildcard over it; a wildcard may cover a wildcard (R151). */
export function coversHost(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*')) return pattern === host;
  return pattern === host || host.endsWith(pattern.slice(1));
}
