import type { MissingFact } from '../model/explanation.ts';
import type { ControlPlane, Overrides, Revision } from './controlPlane.ts';
import { hasNoLabels, matchesLabels, selectorIndex, type SelectorIndex } from '../model/labels.ts';
import { memo } from '../model/kept.ts';
import { emptyNamespace, type NamespaceObjects } from './namespaceObjects.ts';
import type {
  DestinationRule,
  Labels,
  MutatingWebhookConfiguration,
  PeerAuthentication,
  Service,
} from '../model/objects.ts';
import { refKey, type WorkloadRef } from '../model/reference.ts';
import { workloadsOf, type Workload } from './workload.ts';

/** Everything that is known about a mesh at one moment. Immutable: a change makes a new one. */
export interface Mesh {
  /** The root namespace of the default control plane. */
  readonly rootNamespace: string;
  /** What could not be read; answers that depend on it are unknown. */
  readonly missing: readonly MissingFact[];
  readonly controlPlane: ControlPlane;
  readonly namespaces: ReadonlyMap<string, NamespaceObjects>;
  readonly webhooks: ReadonlyMap<string, MutatingWebhookConfiguration>;
  readonly overrides: Overrides;
  /** Manifests that an API server refuses, by `refKey`: no part of the mesh, and in `missing`. */
  readonly refused: ReadonlyMap<string, MissingFact>;
  readonly meshWide: MeshWideFacts;
}

/**
 * What the answers for every namespace depend on besides its own objects. The same object for as long as
 * none of it changes, so that answers may be kept with it.
 */
export interface MeshWideFacts {
  readonly controlPlane: ControlPlane;
  readonly missing: readonly MissingFact[];
  /** Of the root namespace of each revision: its policies and its labels. */
  readonly roots: readonly unknown[];
}

/** A namespace, or a name that only objects refer to. */
export interface NamespaceEntry {
  readonly name: string;
  readonly labels: Labels;
  /** False when no Namespace object was read: only objects inside it were. */
  readonly exists: boolean;
}

const NO_LABELS: Labels = Object.freeze({});
const emptyNamespaces = new Map<string, NamespaceObjects>();

/** The objects of a namespace; none for a namespace that nobody mentions. */
export function objectsIn(mesh: Mesh, namespace: string): NamespaceObjects {
  const objects = mesh.namespaces.get(namespace) ?? emptyNamespaces.get(namespace);
  if (objects !== undefined) return objects;
  if (emptyNamespaces.size > 1000) emptyNamespaces.clear();
  const empty = emptyNamespace(namespace);
  emptyNamespaces.set(namespace, empty);
  return empty;
}

const entries = memo(
  (namespaces: ReadonlyMap<string, NamespaceObjects>): readonly NamespaceEntry[] =>
    [...namespaces.values()]
      .map((objects) => ({
        name: objects.name,
        labels: objects.namespace?.labels ?? NO_LABELS,
        exists: objects.namespace !== undefined,
      }))
      .sort((left, right) => (left.name < right.name ? -1 : 1)),
);

/** Every namespace that exists or is referred to, by name. */
export function namespacesOf(mesh: Mesh): readonly NamespaceEntry[] {
  return entries(mesh.namespaces);
}

export function namespaceLabels(mesh: Mesh, namespace: string): Labels {
  return mesh.namespaces.get(namespace)?.namespace?.labels ?? NO_LABELS;
}

/** The control plane of a revision; a revision nobody knows works as the default one does. */
export function revisionOf(mesh: Mesh, name: string | undefined): Revision {
  const { revisions, defaultRevision } = mesh.controlPlane;
  if (name === undefined) return defaultRevision;
  return revisions.get(name) ?? { ...defaultRevision, name };
}

/** The workloads of a namespace, by name and then kind. */
export function workloadsIn(mesh: Mesh, namespace: string): readonly Workload[] {
  return workloadsOf(objectsIn(mesh, namespace), mesh.controlPlane);
}

export function* allWorkloads(mesh: Mesh): Iterable<Workload> {
  for (const objects of mesh.namespaces.values()) yield* workloadsOf(objects, mesh.controlPlane);
}

const byKey = memo(
  (workloads: readonly Workload[]): ReadonlyMap<string, Workload> =>
    new Map(workloads.map((workload) => [refKey(workload.ref), workload])),
);

/** Up to this many workloads trying each is faster than indexing them first. */
const FEW = 32;

