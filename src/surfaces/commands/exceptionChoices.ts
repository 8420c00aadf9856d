import type {
  Mesh,
  Preflight,
  Steps,
  EnforcementRefusal,
  Workload,
  WorkloadRef,
} from '../../mesh/index.ts';
import {
  listed,
  planEnforcement,
  preflightSteps,
  refKey,
  describeRef,
  withDesired,
  workloadMtls,
  workloadsIn,
} from '../../mesh/index.ts';

/** How many clients of a workload are named before the rest is counted. */
const namedClients = 3;

/** A workload that may stay PERMISSIVE while its namespace becomes STRICT. */
export interface ExceptionChoice {
  readonly ref: WorkloadRef;
  /** What STRICT would do to its known clients, or why ticking it changes nothing; empty if there is nothing to say. */
  readonly detail: string;
}

export type ExceptionChoices =
  | {
      readonly kind: 'choices';
      /** Workloads that STRICT would make refuse known clients. */
      readonly refusing: readonly ExceptionChoice[];
      readonly others: readonly ExceptionChoice[];
    }
  /** No workload of the namespace has a proxy that would enforce anything (R24). */
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly why: EnforcementRefusal };

/** Which workloads of a namespace could be excepted from STRICT, and who depends on it. */
export function* exceptionChoices(mesh: Mesh, namespace: string): Steps<ExceptionChoices> {
  const plan = planEnforcement(mesh, { scope: 'namespace', namespace }, 'STRICT');
  if (plan.kind === 'refused') return plan;
  const refused: ReadonlyMap<string, readonly string[]> =
    plan.kind === 'plan'
      ? refusedClients(yield* preflightSteps(mesh, withDesired(mesh, plan.desired)))
      : new Map();
  const workloads = workloadsIn(mesh, namespace).filter(({ dataPlane }) => dataPlane !== 'none');
  if (workloads.length === 0) return { kind: 'none' };
  const clientsOf = ({ ref }: Workload): readonly string[] => refused.get(refKey(ref)) ?? [];
  return {
    kind: 'choices',
    refusing: workloads
      .filter((workload) => clientsOf(workload).length > 0)
      .map((workload) => ({
        ref: workload.ref,
        detail: `STRICT refuses ${listed(clientsOf(workload), namedClients)}`,
      })),
    others: workloads
      .filter((workload) => clientsOf(workload).length === 0)
      .map((workload) => ({ ref: workload.ref, detail: ownMode(mesh, workload) })),
  };
}

/** A workload with a policy of its own does not follow its namespace. */
function ownMode(mesh: Mesh, workload: Workload): string {
  const { mode, from } = workloadMtls(mesh, workload);
  return from.kind === 'policy' && from.scope === 'workload'
    ? `${mode} by its own ${describeRef(from.field.object)}, which the namespace does not change`
    : '';
}

/** Per workload, the known clients that it would newly refuse. */
function refusedClients({ connections }: Preflight): ReadonlyMap<string, readonly string[]> {
  const refused = new Map<string, string[]>();
  for (const { client, effect, after } of connections) {
    if (effect !== 'newly-refused' || client.kind !== 'workload') continue;
    const name = `${client.workload.namespace}/${client.workload.name}`;
    for (const { workload, outcome } of after) {
      if (workload === undefined || outcome.kind !== 'refused') continue;
      const clients = refused.get(refKey(workload)) ?? [];
      if (!clients.includes(name)) clients.push(name);
      refused.set(refKey(workload), clients);
    }
  }
  return refused;
}
