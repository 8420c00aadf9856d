/** A Kubernetes object as the scripted server keeps it. */
export interface StoredObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export interface StoredEvent {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: StoredObject;
}

export interface StoredPage {
  readonly version: number;
  readonly items: readonly StoredObject[];
  /** Empty after the last page. */
  readonly next: string;
}

/** What a scripted server stores, with one revision for all kinds as etcd has. */
export interface ScriptedStore {
  /** The newest revision. */
  readonly version: number;
  /** Creates or changes an object; its label `revision` tells versions apart after decoding. */
  put(plural: string, name: string, namespace?: string): void;
  remove(plural: string, name: string, namespace?: string): void;
  list(plural: string): readonly StoredObject[];
  /**
   * One page of a list as it was when its first page was asked for; undefined when that was
   * compacted away. `token` is empty for the first page.
   */
  page(plural: string, limit: number, token: string): StoredPage | undefined;
  /** Events after a revision, or undefined when they were compacted away. */
  since(plural: string, version: number): readonly StoredEvent[] | undefined;
  /** Forgets all events so far. */
  compact(): void;
  onEvent(plural: string, listener: (event: StoredEvent) => void): () => void;
}

export function scriptedStore(): ScriptedStore {
  const objects = new Map<string, Map<string, StoredObject>>();
  const history = new Map<string, StoredEvent[]>();
  const listeners = new Map<string, Set<(event: StoredEvent) => void>>();
  const snapshots = new Map<string, readonly StoredObject[]>();
  let version = 1;
  let compacted = 0;

  function record(plural: string, type: StoredEvent['type'], object: StoredObject): void {
    const event = { version, type, object };
    entry(history, plural, () => []).push(event);
    for (const listener of [...(listeners.get(plural) ?? [])]) listener(event);
  }

  function list(plural: string): readonly StoredObject[] {
    return [...(objects.get(plural)?.values() ?? [])];
  }

  function page(plural: string, limit: number, token: string): StoredPage | undefined {
    const [at = version, start = 0] = token === '' ? [] : token.split(':').map(Number);
    const key = `${plural}:${at}`;
    if (token === '') snapshots.set(key, list(plural));
    const all = snapshots.get(key);
    if (all === undefined) return undefined;
    const end = start + limit;
    const next = end < all.length ? `${at}:${end}` : '';
    if (next === '') snapshots.delete(key);
    return { version: at, items: all.slice(start, end), next };
  }

  return {
    get version() {
      return version;
    },
    put: (plural, name, namespace) => {
      const kept = entry(objects, plural, () => new Map<string, StoredObject>());
      const key = `${namespace ?? ''}/${name}`;
      const type = kept.has(key) ? 'MODIFIED' : 'ADDED';
      version += 1;
      const object = newObject(name, namespace, version);
      kept.set(key, object);
      record(plural, type, object);
    },
    remove: (plural, name, namespace) => {
      const kept = objects.get(plural);
      const key = `${namespace ?? ''}/${name}`;
      const object = kept?.get(key);
      if (kept === undefined || object === undefined) return;
      kept.delete(key);
      version += 1;
      const metadata = { ...object.metadata, resourceVersion: String(version) };
      record(plural, 'DELETED', { ...object, metadata });
    },
    list,
    page,
    since: (plural, from) => {
      if (from < compacted) return undefined;
      return (history.get(plural) ?? []).filter((event) => event.version > from);
    },
    compact: () => {
      compacted = version;
      history.clear();
      snapshots.clear();
    },
    onEvent: (plural, listener) => {
      const of = entry(listeners, plural, () => new Set<(event: StoredEvent) => void>());
      of.add(listener);
      return () => of.delete(listener);
    },
  };
}

function newObject(name: string, namespace: string | undefined, version: number): StoredObject {
  return {
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      resourceVersion: String(version),
      labels: { revision: String(version) },
    },
    spec: {},
  };
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  const kept = map.get(key) ?? make();
  map.set(key, kept);
  return kept;
}
