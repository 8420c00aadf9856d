import { decodeObject } from '../../src/sources/yaml/decodeObject.ts';
import { buildMesh } from '../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../src/mesh/snapshot/mesh.ts';
import { findWorkload, workloadOfPod } from '../../src/mesh/snapshot/mesh.ts';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import type { MeshObject } from '../../src/mesh/model/objects.ts';
import type { Workload } from '../../src/mesh/snapshot/workload.ts';

/** Decodes manifests as a cluster would hand them out; kinds the engine does not read are left out. */
export function decodeAll(manifests: readonly Manifest[]): readonly MeshObject[] {
  return manifests.flatMap((value) => {
    const { object } = decodeObject(value, { kind: 'cluster' });
    return object === undefined ? [] : [object];
  });
}

export function meshOf(manifests: readonly Manifest[]): Mesh {
  return buildMesh({ objects: decodeAll(manifests) });
}

/** The workload that a pod, or the machine of a WorkloadEntry, belongs to. */
export function workloadOf(mesh: Mesh, { kind, metadata }: Manifest): Workload | undefined {
  const { namespace = '', name } = metadata;
  if (kind !== 'WorkloadEntry') return workloadOfPod(mesh, namespace, name);
  return findWorkload(mesh, { kind, namespace, name });
}
