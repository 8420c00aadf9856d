import type { Mesh } from '../model/mesh.ts';
import type { ObjectKind } from '../model/reference.ts';
import type { Workload } from '../model/workload.ts';
import type { MissingFact } from './explanation.ts';

/**
 * More namespaces than this are not watched one by one, where a kind may not be listed everywhere: each
 * costs a connection for each kind.
 */
export const MAX_WATCHED_NAMESPACES = 40;

/**
 * The fact that keeps the objects of a kind in a namespace from being known, if there is one. A kind
 * that is not installed is not missing: there are no such objects.
 */
export function missingFact(
  mesh: Mesh,
  kind: ObjectKind,
  namespace: string,
): MissingFact | undefined {
  if (mesh.missing.length === 0) return undefined;
  return mesh.missing.find(
    (fact) =>
      fact.kind === kind &&
      (fact.namespace === '' || fact.namespace === namespace) &&
      fact.why !== 'not-installed' &&
      fact.why !== 'not-found',
  );
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
 * The fact that keeps a workload's pods from being known. Its template tells what pods would become,
 * which must not be taken for what they are where pods may run unseen (R114).
 */
export function missingPods(mesh: Mesh, { ref, pods }: Workload): MissingFact | undefined {
  if (mesh.missing.length === 0 || pods.length > 0 || ref.kind === 'WorkloadEntry')
    return undefined;
  return missingFact(mesh, 'Pod', ref.namespace);
}
