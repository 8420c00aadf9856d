import type { MeshObject } from '../model/objects.ts';
import type { ObjectRef } from '../model/reference.ts';
import { objectsIn, type Mesh } from './mesh.ts';
import { collectionOf, keyIn } from './namespaceObjects.ts';

/** The object of that kind and name; undefined when the mesh has none. */
export function findObject(
  mesh: Mesh,
  { kind, namespace, name }: ObjectRef,
): MeshObject | undefined {
  if (kind === 'Namespace') return mesh.namespaces.get(name)?.namespace;
  if (kind === 'MutatingWebhookConfiguration') return mesh.webhooks.get(name);
  const collection = collectionOf(kind);
  return collection && objectsIn(mesh, namespace)[collection].get(keyIn(collection, kind, name));
}
