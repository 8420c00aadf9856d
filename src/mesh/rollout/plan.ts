import type { Desired } from '../change/change.ts';
import { withDesired } from '../change/change.ts';
import type { EnforceTarget } from '../change/enforce.ts';
import { planEnforcement } from '../change/enforce.ts';
import type { ObservedCaller } from '../evidence/rankedRefusals.ts';
import type { NonEmpty, WorkloadRef } from '../model/reference.ts';
import { refKey, sameRef } from '../model/reference.ts';
import { findWorkload, type Mesh } from '../snapshot/mesh.ts';
import type { Board, BoardRow } from './board.ts';

/** A server that goes on taking plaintext, for callers that were seen. */
export interface RolloutException {
  readonly target: Extract<EnforceTarget, { scope: 'workload' | 'port' }>;
  readonly for: NonEmpty<ObservedCaller>;
}

/** One namespace on its way to STRICT. */
export interface RolloutStage {
  readonly namespace: string;
  /** Nobody was seen who would be refused; else it waits for `bringIn`, or is written with its exceptions. */
  readonly state: 'ready' | 'blocked';
  /** Callers without a proxy that could have one: once they do, the exceptions for them are not needed. */
  readonly bringIn: readonly WorkloadRef[];
  /** The narrowest policies that keep the callers who were seen, and nobody else. */
  readonly exceptions: readonly RolloutException[];
  /** What is written, in this order: exceptions before the policy that they are excepted from. */
  readonly desired: readonly Desired[];
}

/** In which order namespaces become STRICT, and those that nobody can answer for yet. */
export interface RolloutPlan {
  readonly stages: readonly RolloutStage[];
  /** Namespaces without evidence: no stage is made of them. */
  readonly waiting: readonly string[];
}

/** Ready namespaces first, the smaller before the larger; then blocked ones, those with fewer callers first. */
export function planRollout(mesh: Mesh, { rows }: Board): RolloutPlan {
  const ordered = rows
    .filter(({ state }) => state.kind === 'ready' || state.kind === 'blocked')
    .toSorted((left, right) => weight(left) - weight(right) || left.workloads - right.workloads);
  return {
    stages: ordered.flatMap((row) => stageOf(mesh, row)),
    waiting: rows
      .filter(({ state }) => state.kind === 'no-evidence')
      .map(({ namespace }) => namespace),
  };
}

function weight({ state }: BoardRow): number {
  return state.kind === 'blocked' ? state.callers.length : 0;
}

function stageOf(mesh: Mesh, { namespace, state }: BoardRow): readonly RolloutStage[] {
  if (state.kind !== 'ready' && state.kind !== 'blocked') return [];
  const callers = state.kind === 'blocked' ? state.callers : [];
  const exceptions = exceptionsFor(callers);
  const desired = desiredFor(mesh, namespace, exceptions);
  if (desired.length === 0) return [];
  return [{ namespace, state: state.kind, bringIn: bringIn(mesh, callers), exceptions, desired }];
}

/** One exception for each port that was called, or for the workload where no port is known; each once, with all its callers. */
function exceptionsFor(callers: readonly ObservedCaller[]): readonly RolloutException[] {
  const found = new Map<string, RolloutException>();
  for (const caller of callers) {
    for (const target of targetsOf(caller)) {
      const key = `${refKey(target.workload)} ${target.scope === 'port' ? target.port : ''}`;
      const known = found.get(key);
      found.set(key, { target, for: known === undefined ? [caller] : [...known.for, caller] });
    }
  }
  return [...found.values()];
}

function targetsOf({ server, connections }: ObservedCaller): readonly RolloutException['target'][] {
  const ports = new Set(
    connections.flatMap(({ after }) =>
      after.flatMap(({ workload, workloadPort, outcome }) =>
        workload !== undefined && sameRef(workload, server) && outcome.kind === 'refused'
          ? (workloadPort ?? [])
          : [],
      ),
    ),
  );
  if (ports.size === 0) return [{ scope: 'workload', workload: server }];
  return [...ports]
    .sort((left, right) => left - right)
    .map((port) => ({ scope: 'port', workload: server, port }));
}

/** Callers that have no proxy and are workloads of the mesh's cluster. */
function bringIn(mesh: Mesh, callers: readonly ObservedCaller[]): readonly WorkloadRef[] {
  const refs = callers.flatMap(({ caller }) => {
    const workload = caller.kind === 'workload' ? findWorkload(mesh, caller.workload) : undefined;
    const canHaveOne = workload?.dataPlane === 'none' && !workload.variants[0].shape.hostNetwork;
    return canHaveOne ? [workload.ref] : [];
  });
  return [...new Map(refs.map((ref) => [refKey(ref), ref])).values()];
}

/** Each step is planned on the mesh as the ones before leave it, for two exceptions may share a policy. */
function desiredFor(
  mesh: Mesh,
  namespace: string,
  exceptions: readonly RolloutException[],
): readonly Desired[] {
  const desired = new Map<string, Desired>();
  let planned = mesh;
  const steps: readonly (readonly [EnforceTarget, 'PERMISSIVE' | 'STRICT'])[] = [
    ...exceptions.map(({ target }) => [target, 'PERMISSIVE'] as const),
    [{ scope: 'namespace', namespace }, 'STRICT'],
    // A port's exception is a policy of the workload's own, which must say STRICT for its other ports.
    ...exceptions.flatMap(({ target }) =>
      target.scope === 'port'
        ? [[{ scope: 'workload', workload: target.workload }, 'STRICT'] as const]
        : [],
    ),
  ];
  for (const [target, mode] of steps) {
    const plan = planEnforcement(planned, target, mode);
    if (plan.kind === 'refused') return [];
    if (plan.kind === 'nothing-to-do') continue;
    for (const one of plan.desired) desired.set(refKey(one.ref), one);
    planned = withDesired(planned, plan.desired);
  }
  return [...desired.values()];
}
