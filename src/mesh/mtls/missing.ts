import type { Mesh } from '../model/mesh.ts';
import type { ObjectKind } from '../model/reference.ts';
import type { MissingFact } from './explanation.ts';

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
