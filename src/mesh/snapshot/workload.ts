import { NO_LABELS } from '../model/json.ts';
import type { DataPlane } from '../model/mode.ts';
import type { ControlPlane } from './controlPlane.ts';
import { SILENT_POD, dataPlaneOfPod, hasEnded } from './dataPlane.ts';
import { wouldBe, type WouldBe } from './injection.ts';
import { matchesLabels } from '../model/labels.ts';
import { memoPair } from '../model/kept.ts';
import { keyIn, type NamespaceObjects } from './namespaceObjects.ts';
import { controllerOf } from './owner.ts';
import type {
  ContainerPort,
  Labels,
  Pod,
  PodShape,
  WorkloadController,
  WorkloadEntry,
} from '../model/objects.ts';
import type { WorkloadRef } from '../model/reference.ts';

/** Pods of a workload that the mesh treats alike; without pods, what its template would become. */
export interface Variant {
  readonly dataPlane: DataPlane;
  readonly shape: PodShape;
  readonly pods: readonly Pod[];
  /** The control plane that serves these pods; undefined for the default one (R121). */
  readonly revision: string | undefined;
  /** The endpoint's tlsMode is `istio`, the only thing auto mTLS looks at (R119, R147). */
  readonly tlsMode: boolean;
}

/** A top-level controller, a bare Pod or a VM, with the pods that belong to it. */
export interface Workload {
  readonly ref: WorkloadRef;
  readonly namespace: string;
  readonly name: string;
  /** The labels of its pods, which policies select (R7). */
  readonly labels: Labels;
  readonly serviceAccount: string;
  /** What most of its pods are; without pods, what new ones would be. */
  readonly dataPlane: DataPlane;
  readonly dataPlanes: readonly { readonly dataPlane: DataPlane; readonly pods: number }[];
  /** Never empty. */
  readonly variants: readonly [Variant, ...Variant[]];
  readonly pods: readonly Pod[];
  /** Declared container ports, the proxy's own left out. */
  readonly ports: readonly ContainerPort[];
  readonly containers: readonly string[];
  /** What a pod made now would be (R80, R110 to R112). */
  readonly wouldBe: DataPlane;
  /** Nothing of it can be called: it is scaled to zero, or all its pods have ended. */
  readonly isAtRest: boolean;
}

/** The workloads of a namespace, by name and then kind. */
export const workloadsOf = memoPair(
  (objects: NamespaceObjects, controlPlane: ControlPlane): readonly Workload[] => {
    const workloads: Workload[] = [];
    for (const group of groupsIn(objects).values()) {
      workloads.push(workloadOf(group, objects, controlPlane));
    }
    for (const entry of objects.workloadEntries.values()) workloads.push(workloadOfEntry(entry));
    return workloads.sort(byNameAndKind);
  },
);

function byNameAndKind(left: Workload, right: Workload): number {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1;
  return left.ref.kind < right.ref.kind ? -1 : 1;
}

/** A top-level controller, read or only named by its pods, or a bare Pod. */
interface Group {
  readonly kind: WorkloadRef['kind'];
  readonly name: string;
  readonly pods: Pod[];
  readonly controller?: WorkloadController;
}

function groupsIn(objects: NamespaceObjects): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const [key, controller] of objects.controllers) {
    const { kind, name, owner } = controller;
    // A controller that another controller owns stands behind that one.
    if (owner !== undefined && controllerOf(owner, NO_LABELS, objects) !== undefined) continue;
    groups.set(key, { kind, name, controller, pods: [] });
  }
  for (const pod of objects.pods.values()) {
    const { kind, name } = controllerOf(pod.owner, pod.labels, objects) ?? pod;
    const key = keyIn('controllers', kind, name);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { kind, name, pods: [pod] });
    else group.pods.push(pod);
  }
  return groups;
}

function workloadOf(group: Group, objects: NamespaceObjects, controlPlane: ControlPlane): Workload {
  const { kind, name, controller } = group;
  // Copied, because an array that has grown keeps room for 17.
  const pods = [...group.pods];
  const shape = controller?.template ?? pods[0] ?? SILENT_POD;
  const labels = objects.namespace?.labels ?? NO_LABELS;
  const fresh = wouldBe(controlPlane.injection, { name: objects.name, labels }, shape);
  const variants = variantsOf(pods, shape, fresh);
  const first = variants[0];
  return {
    ref: { kind, namespace: objects.name, name },
    namespace: objects.name,
    name,
    labels: first.shape.labels,
    serviceAccount: first.shape.serviceAccount,
    dataPlane: first.dataPlane,
    dataPlanes: countDataPlanes(variants),
    variants,
    pods,
    ports: portsOf(shape),
    containers: first.shape.containers.map((container) => container.name),
    wouldBe: fresh.dataPlane,
    isAtRest: isAtRest(pods, controller),
  };
}

/** A template without any pods stands for those that it will make: most manifests have none. */
function isAtRest(pods: readonly Pod[], controller: WorkloadController | undefined): boolean {
  return pods.length === 0 ? controller?.scaledToZero === true : pods.every(hasEnded);
}

type Variants = readonly [Variant, ...Variant[]];

