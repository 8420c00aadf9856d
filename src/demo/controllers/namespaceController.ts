import { markDeleted } from '../api/deletes.ts';
import { namespaces, pods, resourceTypes } from '../objects/resources.ts';
import type { StoredEvent } from '../objects/storage.ts';
import type { Registry } from '../api/writes.ts';
import { isTerminating } from './podStatus.ts';

/** A namespace that is deleted stays until everything in it is gone; its pods take the longest. */
export function reconcileNamespace({ storage }: Registry, event: StoredEvent): void {
  if (event.type === namespaces && event.kind === 'modified' && isTerminating(event.object)) {
    const { name } = event.object.metadata;
    empty(storage, name);
    removeIfEmpty(storage, name);
  }
  if (event.type === pods && event.kind === 'deleted')
    removeIfEmpty(storage, event.object.metadata.namespace ?? '');
}

function empty(storage: Registry['storage'], namespace: string): void {
  for (const type of resourceTypes.filter((one) => one.namespaced && one !== pods)) {
    for (const object of storage.list(type, namespace)) {
      storage.remove(type, namespace, object.metadata.name);
    }
  }
  for (const pod of storage.list(pods, namespace)) markDeleted(storage, pod);
}

function removeIfEmpty(storage: Registry['storage'], name: string): void {
  const namespace = storage.get(namespaces, undefined, name);
  if (namespace === undefined || !isTerminating(namespace)) return;
  if (storage.list(pods, name).length === 0) storage.remove(namespaces, undefined, name);
}
