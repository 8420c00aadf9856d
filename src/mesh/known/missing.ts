import { memo } from '../model/kept.ts';
import type { Revision } from '../snapshot/controlPlane.ts';
import { kindsDeciding, type ObjectKind } from '../model/kinds.ts';
import { objectsIn, type Mesh } from '../snapshot/mesh.ts';
import type { Workload } from '../snapshot/workload.ts';
import type { MissingFact } from '../model/explanation.ts';

/**
 * More namespaces than this are not watched one by one, where a kind may not be listed everywhere: each
 * costs a connection for each kind.
 */
export const MAX_WATCHED_NAMESPACES = 40;

/** Whether there may be objects behind it: a kind that is not installed has none, and what is not found is not there. */
export function hidesObjects({ why }: MissingFact): boolean {
  return why !== 'not-installed' && why !== 'not-found';
}

/** The missing fact that hides the objects of a kind in a namespace, if there is one. */
export function missingFact(
  mesh: Mesh,
  kind: ObjectKind,
  namespace: string,
): MissingFact | undefined {
  if (mesh.missing.length === 0) return undefined;
  const facts = byPlace(mesh.missing);
  return facts.get(placeKey(kind, '')) ?? facts.get(placeKey(kind, namespace));
}

/** The first fact about each kind and namespace that hides objects: there may be one for each of many namespaces. */
const byPlace = memo((missing: readonly MissingFact[]): ReadonlyMap<string, MissingFact> => {
  const found = new Map<string, MissingFact>();
  for (const fact of missing.filter(hidesObjects)) {
    const key = placeKey(fact.kind, namespaceOf(fact));
    if (!found.has(key)) found.set(key, fact);
  }
  return found;
});

function placeKey(kind: ObjectKind, namespace: string): string {
  return `${kind}/${namespace}`;
}

/** Kinds whose templates make pods, as far as clusters are read. */
export const CONTROLLERS: readonly ObjectKind[] = kindsDeciding('pods-to-come');

/** What carries traffic: pods, and VMs. */
export const RUNNING: readonly ObjectKind[] = kindsDeciding('running');

/** The namespace that a fact is about, empty for all: one Namespace that is not known hides nothing of the others. */
function namespaceOf({ kind, namespace, name }: MissingFact): string {
  return kind === 'Namespace' ? (name ?? namespace) : namespace;
}

/** The missing fact that hides the objects of a kind in any namespace, if there is one. */
export function missingAnywhere(mesh: Mesh, kind: ObjectKind): MissingFact | undefined {
  return mesh.missing.find((fact) => fact.kind === kind && hidesObjects(fact));
}

/** The first of several facts that is missing, as the list that an unknown answer carries. */
export function missingAny(
  mesh: Mesh,
  kinds: readonly (readonly [kind: ObjectKind, namespace: string])[],
): readonly MissingFact[] {
  if (mesh.missing.length === 0) return [];
  const found = kinds.map(([kind, namespace]) => missingFact(mesh, kind, namespace));
  return [...new Set(found.filter((fact) => fact !== undefined))];
}

/**
 * The missing fact that hides a workload's pods. Its template tells what pods would
 * become, which must not be taken for what they are where pods may run unseen (R114), and cannot tell
 * it where labels or webhooks are hidden.
 */
export function missingPods(mesh: Mesh, workload: Workload): MissingFact | undefined {
  if (mesh.missing.length === 0 || workload.ref.kind === 'WorkloadEntry') return undefined;
  if (workload.pods.some(({ phase }) => phase !== '')) return undefined;
  const { namespace } = workload.ref;
  return missingFact(mesh, 'Pod', namespace) ?? missingForecast(mesh, workload);
}

/** The missing fact that would say what new pods of a workload would be (R80, R110 to R112). */
export function missingForecast(mesh: Mesh, workload: Workload): MissingFact | undefined {
  if (mesh.missing.length === 0) return undefined;
  const { kind, name } = workload.ref;
  const template = objectsIn(mesh, workload.namespace).controllers.get(`${kind}/${name}`)?.template;
  const hidden = template === undefined ? missingFact(mesh, kind, workload.namespace) : undefined;
  if (hidden !== undefined) return hidden;
  const { hostNetwork, proxy } = template ?? workload.variants[0].shape;
  if (hostNetwork || proxy?.role !== undefined) return undefined;
  return missingInjection(mesh, workload.namespace);
}

/** The missing fact that would say what a namespace makes of pods without labels of their own. */
export function missingInjection(mesh: Mesh, namespace: string): MissingFact | undefined {
  return (
    missingLabels(mesh, namespace) ??
    missingFact(mesh, 'MutatingWebhookConfiguration', '') ??
    missingFact(mesh, 'ConfigMap', mesh.rootNamespace)
  );
}

/** The missing fact that hides the switches of a control plane: its istiod may run unseen (R251). */
export function missingIstiod(mesh: Mesh, { env }: Revision): MissingFact | undefined {
  return env === undefined ? missingAnywhere(mesh, 'Deployment') : undefined;
}

/** The missing fact that hides the labels of a namespace. */
export function missingLabels(mesh: Mesh, namespace: string): MissingFact | undefined {
  if (mesh.missing.length === 0 || mesh.namespaces.get(namespace)?.namespace !== undefined)
    return undefined;
  return missingFact(mesh, 'Namespace', namespace);
}
