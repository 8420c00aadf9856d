import { memo } from '../../model/kept.ts';
import { workloadsIn, type Mesh } from '../../snapshot/mesh.ts';
import type { NamespaceObjects } from '../../snapshot/namespaceObjects.ts';

/**
 * Whether the mesh holds what a cluster has. Of manifests alone nobody knows what else there is: that something is not
 * among them does not mean that it does not exist.
 */
export const isCluster = memo((mesh: Mesh): boolean => {
  for (const objects of mesh.namespaces.values()) {
    if (holdsLiveObjects(objects)) return true;
  }
  return false;
});

const holdsLiveObjects = memo((objects: NamespaceObjects): boolean => {
  if (objects.namespace?.origin.kind === 'cluster') return true;
  for (const collection of Object.values(objects) as readonly unknown[]) {
    if (!(collection instanceof Map)) continue;
    for (const { origin } of collection.values() as Iterable<{
      readonly origin: { readonly kind: string };
    }>) {
      if (origin.kind === 'cluster') return true;
    }
  }
  return false;
});

/** Whether a workload that is not among those of a namespace is not there: some of its workloads are known at least. */
export function knowsWorkloads(mesh: Mesh, namespace: string): boolean {
  return isCluster(mesh) || workloadsIn(mesh, namespace).length > 0;
}

/** Whether a Service that is not among those of a namespace is not there: some of its Services are known at least. */
export function knowsServices(mesh: Mesh, namespace: string): boolean {
  return isCluster(mesh) || (mesh.namespaces.get(namespace)?.services.size ?? 0) > 0;
}
