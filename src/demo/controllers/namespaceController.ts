import { namespaces, resourceTypes } from '../api/resources.ts';
import type { StoredEvent } from '../api/storage.ts';
import type { Registry } from '../api/writes.ts';

/** Deleting a namespace deletes everything in it. */
export function reconcileNamespace(registry: Registry, event: StoredEvent): void {
  if (event.type !== namespaces || event.kind !== 'deleted') return;
  const { name } = event.object.metadata;
  for (const type of resourceTypes.filter((one) => one.namespaced)) {
    for (const object of registry.storage.list(type, name)) {
      registry.storage.remove(type, name, object.metadata.name);
    }
  }
}
