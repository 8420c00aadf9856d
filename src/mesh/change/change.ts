import { decode } from '../decode/decode.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { findWorkload } from '../snapshot/mesh.ts';
import type { MeshObject } from '../model/objects.ts';
import { updateMesh } from '../snapshot/buildMesh.ts';
import type { ObjectRef, WorkloadRef } from '../model/reference.ts';

/** What one object should become; `after` absent asks for its deletion. */
export interface Desired {
  readonly ref: ObjectRef;
  readonly apiVersion: string;
  readonly after: Manifest | undefined;
}

/** One object before and after: absent before means created, absent after means deleted. */
export interface Change {
  readonly ref: ObjectRef;
  readonly before: Manifest | undefined;
  readonly after: Manifest | undefined;
}

/** The change that takes the object back. `inverse(inverse(change))` equals `change`. */
export function inverse(change: Change): Change {
  return { ref: change.ref, before: change.after, after: change.before };
}

/** What to ask for so that changes are taken back, the last one first. */
export function takenBack(changes: readonly Change[]): readonly Desired[] {
  return changes.toReversed().flatMap((change) => {
    const { ref, before, after } = inverse(change);
    const { apiVersion } = after ?? before ?? {};
    return apiVersion === undefined ? [] : [{ ref, apiVersion, after }];
  });
}

/** The mesh as it would be with the desired objects in place; objects that exist keep their age (R9). */
export function withDesired(mesh: Mesh, desired: readonly Desired[]): Mesh {
  const upsert: MeshObject[] = [];
  const remove: ObjectRef[] = [];
  for (const { ref, after } of desired) {
    if (after === undefined) {
      remove.push(ref);
      continue;
    }
    const { object } = decode(after, { kind: 'cluster' });
    if (object !== undefined) upsert.push(object);
  }
  return updateMesh(mesh, { upsert, remove });
}

/** The mesh once pods are replaced: running pods are judged as they are, new ones as their template says (R114). */
export function withRestarted(mesh: Mesh, workloads: readonly WorkloadRef[]): Mesh {
  const pods = workloads.flatMap((ref) => findWorkload(mesh, ref)?.pods ?? []);
  const remove = pods.map(({ namespace, name }): ObjectRef => ({ kind: 'Pod', namespace, name }));
  return updateMesh(mesh, { remove });
}
