import type {
  Mesh,
  MeshMtls,
  NamespaceMtls,
  ObjectRef,
  PeerAuthentication,
  Workload,
  WorkloadMtls,
} from '../../mesh/index.ts';
import {
  contradictingPolicies,
  peerAuthenticationsIn,
  policiesActingOn,
  policyRef,
  sameRef,
} from '../../mesh/index.ts';
import type { ModeSummary } from './modeSummary.ts';

/** What is wrong with the policies of a scope. */
export interface PolicyTrouble {
  /** Those that Istio's validation refuses, as far as they could decide here. */
  readonly invalid: readonly ObjectRef[];
  /** Those of this very scope of which only the oldest counts (R10, R11): that one first. */
  readonly conflicting: readonly ObjectRef[];
}

export function meshTrouble(mesh: Mesh, mtls: MeshMtls): PolicyTrouble {
  const invalid = invalidOf(peerAuthenticationsIn(mesh, mesh.rootNamespace));
  return { invalid, conflicting: contradictingPolicies(mtls, 'mesh') };
}

/** A namespace without a mode of its own follows the mesh, and so its invalid policies. */
export function namespaceTrouble(mesh: Mesh, mtls: NamespaceMtls): PolicyTrouble {
  const own = mtls.invalid ?? [];
  const follows = mtls.from.kind === 'default' || mtls.from.scope === 'mesh';
  const wide = follows
    ? invalidOf(
        peerAuthenticationsIn(mesh, mesh.rootNamespace).filter(
          ({ selector }) => selector === undefined,
        ),
      )
    : [];
  const more = wide.filter((policy) => !own.some((one) => sameRef(one, policy)));
  return { invalid: [...own, ...more], conflicting: contradictingPolicies(mtls, 'namespace') };
}

/** Invalid policies count up to the one that decides: wider ones would have no say anyway. */
export function workloadTrouble(mesh: Mesh, workload: Workload, mtls: WorkloadMtls): PolicyTrouble {
  const acting = policiesActingOn(mesh, workload).peerAuthentications;
  const { from } = mtls;
  const decider =
    from.kind === 'default'
      ? -1
      : acting.findIndex((policy) => sameRef(policyRef(policy), from.field.object));
  const invalid = invalidOf(decider < 0 ? acting : acting.slice(0, decider + 1));
  return { invalid, conflicting: contradictingPolicies(mtls, 'workload') };
}

function invalidOf(policies: readonly PeerAuthentication[]): readonly ObjectRef[] {
  return policies.filter(({ invalid }) => invalid).map(policyRef);
}

/** A row whose policies are invalid says which instead of a mode; one with a conflict says both. */
export function withTrouble(summary: ModeSummary, trouble: PolicyTrouble): ModeSummary {
  const { invalid, conflicting } = trouble;
  if (summary.state === 'unknown') return summary;
  if (invalid.length > 0) {
    const words = `invalid ${invalid.length === 1 ? 'policy' : 'policies'}: ${names(invalid)}`;
    return { state: 'invalid', words: [words] };
  }
  if (conflicting.length === 0) return summary;
  return { state: 'conflict', words: [`conflict: ${names(conflicting)}`, ...summary.words] };
}

function names(policies: readonly ObjectRef[]): string {
  return policies.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
}
