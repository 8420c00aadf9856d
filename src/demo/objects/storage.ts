import type { KubeObject } from './json.ts';
import { withValue } from './json.ts';
import type { ResourceType } from './resources.ts';

/** One change, as etcd would keep it. `previous` is absent for `added`. */
export interface StoredEvent {
  readonly kind: 'added' | 'modified' | 'deleted';
  readonly revision: number;
  readonly type: ResourceType;
  readonly object: KubeObject;
  readonly previous?: KubeObject;
}

export interface Subscription {
  dispose(): void;
}

/** How many changes a watch may be behind before it gets 410 Gone. */
const keptEvents = 2000;
const firstRevision = 1000;

/**
 * The objects of the demo cluster with the history of their changes. Listeners hear every change
 * once, in order of revision, also when a listener writes while it is being told.
 */
export class Storage {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #listeners = new Set<(event: StoredEvent) => void>();
  readonly #history: StoredEvent[] = [];
  readonly #untold: StoredEvent[] = [];
  #telling = false;
  #revision = firstRevision;

  get revision(): number {
    return this.#revision;
  }

  get(type: ResourceType, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#objects.get(tableKey(type))?.get(objectKey(namespace, name));
  }

  /** In order of namespace and name. Without a namespace: of all namespaces. */
  list(type: ResourceType, namespace?: string): readonly KubeObject[] {
    const table = this.#objects.get(tableKey(type)) ?? new Map<string, KubeObject>();
    return inOrder(table, namespace);
  }

  /** The list as it was at a revision; `undefined` when history no longer reaches back to it. */
  listAt(
    type: ResourceType,
    namespace: string | undefined,
    revision: number,
  ): readonly KubeObject[] | undefined {
    const since = this.since(revision);
    if (since === undefined) return undefined;
    const table = new Map(this.#objects.get(tableKey(type)));
    for (const event of since.toReversed()) {
      if (tableKey(event.type) !== tableKey(type)) continue;
      const key = objectKey(event.object.metadata.namespace, event.object.metadata.name);
      if (event.kind === 'added' || event.previous === undefined) table.delete(key);
      else table.set(key, event.previous);
    }
    return inOrder(table, namespace);
  }

  /** Adds or replaces the object under a new resourceVersion, which the returned object carries. */
  put(type: ResourceType, object: KubeObject): KubeObject {
    const previous = this.get(type, object.metadata.namespace, object.metadata.name);
    const stored = this.#stamped(object);
    this.#table(type).set(objectKey(stored.metadata.namespace, stored.metadata.name), stored);
    const event = { revision: this.#revision, type, object: stored };
    this.#tell(previous ? { kind: 'modified', ...event, previous } : { kind: 'added', ...event });
    return stored;
  }

  /** Removes the object; the returned last state carries the resourceVersion of the removal. */
  remove(type: ResourceType, namespace: string | undefined, name: string): KubeObject | undefined {
    const previous = this.get(type, namespace, name);
    if (previous === undefined) return undefined;
    this.#table(type).delete(objectKey(namespace, name));
    const object = this.#stamped(previous);
    this.#tell({ kind: 'deleted', revision: this.#revision, type, object, previous });
    return object;
  }

  /** Every change after a revision; `undefined` when history no longer reaches back to it. */
  since(revision: number): readonly StoredEvent[] | undefined {
    const oldest = this.#history[0]?.revision ?? this.#revision + 1;
    if (revision < oldest - 1) return undefined;
    return this.#history.filter((event) => event.revision > revision);
  }

  subscribe(listener: (event: StoredEvent) => void): Subscription {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  #table(type: ResourceType): Map<string, KubeObject> {
    const key = tableKey(type);
    const table = this.#objects.get(key) ?? new Map<string, KubeObject>();
    this.#objects.set(key, table);
    return table;
  }

  #stamped(object: KubeObject): KubeObject {
    this.#revision += 1;
    const revision = String(this.#revision);
    return withValue(object, ['metadata', 'resourceVersion'], revision) as KubeObject;
  }

  #tell(event: StoredEvent): void {
    this.#history.push(event);
    if (this.#history.length > keptEvents) this.#history.shift();
    this.#untold.push(event);
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let next = this.#untold.shift(); next; next = this.#untold.shift()) {
        for (const listener of this.#listeners) listener(next);
      }
    } finally {
      this.#telling = false;
    }
  }
}

function tableKey(type: ResourceType): string {
  return `${type.group}/${type.plural}`;
}

function objectKey(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

function inOrder(
  table: ReadonlyMap<string, KubeObject>,
  namespace: string | undefined,
): readonly KubeObject[] {
  return [...table.entries()]
    .filter(([, object]) => namespace === undefined || object.metadata.namespace === namespace)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, object]) => object);
}
