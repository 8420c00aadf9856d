import type {
  Desired,
  Injection,
  Labels,
  Mesh,
  NonEmpty,
  ObjectRef,
  WorkloadRef,
} from '../mesh/index.ts';
import {
  calledRevision,
  findWorkload,
  hasPodsOutside,
  namespaceLabels,
  withDesired,
  workloadsIn,
} from '../mesh/index.ts';
import { textMap } from '../sources/transport/jsonValue.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import type { Read } from './injectedManifest.ts';
import {
  AMBIENT,
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

/** What is to be brought into the mesh. */
export type InjectionTarget =
  | { readonly scope: 'namespace'; readonly namespace: string }
  | { readonly scope: 'workload'; readonly workload: WorkloadRef };

/** How to get sidecars into pods: labels to write and workloads that get new pods by it (R110 to R114). */
export type InjectionPlan =
  | {
      readonly kind: 'plan';
      readonly desired: NonEmpty<Desired>;
      /** Workloads whose pods are replaced; to be followed with `waitForRollout`. */
      readonly restarted: readonly WorkloadRef[];
      /** Workloads without a sidecar that will stay so: they opt out, or nothing makes new pods of them. */
      readonly notReached: readonly WorkloadRef[];
    }
  | { readonly kind: 'nothing-to-do' }
  | {
      readonly kind: 'refused';
      readonly why:
        | 'no-injector'
        | 'namespace-opts-out'
        | 'injector-declines'
        | 'no-pod-template'
        /** Ztunnel carries the traffic already; a sidecar would take the pods out of the ambient mesh (R80). */
        | 'ambient';
    }
  | { readonly kind: 'failed'; readonly cause: string };

/** Plans the change; nothing is written. `now` in milliseconds since the epoch. */
export async function planInjection(
  transport: KubeTransport,
  mesh: Mesh,
  target: InjectionTarget,
  options: { readonly now: number; readonly signal: AbortSignal },
): Promise<InjectionPlan> {
  const read = (ref: ObjectRef): Promise<Read> => readWritable(transport, ref, options.signal);
  switch (target.scope) {
    case 'namespace':
      return planNamespace(mesh, target.namespace, { read, now: options.now });
    case 'workload':
      return planWorkload(mesh, target.workload, { read, now: options.now });
  }
}

interface Reading {
  readonly now: number;
  readonly read: (ref: ObjectRef) => Promise<Read>;
}

async function planNamespace(
  mesh: Mesh,
  name: string,
  { read, now }: Reading,
): Promise<InjectionPlan> {
  if (isAmbient(mesh, name)) return { kind: 'refused', why: 'ambient' };
  const labels = injectingLabels(mesh.controlPlane.injection, {
    name,
    labels: namespaceLabels(mesh, name),
  });
  if (labels === undefined) return { kind: 'refused', why: 'no-injector' };
  const ref: ObjectRef = { kind: 'Namespace', namespace: '', name };
  const live = await read(ref);
  if (live.kind !== 'read') return live;
  const namespace = desire(ref, relabelled(live.manifest, labels));
  const after = withDesired(mesh, [namespace]);
  const outside = workloadsIn(after, name).filter(hasPodsOutside);
  const reached = outside.filter(
    (one) => one.wouldBe === 'sidecar' && ROLLING.includes(one.ref.kind),
  );
  const desired: Desired[] = [];
  for (const { ref: workload } of reached) {
    const template = await read(workload);
    if (template.kind !== 'read') return template;
    desired.push(
      desire(workload, withTemplate(template.manifest, { annotations: restartedAt(now) })),
    );
  }
  return {
    kind: 'plan',
    desired: [namespace, ...desired],
    restarted: reached.map((one) => one.ref),
    notReached: outside.filter((one) => !reached.includes(one)).map((one) => one.ref),
  };
}

/** Whether new pods of a labelled namespace, or of a workload in it, would leave the ambient mesh for a sidecar. */
export function isAmbient(mesh: Mesh, namespace: string): boolean {
  return (
    namespaceLabels(mesh, namespace)[AMBIENT] === 'ambient' ||
    workloadsIn(mesh, namespace).some(({ dataPlane }) => dataPlane === 'ambient')
  );
}

/** The labels that make the API server call an injector for pods of the namespace; `undefined` removes one (R111). */
function injectingLabels(
  injection: Injection,
  namespace: { readonly name: string; readonly labels: Labels },
): Readonly<Record<string, string | undefined>> | undefined {
  if (calledRevision(injection, namespace, {}) !== undefined) return {};
  const choices = [
    { [ENABLED]: 'enabled', [REVISION]: undefined },
    ...revisions(injection).map((revision) => ({ [REVISION]: revision, [ENABLED]: undefined })),
  ];
  return choices.find((choice) => {
    const labels = textMap({ ...namespace.labels, ...choice });
    return calledRevision(injection, { ...namespace, labels }, {}) !== undefined;
  });
}

function revisions({ injectors = [] }: Injection): readonly string[] {
  return [
    ...new Set(
      injectors.flatMap(({ tag, revision }) => (tag === undefined ? [revision] : [tag, revision])),
    ),
  ];
}

async function planWorkload(
  mesh: Mesh,
  ref: WorkloadRef,
  { read, now }: Reading,
): Promise<InjectionPlan> {
  const workload = findWorkload(mesh, ref);
  if (workload !== undefined && !hasPodsOutside(workload))
    return workload.dataPlane === 'ambient'
      ? { kind: 'refused', why: 'ambient' }
      : { kind: 'nothing-to-do' };
  if (workload === undefined || !ROLLING.includes(ref.kind))
    return { kind: 'refused', why: 'no-pod-template' };
  const namespace = { name: ref.namespace, labels: namespaceLabels(mesh, ref.namespace) };
  const labels = podLabels(mesh.controlPlane.injection, namespace, workload.labels);
  if (labels === undefined) {
    const optsOut =
      namespace.labels[ENABLED] !== undefined && namespace.labels[ENABLED] !== 'enabled';
    return { kind: 'refused', why: optsOut ? 'namespace-opts-out' : 'no-injector' };
  }
  const live = await read(ref);
  if (live.kind !== 'read') return live;
  const desired = desire(
    ref,
    withTemplate(live.manifest, { labels, annotations: restartedAt(now) }),
  );
  const after = findWorkload(withDesired(mesh, [desired]), ref);
  if (after?.wouldBe !== 'sidecar') return { kind: 'refused', why: 'injector-declines' };
  return { kind: 'plan', desired: [desired], restarted: [ref], notReached: [] };
}

/** The labels that make the API server call an injector for one pod; revisions only where they are needed (R111). */
function podLabels(
  injection: Injection,
  namespace: { readonly name: string; readonly labels: Labels },
  present: Labels,
): Labels | undefined {
  const choices = [
    { [INJECT]: 'true' },
    ...revisions(injection).map((revision) => ({ [INJECT]: 'true', [REVISION]: revision })),
  ];
  return choices.find(
    (choice) => calledRevision(injection, namespace, { ...present, ...choice }) !== undefined,
  );
}
