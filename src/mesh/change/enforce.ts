import type { Mesh } from '../snapshot/mesh.ts';
import { findWorkload } from '../snapshot/mesh.ts';
import type { MissingFact } from '../model/explanation.ts';
import { missingRoot } from '../known/missingModes.ts';
import type { NonEmpty, ObjectRef, WorkloadRef } from '../model/reference.ts';
import { refKey, sameRef } from '../model/reference.ts';
import type { Desired } from './change.ts';
import { withDesired } from './change.ts';
import { enforcementWarnings } from './enforcementWarnings.ts';
import type { DesiredMode, EnforceTarget } from './enforceTarget.ts';
import type { EnforcementWarning } from './enforcementWarnings.ts';
import { governing, policyChange } from './governingPolicy.ts';
import type { Governed, GovernedScope } from './governingPolicy.ts';
import { staysDifferent } from './staysDifferent.ts';

export type { DesiredMode, EnforceTarget };

/** Why no policy can do what was asked. */
export type EnforcementRefusal =
  | { readonly kind: 'root-namespace-is-the-mesh'; readonly namespace: string }
  | { readonly kind: 'selector-in-root-namespace'; readonly namespace: string } // R6
  | { readonly kind: 'no-such-workload'; readonly workload: WorkloadRef }
  | { readonly kind: 'no-labels-to-select-by'; readonly workload: WorkloadRef }
  | { readonly kind: 'policies-unknown'; readonly missing: MissingFact }
  | { readonly kind: 'invalid-policy'; readonly policy: ObjectRef };

export type EnforcementPlan =
  | {
      readonly kind: 'plan';
      readonly desired: NonEmpty<Desired>;
      readonly warnings: readonly EnforcementWarning[];
    }
  | { readonly kind: 'nothing-to-do' }
  | { readonly kind: 'refused'; readonly why: EnforcementRefusal };

/**
 * What to write so that the target has the mode: the policy that governs that scope changed in its
 * mode only (R10, R11: a second policy would be ignored), or a new one where there is none. `except`
 * names workloads that stay PERMISSIVE. Nothing is written here.
 */
export function planEnforcement(
  mesh: Mesh,
  target: EnforceTarget,
  mode: DesiredMode,
  except: readonly WorkloadRef[] = [],
): EnforcementPlan {
  const exceptions = except.map((workload): Step => ({
    target: { scope: 'workload', workload },
    mode: 'PERMISSIVE',
  }));
  // Objects are written in this order, so an excepted workload is never STRICT in between.
  const steps: readonly Step[] = [...exceptions, { target, mode }];
  const desired = new Map<string, Desired>();
  let planned = mesh;
  for (const step of steps) {
    const governed = governedBy(planned, step.target);
    if (governed.kind === 'refused') return governed;
    const change = policyChange(governed, step.mode);
    if (change === undefined) continue;
    desired.set(refKey(change.ref), change);
    // The next step builds on this one: two exceptions may share a policy.
    planned = withDesired(planned, [change]);
  }
  const [first, ...rest] = desired.values();
  if (first === undefined) return { kind: 'nothing-to-do' };
  const warnings = steps.flatMap((step) => enforcementWarnings(mesh, step.target, step.mode));
  const different = mode === 'INHERITED' ? [] : differentWarning(planned, target, except);
  return { kind: 'plan', desired: [first, ...rest], warnings: [...different, ...warnings] };
}

/** Exceptions that were asked for are no surprise. */
function differentWarning(
  planned: Mesh,
  target: EnforceTarget,
  except: readonly WorkloadRef[],
): readonly EnforcementWarning[] {
  const [first, ...rest] = staysDifferent(planned, target).filter(
    (part) => part.kind === 'namespace' || !except.some((ref) => sameRef(ref, part.workload)),
  );
  return first === undefined ? [] : [{ kind: 'stays-different', narrower: [first, ...rest] }];
}

interface Step {
  readonly target: EnforceTarget;
  readonly mode: DesiredMode;
}

type Refused = { readonly kind: 'refused'; readonly why: EnforcementRefusal };

function refused(why: EnforcementRefusal): Refused {
  return { kind: 'refused', why };
}

function governedBy(mesh: Mesh, target: EnforceTarget): Governed | Refused {
  const scope = scopeOf(mesh, target);
  if (scope.kind === 'refused') return scope;
  const policies = mesh.missing.find(
    (fact) =>
      fact.kind === 'PeerAuthentication' &&
      (fact.namespace === '' || fact.namespace === scope.namespace),
  );
  const missing = policies ?? (target.scope === 'mesh' ? missingRoot(mesh)[0] : undefined);
  if (missing !== undefined) return refused({ kind: 'policies-unknown', missing });
  const governed = governing(mesh, scope);
  if (governed.policy?.invalid === true) {
    return refused({ kind: 'invalid-policy', policy: governed.policy });
  }
  return scope.kind === 'selected' && Object.keys(governed.draft.selector ?? {}).length === 0
    ? refused({ kind: 'no-labels-to-select-by', workload: scope.workload.ref })
    : governed;
}

function scopeOf(mesh: Mesh, target: EnforceTarget): GovernedScope | Refused {
  switch (target.scope) {
    case 'mesh':
      return { kind: 'whole', namespace: mesh.rootNamespace };
    case 'namespace': {
      const { namespace } = target;
      return namespace === mesh.rootNamespace
        ? refused({ kind: 'root-namespace-is-the-mesh', namespace })
        : { kind: 'whole', namespace };
    }
    case 'workload':
      return workloadPlace(mesh, target.workload, undefined);
    case 'port':
      return workloadPlace(mesh, target.workload, target.port);
  }
}

function workloadPlace(
  mesh: Mesh,
  ref: WorkloadRef,
  port: number | undefined,
): GovernedScope | Refused {
  const { namespace } = ref;
  if (namespace === mesh.rootNamespace)
    return refused({ kind: 'selector-in-root-namespace', namespace });
  const workload = findWorkload(mesh, ref);
  return workload === undefined
    ? refused({ kind: 'no-such-workload', workload: ref })
    : { kind: 'selected', namespace, workload, port };
}
