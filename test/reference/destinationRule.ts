import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { at, byAge, inRevision, list, selects, text, texts } from './json.ts';
import { rootNamespaceOf, type ReferenceMesh } from './mode.ts';

/** A DestinationRule after merging (R157 to R159): the parts of it that are used. */
export interface MergedRule {
  readonly namespace: string;
  readonly host: string;
  /** As written; empty stands for the default of the mesh. */
  readonly exportTo: readonly string[];
  readonly workloadSelector: unknown;
  trafficPolicy: unknown;
  subsets: readonly unknown[];
}

export interface RuleClient {
  readonly namespace: string;
  readonly labels: unknown;
}

/** R150: a name without a dot belongs to the rule's own namespace. */
function fullHost(rule: Manifest): string {
  const host = text(at(rule, 'spec', 'host'));
  if (host.includes('.') || host === '*') return host;
  return `${host}.${rule.metadata.namespace ?? ''}.svc.cluster.local`;
}

/** R159: a rule with a workloadSelector is private whatever its exportTo says. */
function exportToOf(rule: Manifest): readonly string[] {
  return hasSelector(rule) ? ['.'] : texts(at(rule, 'spec', 'exportTo'));
}

function hasSelector(rule: Manifest): boolean {
  return at(rule, 'spec', 'workloadSelector') !== undefined;
}

function rulesOf(mesh: ReferenceMesh, namespace: string): readonly Manifest[] {
  const first = (rule: Manifest): number => (hasSelector(rule) ? 0 : 1);
  return mesh.objects
    .filter(
      (object) => object.kind === 'DestinationRule' && object.metadata.namespace === namespace,
    )
    .filter(inRevision)
    .toSorted((left, right) => first(left) - first(right) || byAge(left, right));
}

/** R152, R155: used only by clients of its own namespace. */
function isPrivate(mesh: ReferenceMesh, rule: Manifest): boolean {
  const exportTo = exportToOf(rule);
  if (exportTo.length === 0)
    return texts(mesh.meshConfig['defaultDestinationRuleExportTo']).includes('.');
  return exportTo.length === 1 && (exportTo[0] === '.' || exportTo[0] === rule.metadata.namespace);
}

/** R152, step 1: visible to clients of the rule's own namespace. */
function isLocal(rule: Manifest): boolean {
  const exportTo = exportToOf(rule);
  const own = ['*', '.', rule.metadata.namespace];
  return exportTo.length === 0 || exportTo.some((target) => own.includes(target));
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.every((item) => right.includes(item)) && right.every((item) => left.includes(item));
}

/** R157 to R159: the rules of one namespace for one host, merged as far as their exportTo and selectors allow. */
function merge(rules: readonly Manifest[]): readonly MergedRule[] {
  const merged: MergedRule[] = [];
  for (const rule of rules) if (standsAlone(rule, merged)) merged.push(asMerged(rule));
  return merged;
}

/** Merges a rule into those before it; the last of them decides whether it also stands for itself. */
function standsAlone(rule: Manifest, merged: readonly MergedRule[]): boolean {
  let alone = true;
  for (const known of merged) {
    const exportTo = exportToOf(rule);
    const equal = sameSet(exportTo, known.exportTo);
    const wider =
      known.exportTo.length > 0 && known.exportTo.every((target) => exportTo.includes(target));
    alone = !equal;
    if (!equal && !wider) continue;
    const bothSelect = hasSelector(rule) && known.workloadSelector !== undefined;
    const neitherSelects = !hasSelector(rule) && known.workloadSelector === undefined;
    if (bothSelect && !sameSelector(rule, known)) {
      alone = true;
      continue;
    }
    if (bothSelect || neitherSelects) alone = false;
    mergeInto(known, rule);
  }
  return alone;
}

function sameSelector(rule: Manifest, known: MergedRule): boolean {
  const own = at(rule, 'spec', 'workloadSelector', 'matchLabels');
  const other = at(known.workloadSelector, 'matchLabels');
  return selects(own, other) && selects(other, own);
}

function mergeInto(known: MergedRule, rule: Manifest): void {
  const names = new Set(known.subsets.map((subset) => at(subset, 'name')));
  const added = list(at(rule, 'spec', 'subsets')).filter(
    (subset) => !names.has(at(subset, 'name')),
  );
  known.subsets = [...known.subsets, ...added];
  known.trafficPolicy ??= at(rule, 'spec', 'trafficPolicy');
}

