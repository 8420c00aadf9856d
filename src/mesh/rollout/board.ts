import type { Desired } from '../change/change.ts';
import { withDesired } from '../change/change.ts';
import type { EnforcementRefusal } from '../change/enforce.ts';
import { planEnforcement } from '../change/enforce.ts';
import { preflightSteps } from '../change/preflight.ts';
import type { Steps } from '../connection/steps.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { ObservedCaller, RankedRefusals } from '../evidence/rankedRefusals.ts';
import { rankRefusals } from '../evidence/rankedRefusals.ts';
import type { MissingFact } from '../model/explanation.ts';
import type { NonEmpty, WorkloadRef } from '../model/reference.ts';
import { refKey } from '../model/reference.ts';
import type { ModeException } from '../server/namespaceMtls.ts';
import { namespaceMtls } from '../server/namespaceMtls.ts';
import { namespacesOf, workloadsIn, type Mesh } from '../snapshot/mesh.ts';
import type { Workload } from '../snapshot/workload.ts';

/** How far a namespace is on the way to STRICT: exactly one of these. */
export type NamespaceState =
  /** It is STRICT; what is excepted from that stands beside. */
  | { readonly kind: 'done' }
  /** Every server was heard of, and none reported plaintext. */
  | { readonly kind: 'ready' }
  /** Somebody was seen to call in plaintext. */
  | { readonly kind: 'blocked'; readonly callers: NonEmpty<ObservedCaller> }
  /** What was read does not tell whether anybody calls in plaintext. */
  | { readonly kind: 'no-evidence'; readonly why: NoEvidence }
  /** None of its pods has a proxy, so that nothing would enforce STRICT. */
  | { readonly kind: 'not-in-mesh' };

/** What keeps a namespace from being called ready; at least one list is not empty, or the plan is refused. */
export interface NoEvidence {
  /** Servers of which no source heard anything. */
  readonly unheard: readonly WorkloadRef[];
  /** Facts that hide what the namespace's modes or pods are. */
  readonly missing: readonly MissingFact[];
  /** No policy can make it STRICT. */
  readonly refusal?: EnforcementRefusal;
}

/** A namespace of the board. */
export interface BoardRow {
  readonly namespace: string;
  readonly state: NamespaceState;
  readonly workloads: number;
  /** Workloads and ports that say something else than STRICT now. */
  readonly exceptions: readonly ModeException[];
}

/** How far every namespace of a mesh is, by what was observed. */
export interface Board {
  /** By name. */
  readonly rows: readonly BoardRow[];
  readonly evidence: Evidence;
}

export const stateKinds = [
  'done',
  'ready',
  'blocked',
  'no-evidence',
  'not-in-mesh',
] as const satisfies readonly NamespaceState['kind'][];

/** How many namespaces are in each state; the sum is that of all namespaces. */
export function boardCounts({ rows }: Board): Readonly<Record<NamespaceState['kind'], number>> {
  const counts = { done: 0, ready: 0, blocked: 0, 'no-evidence': 0, 'not-in-mesh': 0 };
  for (const { state } of rows) counts[state.kind] += 1;
  return counts;
}

/** Compares what STRICT everywhere would refuse with what was observed, namespace by namespace; none chosen stands for all. */
export function* boardSteps(
  mesh: Mesh,
  evidence: Evidence,
  chosen: readonly string[] = [],
): Steps<Board> {
  const names = namespacesOf(mesh)
    .map(({ name }) => name)
    .filter((name) => name !== mesh.rootNamespace)
    .filter((name) => chosen.length === 0 || chosen.includes(name));
  const open: Candidate[] = [];
  const rows = new Map<string, BoardRow>();
  for (const name of names) {
    const settled = settledState(mesh, name);
    if (settled.kind === 'candidate') open.push(settled);
    else rows.set(name, rowOf(mesh, name, settled));
    yield;
  }
  const after = withDesired(
    mesh,
    open.flatMap(({ desired }) => desired),
  );
  const ranked = rankRefusals(yield* preflightSteps(mesh, after), evidence);
  for (const { namespace } of open) {
    rows.set(namespace, rowOf(mesh, namespace, stateOf(mesh, namespace, { ranked, evidence })));
    yield;
  }
  return { rows: names.flatMap((name) => rows.get(name) ?? []), evidence };
}

/** A namespace that may become STRICT, and what that takes. */
interface Candidate {
  readonly kind: 'candidate';
  readonly namespace: string;
  readonly desired: readonly Desired[];
}

function settledState(mesh: Mesh, namespace: string): NamespaceState | Candidate {
  const { mode, dataPlane, unknown = [] } = namespaceMtls(mesh, namespace);
  if (dataPlane === 'unknown' || unknown.length > 0)
    return { kind: 'no-evidence', why: { unheard: [], missing: [...unknown] } };
  if (serversIn(mesh, namespace).length === 0) return { kind: 'not-in-mesh' };
  if (mode === 'STRICT') return { kind: 'done' };
  const plan = planEnforcement(mesh, { scope: 'namespace', namespace }, 'STRICT');
  switch (plan.kind) {
    case 'nothing-to-do':
      return { kind: 'done' };
    case 'refused':
      return { kind: 'no-evidence', why: { unheard: [], missing: [], refusal: plan.why } };
    case 'plan':
      return { kind: 'candidate', namespace, desired: plan.desired };
  }
}

/** Workloads of which a proxy would enforce STRICT. */
function serversIn(mesh: Mesh, namespace: string): readonly Workload[] {
  return workloadsIn(mesh, namespace).filter(
    ({ dataPlane, isAtRest }) => dataPlane !== 'none' && dataPlane !== 'gateway' && !isAtRest,
  );
}

function stateOf(
  mesh: Mesh,
  namespace: string,
  { ranked, evidence }: { readonly ranked: RankedRefusals; readonly evidence: Evidence },
): NamespaceState {
  const [first, ...rest] = ranked.observed.filter(({ server }) => server.namespace === namespace);
  if (first !== undefined) return { kind: 'blocked', callers: [first, ...rest] };
  const unheard = serversIn(mesh, namespace)
    .map(({ ref }) => ref)
    .filter((ref) => !evidence.sources.some(({ heard }) => heard.has(refKey(ref))));
  return unheard.length === 0
    ? { kind: 'ready' }
    : { kind: 'no-evidence', why: { unheard, missing: [] } };
}

function rowOf(mesh: Mesh, namespace: string, state: NamespaceState): BoardRow {
  const { exceptions } = namespaceMtls(mesh, namespace);
  return {
    namespace,
    state,
    workloads: workloadsIn(mesh, namespace).length,
    exceptions: exceptions.filter(({ mode }) => mode !== 'STRICT'),
  };
}
