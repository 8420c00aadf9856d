import { ALL_KINDS, kindEntry, type Collection, type KindIn } from '../model/kinds.ts';
import type { MeshObject, Namespace } from '../model/objects.ts';

/** The objects of a namespace in maps by name, or by `Kind/name` where one map holds several kinds. */
type Collections = {
  readonly [C in Collection]: ReadonlyMap<string, Extract<MeshObject, { kind: KindIn<C> }>>;
};

/**
 * The objects of one namespace. A change of one object makes a new value, which shares the maps of every kind that
 * did not change: what is computed from this value or from a map stays valid as long as that value or map lives.
 */
export interface NamespaceObjects extends Collections {
  readonly name: string;
  /** Undefined when the namespace is only referred to. */
  readonly namespace: Namespace | undefined;
}

const EMPTY: ReadonlyMap<string, never> = new Map<string, never>();

const COLLECTIONS: readonly Collection[] = [
  ...new Set(ALL_KINDS.flatMap((kind) => kindEntry(kind).keptIn ?? [])),
];

const EMPTY_COLLECTIONS = Object.fromEntries(
  COLLECTIONS.map((collection) => [collection, EMPTY]),
) as unknown as Collections;

export function emptyNamespace(name: string): NamespaceObjects {
  return { name, namespace: undefined, ...EMPTY_COLLECTIONS };
}

/** Where an object of a kind is kept; undefined for kinds that do not live in a namespace's maps. */
export function collectionOf(kind: MeshObject['kind']): Collection | undefined {
  return kindEntry(kind).keptIn;
}

/** The maps that hold several kinds, whose objects may share a name. */
const SHARED: ReadonlySet<Collection> = new Set(
  COLLECTIONS.filter(
    (collection) => ALL_KINDS.filter((kind) => collectionOf(kind) === collection).length > 1,
  ),
);

/** The key of an object in its collection. */
export function keyIn(collection: Collection, kind: string, name: string): string {
  return SHARED.has(collection) ? `${kind}/${name}` : name;
}

/** Collects changes to one namespace; a map is copied on its first change only. */
export interface NamespaceDraft {
  readonly set: (object: MeshObject) => void;
  readonly remove: (kind: MeshObject['kind'], name: string) => void;
  readonly finish: () => NamespaceObjects;
}

export function draftOf(objects: NamespaceObjects): NamespaceDraft {
  let namespace = objects.namespace;
  const changed: Partial<Record<Collection, Map<string, MeshObject>>> = {};
  const writable = (collection: Collection): Map<string, MeshObject> => {
    const map = (changed[collection] ??= new Map<string, MeshObject>(objects[collection]));
    return map;
  };
  return {
    set: (object) => {
      const collection = collectionOf(object.kind);
      if (collection !== undefined) {
        writable(collection).set(keyIn(collection, object.kind, object.name), object);
      } else if (object.kind === 'Namespace') {
        namespace = object;
      }
    },
    remove: (kind, name) => {
      const collection = collectionOf(kind);
      if (collection !== undefined) writable(collection).delete(keyIn(collection, kind, name));
      else if (kind === 'Namespace') namespace = undefined;
    },
    // Every map holds only objects of its own kinds: `set` files them by `collectionOf`.
    finish: () => ({ ...objects, ...(changed as Partial<NamespaceObjects>), namespace }),
  };
}

/** Nothing is left: nobody mentions the namespace any more. */
export function isEmptyNamespace(objects: NamespaceObjects): boolean {
  return Object.values(objects).every((value) => !(value instanceof Map) || value.size === 0)
    ? objects.namespace === undefined
    : false;
}
