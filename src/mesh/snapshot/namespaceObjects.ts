import type {
  BackendPolicy,
  ConfigMap,
  DestinationRule,
  EndpointSlice,
  Gateway,
  MeshObject,
  Namespace,
  PeerAuthentication,
  Pod,
  Service,
  ServiceEntry,
  Sidecar,
  WorkloadController,
  WorkloadEntry,
} from '../model/objects.ts';

type ByName<T> = ReadonlyMap<string, T>;

/**
 * The objects of one namespace. A change of one object makes a new value, which shares the maps of every kind that
 * did not change: what is computed from this value or from a map stays valid as long as that value or map lives.
 */
export interface NamespaceObjects {
  readonly name: string;
  /** Undefined when the namespace is only referred to. */
  readonly namespace: Namespace | undefined;
  readonly pods: ByName<Pod>;
  /** By `Kind/name`. */
  readonly controllers: ByName<WorkloadController>;
  readonly services: ByName<Service>;
  readonly endpointSlices: ByName<EndpointSlice>;
  readonly peerAuthentications: ByName<PeerAuthentication>;
  readonly destinationRules: ByName<DestinationRule>;
  readonly sidecars: ByName<Sidecar>;
  readonly serviceEntries: ByName<ServiceEntry>;
  readonly workloadEntries: ByName<WorkloadEntry>;
  readonly configMaps: ByName<ConfigMap>;
  readonly gateways: ByName<Gateway>;
  /** By `Kind/name`. */
  readonly backendPolicies: ByName<BackendPolicy>;
}

/** The objects of a namespace that live in maps by name. */
type Collection = Exclude<keyof NamespaceObjects, 'name' | 'namespace'>;

const EMPTY: ReadonlyMap<string, never> = new Map<string, never>();

export function emptyNamespace(name: string): NamespaceObjects {
  return {
    name,
    namespace: undefined,
    pods: EMPTY,
    controllers: EMPTY,
    services: EMPTY,
    endpointSlices: EMPTY,
    peerAuthentications: EMPTY,
    destinationRules: EMPTY,
    sidecars: EMPTY,
    serviceEntries: EMPTY,
    workloadEntries: EMPTY,
    configMaps: EMPTY,
    gateways: EMPTY,
    backendPolicies: EMPTY,
  };
}

/** Where an object of a kind is kept; undefined for kinds that do not live in a namespace's maps. */
export function collectionOf(kind: MeshObject['kind']): Collection | undefined {
  switch (kind) {
    case 'Pod':
      return 'pods';
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'Job':
    case 'CronJob':
      return 'controllers';
    case 'Service':
      return 'services';
    case 'EndpointSlice':
      return 'endpointSlices';
    case 'PeerAuthentication':
      return 'peerAuthentications';
    case 'DestinationRule':
      return 'destinationRules';
    case 'Sidecar':
      return 'sidecars';
    case 'ServiceEntry':
      return 'serviceEntries';
    case 'WorkloadEntry':
      return 'workloadEntries';
    case 'ConfigMap':
      return 'configMaps';
    case 'Gateway':
      return 'gateways';
    case 'BackendTLSPolicy':
    case 'XBackendTrafficPolicy':
      return 'backendPolicies';
    case 'Namespace':
    case 'MutatingWebhookConfiguration':
      return undefined;
  }
}

/** The key of an object in its collection. */
export function keyIn(collection: Collection, kind: string, name: string): string {
  const holdsKinds = collection === 'controllers' || collection === 'backendPolicies';
  return holdsKinds ? `${kind}/${name}` : name;
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
