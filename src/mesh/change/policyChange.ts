import type { PolicyMode } from '../model/mode.ts';
import type { PeerAuthentication } from '../model/objects.ts';
import type { ObjectRef, WorkloadRef } from '../model/reference.ts';
import { sameRef } from '../model/reference.ts';
import {
  allWorkloads,
  destinationRulesIn,
  peerAuthenticationsIn,
  workloadsBehind,
  workloadsIn,
  workloadsWithLabels,
  type Mesh,
} from '../snapshot/mesh.ts';
import type { Workload } from '../snapshot/workload.ts';
import { servicesOfHost } from '../destination/servicesOfHost.ts';
import type { Desired } from './change.ts';
import type { EnforceTarget } from './enforceTarget.ts';
import { enforcementWarnings, type EnforcementWarning } from './enforcementWarnings.ts';
import { manifestOf } from './governingPolicy.ts';
import { SECURITY_API_VERSION } from './scaffold.ts';

/** What one policy should become: another mode of its own, whatever it selects, or nothing at all. */
export type PolicyChange = PolicyMode | 'deleted';

export type PolicyChangePlan =
  | {
      readonly kind: 'plan';
      readonly desired: Desired;
      readonly warnings: readonly EnforcementWarning[];
    }
  /** The policy has been deleted meanwhile. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'nothing-to-do' }
  /** Istio refuses it as it is, so that nobody knows what else of it would be lost. */
  | { readonly kind: 'invalid' };

/** Workloads whose warnings are looked for: more are not read in a confirmation. */
const WARNED = 20;

/** What to write so that one policy has a mode of its own, with its selector and ports as they are, or is gone. */
export function planPolicyChange(
  mesh: Mesh,
  ref: ObjectRef,
  change: PolicyChange,
): PolicyChangePlan {
  const policy = policyNamed(mesh, ref);
  if (policy === undefined) return { kind: 'gone' };
  const desired = { ref: refOf(policy), apiVersion: SECURITY_API_VERSION };
  if (change === 'deleted')
    return { kind: 'plan', desired: { ...desired, after: undefined }, warnings: [] };
  if (policy.invalid) return { kind: 'invalid' };
  if (policy.mode === change) return { kind: 'nothing-to-do' };
  const after = manifestOf({ ...policy, mode: change });
  const mode = change === 'UNSET' ? 'INHERITED' : change;
  const warnings = targetsOf(mesh, policy)
    .flatMap((target) => enforcementWarnings(mesh, target, mode))
    // Whoever changes the policy itself means all that it selects.
    .filter(({ kind }) => kind !== 'governs-others');
  return { kind: 'plan', desired: { ...desired, after }, warnings };
}

/** The mode that a policy sets for all of its ports; undefined where it is gone. */
export function ownModeOf(mesh: Mesh, ref: ObjectRef): PolicyMode | undefined {
  return policyNamed(mesh, ref)?.mode;
}

/** The workloads that a PeerAuthentication selects (R4 to R7), or that stand behind the host of a DestinationRule (R150). */
export function workloadsOfPolicy(mesh: Mesh, ref: ObjectRef): readonly WorkloadRef[] {
  return selected(mesh, ref).map((workload) => workload.ref);
}

function selected(mesh: Mesh, ref: ObjectRef): readonly Workload[] {
  if (ref.kind === 'DestinationRule') {
    const rule = destinationRulesIn(mesh, ref.namespace).find((one) => sameRef(one, ref));
    const services = rule === undefined ? [] : servicesOfHost(mesh, rule.host, rule.namespace);
    return [...new Set(services.flatMap((service) => workloadsBehind(mesh, service)))];
  }
  const policy = policyNamed(mesh, ref);
  return policy === undefined ? [] : selectedBy(mesh, policy);
}

function selectedBy(mesh: Mesh, { namespace, selector }: PeerAuthentication): readonly Workload[] {
  if (selector !== undefined && Object.keys(selector).length > 0)
    return namespace === mesh.rootNamespace ? [] : workloadsWithLabels(mesh, namespace, selector);
  return namespace === mesh.rootNamespace ? [...allWorkloads(mesh)] : workloadsIn(mesh, namespace);
}

function targetsOf(mesh: Mesh, policy: PeerAuthentication): readonly EnforceTarget[] {
  const { namespace, selector } = policy;
  if (selector !== undefined)
    return selectedBy(mesh, policy)
      .slice(0, WARNED)
      .map(({ ref }) => ({ scope: 'workload', workload: ref }));
  return namespace === mesh.rootNamespace
    ? [{ scope: 'mesh' }]
    : [{ scope: 'namespace', namespace }];
}

function policyNamed(mesh: Mesh, ref: ObjectRef): PeerAuthentication | undefined {
  if (ref.kind !== 'PeerAuthentication') return undefined;
  return peerAuthenticationsIn(mesh, ref.namespace).find((one) => sameRef(one, ref));
}

function refOf({ kind, namespace, name }: ObjectRef): ObjectRef {
  return { kind, namespace, name };
}
