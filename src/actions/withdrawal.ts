import type {
  Desired,
  Injection,
  Labels,
  Mesh,
  NonEmpty,
  ObjectRef,
  Workload,
  WorkloadRef,
} from '../mesh/index.ts';
import {
  calledRevision,
  findWorkload,
  namespaceLabels,
  withDesired,
  workloadsIn,
} from '../mesh/index.ts';
import { textMap } from '../sources/transport/jsonValue.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import type { InjectionTarget } from './injection.ts';
import { isAmbient } from './injection.ts';
import type { Read, Relabelling } from './injectedManifest.ts';
import {
  ENABLED,
  INJECT,
  REVISION,
  ROLLING,
  desire,
  readWritable,
  relabelled,
  restartedAt,
  withTemplate,
} from './injectedManifest.ts';

/** How to take sidecars out of pods: labels to write and workloads that get new pods by it (R110 to R114). */
export type WithdrawalPlan =
  | {
      readonly kind: 'plan';
      readonly desired: NonEmpty<Desired>;
      /** Workloads whose pods are replaced; to be followed with `waitForRollout`. */
      readonly restarted: readonly WorkloadRef[];
      /** Workloads with a sidecar that will keep it: they ask for it themselves, or nothing makes new pods of them. */
      readonly notReached: readonly WorkloadRef[];
    }
  | { readonly kind: 'nothing-to-do' }
  | {
      readonly kind: 'refused';
      readonly why:
        | 'ambient'
        | 'no-pod-template'
        /** The namespace does not ask for sidecars: its workloads do, each for itself. */
        | 'asked-for-by-workloads'
        /** No label that we may set keeps the injector away. */
        | 'injector-insists';
    }
  | { readonly kind: 'failed'; readonly cause: string };

interface Reading {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly read: (ref: ObjectRef) => Promise<Read>;
}

/** Plans the change; nothing is written. */
export async function planWithdrawal(
  transport: KubeTransport,
  mesh: Mesh,
  target: InjectionTarget,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<WithdrawalPlan> {
  const read = (ref: ObjectRef): Promise<Read> => readWritable(transport, ref, signal);
  return target.scope === 'namespace'
    ? planNamespace(mesh, target.namespace, { read, now })
    : planWorkload(mesh, target.workload, { read, now });
}

async function planNamespace(
  mesh: Mesh,
  name: string,
  { read, now }: Reading,
): Promise<WithdrawalPlan> {
  if (isAmbient(mesh, name)) return { kind: 'refused', why: 'ambient' };
  const inside = workloadsIn(mesh, name).filter(hasSidecar);
  const { injection } = mesh.controlPlane;
  const labels = namespaceLabels(mesh, name);
  const isInjected = (own: Labels): boolean =>
    calledRevision(injection, { name, labels: own }, {}) !== undefined;
  if (!isInjected(labels))
    return inside.length === 0
      ? { kind: 'nothing-to-do' }
      : { kind: 'refused', why: 'asked-for-by-workloads' };
  const choice = withoutSidecars.find((one) => !isInjected(textMap({ ...labels, ...one })));
  if (choice === undefined) return { kind: 'refused', why: 'injector-insists' };
  const ref: ObjectRef = { kind: 'Namespace', namespace: '', name };
  const live = await read(ref);
  if (live.kind !== 'read') return live;
  const namespace = desire(ref, relabelled(live.manifest, choice));
  const after = withDesired(mesh, [namespace]);
  const reached = inside.filter(
    (one) => ROLLING.includes(one.ref.kind) && findWorkload(after, one.ref)?.wouldBe === 'none',
  );
  const restarts = await restartsOf(reached, { read, now });
  if (restarts.kind === 'failed') return restarts;
  return {
    kind: 'plan',
    desired: [namespace, ...restarts.desired],
    restarted: reached.map((one) => one.ref),
    notReached: inside.filter((one) => !reached.includes(one)).map((one) => one.ref),
  };
}

async function restartsOf(
  workloads: readonly Workload[],
  { read, now }: Reading,
): Promise<
  | { readonly kind: 'restarts'; readonly desired: readonly Desired[] }
  | Extract<WithdrawalPlan, { kind: 'failed' }>
> {
  const desired: Desired[] = [];
  for (const { ref } of workloads) {
    const template = await read(ref);
    if (template.kind !== 'read') return template;
    desired.push(desire(ref, withTemplate(template.manifest, { annotations: restartedAt(now) })));
  }
  return { kind: 'restarts', desired };
}

/** What a namespace may say so that no injector is called for its pods, the least first (R111). */
const withoutSidecars: readonly Relabelling[] = [
  { [ENABLED]: undefined, [REVISION]: undefined },
  { [ENABLED]: 'disabled', [REVISION]: undefined },
];

/** The same for the pods of one workload. */
const podsWithoutSidecar: readonly Relabelling[] = [
  { [INJECT]: undefined, [REVISION]: undefined },
  { [INJECT]: 'false', [REVISION]: undefined },
];

function hasSidecar({ dataPlanes, wouldBe }: Workload): boolean {
  const withSidecar = dataPlanes.some(({ dataPlane }) => dataPlane === 'sidecar');
  return withSidecar || (dataPlanes.length === 0 && wouldBe === 'sidecar');
}

async function planWorkload(
  mesh: Mesh,
  ref: WorkloadRef,
  { read, now }: Reading,
): Promise<WithdrawalPlan> {
  const workload = findWorkload(mesh, ref);
  if (workload?.dataPlane === 'ambient') return { kind: 'refused', why: 'ambient' };
  if (workload === undefined || !hasSidecar(workload)) return { kind: 'nothing-to-do' };
  if (!ROLLING.includes(ref.kind)) return { kind: 'refused', why: 'no-pod-template' };
  const labels = podLabelsWithout(mesh.controlPlane.injection, mesh, workload);
  const live = await read(ref);
  if (live.kind !== 'read') return live;
  const template = withTemplate(live.manifest, { labels, annotations: restartedAt(now) });
  const desired = desire(ref, template);
  const after = findWorkload(withDesired(mesh, [desired]), ref);
  if (after?.wouldBe !== 'none') return { kind: 'refused', why: 'injector-insists' };
  return { kind: 'plan', desired: [desired], restarted: [ref], notReached: [] };
}

/** The least that keeps the injector away; where nothing would, the engine says so of the result. */
function podLabelsWithout(injection: Injection, mesh: Mesh, workload: Workload): Relabelling {
  const { namespace: name, labels } = workload;
  const namespace = { name, labels: namespaceLabels(mesh, name) };
  const isInjected = (choice: Relabelling): boolean =>
    calledRevision(injection, namespace, textMap({ ...labels, ...choice })) !== undefined;
  return podsWithoutSidecar.find((choice) => !isInjected(choice)) ?? { [INJECT]: 'false' };
}