function asMerged(rule: Manifest): MergedRule {
  return {
    namespace: rule.metadata.namespace ?? '',
    host: fullHost(rule),
    exportTo: exportToOf(rule),
    workloadSelector: at(rule, 'spec', 'workloadSelector'),
    trafficPolicy: at(rule, 'spec', 'trafficPolicy'),
    subsets: list(at(rule, 'spec', 'subsets')),
  };
}

/** R151: the exact host, else the wildcard with the longest matching end. */
function mostSpecific(rules: readonly Manifest[], host: string): readonly Manifest[] {
  const matching = rules.filter((rule) => {
    const wanted = fullHost(rule);
    return wanted === host || (wanted.startsWith('*') && host.endsWith(wanted.slice(1)));
  });
  const exact = matching.filter((rule) => fullHost(rule) === host);
  if (exact.length > 0) return exact;
  const longest = Math.max(...matching.map((rule) => fullHost(rule).length));
  return matching.filter((rule) => fullHost(rule).length === longest);
}

/** R153: the most specific host is chosen before it is asked who may see its rules. */
function exported(
  mesh: ReferenceMesh,
  owner: string,
  host: string,
  client: string,
): readonly MergedRule[] {
  const candidates = rulesOf(mesh, owner).filter((rule) => !isPrivate(mesh, rule));
  return merge(mostSpecific(candidates, host)).filter(
    ({ exportTo }) => exportTo.length === 0 || exportTo.includes('*') || exportTo.includes(client),
  );
}

/** R152, R154: the first of three places that has anything for this host. */
function applicable(
  mesh: ReferenceMesh,
  client: string,
  host: string,
  service: string,
): readonly MergedRule[] {
  const root = rootNamespaceOf(mesh);
  const own = rulesOf(mesh, client).filter((rule) =>
    client === root ? isPrivate(mesh, rule) : isLocal(rule),
  );
  const local = merge(mostSpecific(own, host));
  if (local.length > 0) return local;
  const ofService = exported(mesh, service, host, client);
  return ofService.length > 0 ? ofService : exported(mesh, root, host, client);
}

/** The rule a client uses for a host: one that selects it, else the last without selector (R158, R159). */
export function ruleFor(
  mesh: ReferenceMesh,
  client: RuleClient,
  host: string,
  serviceNamespace: string,
): MergedRule | undefined {
  const rules = applicable(mesh, client.namespace, host, serviceNamespace);
  const selecting = rules.find(
    ({ workloadSelector, namespace }) =>
      workloadSelector !== undefined &&
      namespace === client.namespace &&
      selects(at(workloadSelector, 'matchLabels'), client.labels),
  );
  return selecting ?? rules.findLast(({ workloadSelector }) => workloadSelector === undefined);
}

function portEntry(policy: unknown, port: number): unknown {
  return list(at(policy, 'portLevelSettings')).find(
    (entry) => at(entry, 'port', 'number') === port,
  );
}

/** R162, R163: the tls block of the whole cluster; undefined leaves it to auto mTLS. */
export function clusterTls(rule: MergedRule | undefined, port: number, subset: string): unknown {
  const host = rule?.trafficPolicy;
  const hostTls = at(portEntry(host, port) ?? host, 'tls');
  const own = subsetPolicy(rule, subset);
  const entry = portEntry(own, port);
  return entry === undefined ? (at(own, 'tls') ?? hostTls) : at(entry, 'tls');
}

/** R172: a load balancer PASSTHROUGH of the host makes all its subsets so; one of a subset counts at all ports. */
export function isPassthrough(rule: MergedRule | undefined, port: number, subset: string): boolean {
  const host = rule?.trafficPolicy;
  const own = subsetPolicy(rule, subset);
  const policies = [portEntry(host, port) ?? host, own, portEntry(own, port)];
  return policies.some((policy) => at(policy, 'loadBalancer', 'simple') === 'PASSTHROUGH');
}

/** R166: what the stage that looks at single endpoints takes for the rule's tls mode. */
export function endpointTlsMode(
  rule: MergedRule | undefined,
  port: number,
  subset: string,
): string | undefined {
  const seen = (policy: unknown): unknown =>
    at(portEntry(policy, port), 'tls') ?? at(policy, 'tls');
  const block = subset === '' ? undefined : seen(subsetPolicy(rule, subset));
  const used = block ?? seen(rule?.trafficPolicy);
  return used === undefined ? undefined : tlsMode(used);
}

function subsetPolicy(rule: MergedRule | undefined, subset: string): unknown {
  return at(
    rule?.subsets.find((one) => at(one, 'name') === subset),
    'trafficPolicy',
  );
}

/** R165: a block without a mode is DISABLE. */
export function tlsMode(block: unknown): string {
  const mode = at(block, 'mode');
  return typeof mode === 'string' ? mode : 'DISABLE';
}
