import { CONTROLLERS, missingPods } from '../../known/missing.ts';
import { matchesLabels } from '../../model/labels.ts';
import type { AuthorizationPolicy } from '../../model/objects.ts';
import { workloadMtls } from '../../server/workloadMtls.ts';
import { allWorkloads, workloadsIn, type Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Remark, Severity } from '../model/finding.ts';
import { sourceValues, type SourceValue } from './sources.ts';

/** Who calls in plaintext has no identity (R301): rules that go by it do not hold for such a caller. */
export const identityWithoutTls: Analyzer<'AuthorizationPolicy'> = {
  code: 'MTLS0501',
  name: 'rule by identity while plaintext is accepted',
  severity: 'warning',
  law: 'A caller has an identity only over mutual TLS: over plaintext no principal, namespace or service account matches, and what excludes one always does.',
  source: 'https://istio.io/latest/news/security/istio-security-2021-004/',
  kiali: ['KIA0105'],
  needs: { own: [...CONTROLLERS] },
  about: ['AuthorizationPolicy'],
  analyze: (mesh, policy) => {
    if (policy.isDryRun || policy.targets.length > 0) return [];
    const [first, ...others] = sourceValues(policy);
    if (first === undefined) return [];
    const open = firstOpen(mesh, policy);
    if (open === undefined) return [];
    const letsIn = [first, ...others].find((source) => passesBy(policy, source));
    return [remark(policy, letsIn ?? first, { ...open, letsIn: letsIn !== undefined })];
  },
};

interface Open {
  readonly workload: Workload;
  /** It takes no mutual TLS at all. */
  readonly never: boolean;
}

/** A workload of the policy that takes plaintext. */
function firstOpen(mesh: Mesh, policy: AuthorizationPolicy): Open | undefined {
  const inRoot = policy.namespace === mesh.rootNamespace;
  const all = inRoot ? allWorkloads(mesh) : workloadsIn(mesh, policy.namespace);
  for (const workload of all) {
    if (policy.selector !== undefined && !matchesLabels(policy.selector, workload.labels)) continue;
    if (missingPods(mesh, workload) !== undefined) continue;
    const { enforcement, unknown, ports, accepts } = workloadMtls(mesh, workload);
    if (unknown !== undefined || enforcement.kind !== 'enforced') continue;
    const taken = ports.length === 0 ? accepts : ports.flatMap((port) => port.accepts);
    if (taken.includes('plaintext')) return { workload, never: !taken.includes('mutual-tls') };
  }
  return undefined;
}

/** A plaintext caller gets past it: what is denied to some, or allowed to all but some. */
function passesBy({ action }: AuthorizationPolicy, { isExcluded }: SourceValue): boolean {
  return action === 'DENY' ? !isExcluded : isExcluded;
}

function remark(
  policy: AuthorizationPolicy,
  { path }: SourceValue,
  { workload, never, letsIn }: Open & { readonly letsIn: boolean },
): Remark {
  const { name, namespace } = workload;
  const severity: Severity = never ? 'error' : letsIn ? 'warning' : 'information';
  const how = never ? 'accepts only plaintext' : 'accepts plaintext, too';
  const what = letsIn
    ? `a caller without mutual TLS gets past this rule`
    : policy.action === 'ALLOW'
      ? `this rule lets in nobody who calls without mutual TLS`
      : `this rule says nothing about callers without mutual TLS`;
  return {
    path,
    severity,
    message: `${name} in ${namespace} ${how}, where callers have no identity: ${what}.`,
  };
}