/** Running pods by what they are; the biggest group comes first. Finished pods count only when alone. */
function variantsOf(pods: readonly Pod[], template: PodShape, fresh: WouldBe): Variants {
  const groups: [Variant, Pod[]][] = [];
  for (const pod of pods) {
    if (hasEnded(pod)) continue;
    const variant = isOnlyWritten(pod) ? writtenVariant(pod, fresh) : variantOfPod(pod);
    const same = groups.find(([known]) => isAlike(known, variant));
    if (same === undefined) groups.push([variant, [pod]]);
    else same[1].push(pod);
  }
  groups.sort(([, left], [, right]) => right.length - left.length);
  const [first, ...rest] = groups.map(([variant, members]) => ({
    ...variant,
    // The very same array where there is nothing to tell apart: most workloads have but one variant.
    pods: members.length === pods.length ? pods : members,
  }));
  return first === undefined ? [variantOfTemplate(template, fresh)] : [first, ...rest];
}

/** A manifest that no cluster has run: it shows no proxy because injection has not happened yet (R114). */
function isOnlyWritten(pod: Pod): boolean {
  return pod.phase === '' && dataPlaneOfPod(pod) === 'none';
}

function writtenVariant(pod: Pod, fresh: WouldBe): Variant {
  return { ...variantOfTemplate(pod, fresh), pods: [pod] };
}

function variantOfPod(pod: Pod): Variant {
  return {
    dataPlane: dataPlaneOfPod(pod),
    shape: pod,
    pods: [pod],
    revision: pod.annotations['istio.io/rev'] ?? pod.injectedBy ?? undefined,
    tlsMode: pod.labels['security.istio.io/tlsMode'] === 'istio',
  };
}

/** A sidecar's template sets the label unless the pod template already has it (R119). */
function variantOfTemplate(template: PodShape, fresh: WouldBe): Variant {
  const preset = template.labels['security.istio.io/tlsMode'];
  return {
    dataPlane: fresh.dataPlane,
    shape: template,
    pods: [],
    revision: fresh.revision,
    tlsMode: (preset ?? (fresh.dataPlane === 'sidecar' ? 'istio' : '')) === 'istio',
  };
}

/** Labels that differ between the pods of one controller without any meaning for policies. */
const PER_POD_LABELS: readonly string[] = [
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-completion-index',
];

function isAlike(left: Variant, right: Variant): boolean {
  return (
    left.dataPlane === right.dataPlane &&
    left.revision === right.revision &&
    left.tlsMode === right.tlsMode &&
    sameLabels(left.shape.labels, right.shape.labels) &&
    matchesLabels(left.shape.annotations, right.shape.annotations) &&
    matchesLabels(right.shape.annotations, left.shape.annotations)
  );
}

function sameLabels(left: Labels, right: Labels): boolean {
  for (const key in left) {
    if (left[key] !== right[key] && !PER_POD_LABELS.includes(key)) return false;
  }
  for (const key in right) {
    if (left[key] === undefined && !PER_POD_LABELS.includes(key)) return false;
  }
  return true;
}

/** Whether any pod has no data plane; without pods, whether the next one would have none. */
export function hasPodsOutside({ dataPlane, dataPlanes }: Workload): boolean {
  return dataPlane === 'none' || dataPlanes.some((part) => part.dataPlane === 'none');
}

function countDataPlanes(variants: Variants): Workload['dataPlanes'] {
  const [{ dataPlane: only, pods: all }] = variants;
  if (variants.length === 1) return [{ dataPlane: only, pods: all.length }];
  const counts = new Map<DataPlane, number>();
  for (const { dataPlane, pods } of variants) {
    counts.set(dataPlane, (counts.get(dataPlane) ?? 0) + pods.length);
  }
  return [...counts].map(([dataPlane, pods]) => ({ dataPlane, pods }));
}

function portsOf(shape: PodShape): readonly ContainerPort[] {
  const [only] = shape.containers;
  if (shape.containers.length === 1 && only?.name !== 'istio-proxy') return only?.ports ?? [];
  return shape.containers.flatMap((container) =>
    container.name === 'istio-proxy' ? [] : container.ports,
  );
}

/** A VM has a proxy of its own when it has an identity: its service account (R147). */
export function workloadOfEntry(entry: WorkloadEntry): Workload {
  const tlsLabel = entry.labels['security.istio.io/tlsMode'];
  const tlsMode =
    tlsLabel === undefined ? (entry.serviceAccount ?? '') !== '' : tlsLabel === 'istio';
  const serviceAccount = entry.serviceAccount ?? 'default';
  const dataPlane: DataPlane = tlsMode ? 'sidecar' : 'none';
  const portMap = new Map(Object.entries(entry.ports));
  const shape: PodShape = { ...SILENT_POD, labels: entry.labels, serviceAccount, portMap };
  const ports = Object.entries(entry.ports).map(([name, port]): ContainerPort => ({
    port,
    name,
    protocol: 'TCP',
  }));
  return {
    ref: { kind: 'WorkloadEntry', namespace: entry.namespace, name: entry.name },
    namespace: entry.namespace,
    name: entry.name,
    labels: entry.labels,
    serviceAccount,
    dataPlane,
    dataPlanes: [{ dataPlane, pods: 0 }],
    variants: [{ dataPlane, shape, pods: [], revision: entry.labels['istio.io/rev'], tlsMode }],
    pods: [],
    ports,
    containers: [],
    wouldBe: dataPlane,
    isAtRest: false,
  };
}