export function findWorkload(mesh: Mesh, ref: WorkloadRef): Workload | undefined {
  const workloads = workloadsIn(mesh, ref.namespace);
  if (workloads.length > FEW) return byKey(workloads).get(refKey(ref));
  return workloads.find(({ name, ref: known }) => name === ref.name && known.kind === ref.kind);
}

const byPod = memo((workloads: readonly Workload[]): ReadonlyMap<string, Workload> => {
  const found = new Map<string, Workload>();
  for (const workload of workloads) for (const pod of workload.pods) found.set(pod.name, workload);
  return found;
});

export function workloadOfPod(mesh: Mesh, namespace: string, pod: string): Workload | undefined {
  return byPod(workloadsIn(mesh, namespace)).get(pod);
}

const sortedServices = memo((services: NamespaceObjects['services']): readonly Service[] =>
  sortedByName(services.values()),
);

export function servicesIn(mesh: Mesh, namespace: string): readonly Service[] {
  return sortedServices(objectsIn(mesh, namespace).services);
}

const serviceIndex = memo((services: NamespaceObjects['services']): SelectorIndex<Service> =>
  selectorIndex(sortedServices(services), (service) => service.selector),
);

/** The Services of the workload's namespace whose selector the labels of some of its pods satisfy. */
export function servicesSelecting(mesh: Mesh, workload: Workload): readonly Service[] {
  const { services } = objectsIn(mesh, workload.namespace);
  if (services.size === 0) return [];
  const index = serviceIndex(services);
  const { variants } = workload;
  if (variants.length === 1) return index.matching(workload.labels);
  return [...new Set(variants.flatMap(({ shape }) => index.matching(shape.labels)))];
}

const workloadIndex = memo(
  (
    workloads: readonly Workload[],
  ): ReadonlyMap<string, ReadonlyMap<string, readonly Workload[]>> => {
    const filed = new Map<string, Map<string, Workload[]>>();
    for (const workload of workloads) {
      for (const { shape } of workload.variants) fileByLabels(filed, workload, shape.labels);
    }
    return filed;
  },
);

function fileByLabels(
  filed: Map<string, Map<string, Workload[]>>,
  workload: Workload,
  labels: Labels,
): void {
  for (const key in labels) {
    const value = labels[key] ?? '';
    const byValue = filed.get(key) ?? new Map<string, Workload[]>();
    filed.set(key, byValue);
    const same = byValue.get(value);
    if (same === undefined) byValue.set(value, [workload]);
    else if (same.at(-1) !== workload) same.push(workload);
  }
}

/** The workloads of a namespace of which some pods have every label of `selector`; none for an empty selector. */
export function workloadsWithLabels(
  mesh: Mesh,
  namespace: string,
  selector: Labels,
): readonly Workload[] {
  const workloads = workloadsIn(mesh, namespace);
  if (hasNoLabels(selector)) return [];
  let fewest: readonly Workload[] = workloads;
  const index = workloads.length > FEW ? workloadIndex(workloads) : undefined;
  for (const key in selector) {
    const candidates = index?.get(key)?.get(selector[key] ?? '');
    if (index !== undefined && candidates === undefined) return [];
    if (candidates !== undefined && candidates.length < fewest.length) fewest = candidates;
  }
  return fewest.filter(({ variants }) =>
    variants.some(({ shape }) => matchesLabels(selector, shape.labels)),
  );
}

/** The workloads that a Service's selector selects. */
export function workloadsBehind(mesh: Mesh, service: Service): readonly Workload[] {
  return service.selector === undefined
    ? []
    : workloadsWithLabels(mesh, service.namespace, service.selector);
}

const sortedPolicies = memo(
  (policies: NamespaceObjects['peerAuthentications']): readonly PeerAuthentication[] =>
    sortedByName(policies.values()),
);

export function peerAuthenticationsIn(
  mesh: Mesh,
  namespace: string,
): readonly PeerAuthentication[] {
  return sortedPolicies(objectsIn(mesh, namespace).peerAuthentications);
}

const sortedRules = memo(
  (rules: NamespaceObjects['destinationRules']): readonly DestinationRule[] =>
    sortedByName(rules.values()),
);

export function destinationRulesIn(mesh: Mesh, namespace: string): readonly DestinationRule[] {
  return sortedRules(objectsIn(mesh, namespace).destinationRules);
}

function sortedByName<T extends { readonly name: string }>(items: Iterable<T>): readonly T[] {
  return [...items].sort((left, right) => (left.name < right.name ? -1 : 1));
}
