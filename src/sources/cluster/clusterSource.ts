import { Emitter } from '../../emitter.ts';
import type { MeshObject, MissingFact } from '../../mesh/index.ts';
import type { Pace } from './backoff.ts';
import { DEFAULT_PACE } from './backoff.ts';
import type { ClusterStatus } from './clusterStatus.ts';
import { statusOf } from './clusterStatus.ts';
import { KindWatch } from './kindWatch.ts';
import type { KubeResource } from './kubeResource.ts';
import { KUBE_RESOURCES } from './kubeResource.ts';
import type { ObjectChange } from './resourceWatch.ts';
import type { KubeTransport } from '../transport/transport.ts';
import type { WatchState } from './watchState.ts';

export interface ClusterSourceOptions {
  readonly transport: KubeTransport;
  /** The context's own namespace: the one to look into when namespaces may not be listed. */
  readonly namespace: string;
  /** Others to look into then, because a person named them. */
  readonly namespaces?: readonly string[];
  /** The root namespace if a setting names it. */
  readonly rootNamespace?: string;
  readonly pace?: Pace;
}

/** One kind and what is known about it. */
export interface KindState {
  readonly resource: KubeResource;
  readonly state: WatchState;
}

/** All objects of a cluster that the engine reads, kept up to date by watches of our own. */
export interface ClusterSource {
  readonly status: ClusterStatus;
  /** Whether PeerAuthentication is served; undefined while that is not known. */
  readonly istioInstalled: boolean | undefined;
  readonly kinds: readonly KindState[];
  snapshot(): { readonly objects: Iterable<MeshObject>; readonly missing: readonly MissingFact[] };
  /** Called for each change of objects; with an empty change when only the state changed. */
  subscribe(listener: (change: ObjectChange) => void): { dispose(): void };
  /** Ends all watches; no listener is called afterwards. The transport stays open. */
  dispose(): void;
}

/** Where Istio installs itself unless told otherwise (R250). */
const DEFAULT_ROOT_NAMESPACE = 'istio-system';

/** Starts watching everything that the engine reads. */
export function openClusterSource(options: ClusterSourceOptions): ClusterSource {
  return new WatchingSource(options);
}

class WatchingSource implements ClusterSource {
  readonly #options: ClusterSourceOptions;
  readonly #changed = new Emitter<ObjectChange>();
  readonly #watches = new Map<string, KindWatch>();

  constructor(options: ClusterSourceOptions) {
    this.#options = options;
    for (const resource of KUBE_RESOURCES) this.#watches.set(resource.kind, this.#start(resource));
    this.#shareNamespaces();
  }

  get status(): ClusterStatus {
    return statusOf(this.kinds.map(({ resource: { kind }, state }) => ({ kind, state })));
  }

  get istioInstalled(): boolean | undefined {
    return installed(this.#watches.get('PeerAuthentication')?.state);
  }

  get kinds(): readonly KindState[] {
    return [...this.#watches.values()].map(({ resource, state }) => ({ resource, state }));
  }

  snapshot(): { readonly objects: Iterable<MeshObject>; readonly missing: readonly MissingFact[] } {
    return {
      objects: allObjects(this.#watches),
      missing: [...this.#watches.values()].flatMap((watch) => watch.missing()),
    };
  }

  subscribe(listener: (change: ObjectChange) => void): { dispose(): void } {
    return this.#changed.subscribe(listener);
  }

  dispose(): void {
    this.#changed.dispose();
    for (const watch of this.#watches.values()) watch.dispose();
  }

  #start(resource: KubeResource): KindWatch {
    return new KindWatch({
      transport: this.#options.transport,
      resource,
      pace: this.#options.pace ?? DEFAULT_PACE,
      namespacesOnly: resource.kind === 'ConfigMap',
      onChange: (change) => {
        if (movesNamespaces(resource, change)) this.#shareNamespaces();
        this.#changed.fire(change);
      },
    });
  }

  /** Tells every kind where to look if it may not look everywhere; config maps only beside control planes. */
  #shareNamespaces(): void {
    const roots = controlPlaneNamespaces(this.#options, this.#watches);
    const known = Array.from(this.#watches.get('Namespace')?.objects() ?? [], (one) => one.name);
    // In this order, since not all are watched where there are many: no mode is known without the root namespace.
    const { namespace, namespaces = [] } = this.#options;
    const all = [...new Set([...roots, namespace, ...namespaces, ...known.sort()])];
    for (const [kind, watch] of this.#watches)
      watch.setNamespaces(kind === 'ConfigMap' ? roots : all);
  }
}

function* allObjects(watches: ReadonlyMap<string, KindWatch>): Iterable<MeshObject> {
  for (const watch of watches.values()) yield* watch.objects();
}

/** Deployments change all the time; only a control plane that appears brings another namespace to look into. */
function movesNamespaces(resource: KubeResource, { upsert, remove }: ObjectChange): boolean {
  if (resource.kind === 'Namespace') return upsert.length + remove.length > 0;
  return resource.kind === 'Deployment' && upsert.some(isControlPlane);
}

function isControlPlane(object: MeshObject): boolean {
  return object.labels['app'] === 'istiod';
}

/** Each control plane keeps its mesh config beside itself (R250, R251). */
function controlPlaneNamespaces(
  { rootNamespace }: ClusterSourceOptions,
  watches: ReadonlyMap<string, KindWatch>,
): readonly string[] {
  const deployments = [...(watches.get('Deployment')?.objects() ?? [])];
  const istiod = deployments.filter(isControlPlane).map((one) => one.namespace);
  return [...new Set([rootNamespace ?? DEFAULT_ROOT_NAMESPACE, ...istiod])];
}

function installed(state: WatchState | undefined): boolean | undefined {
  switch (state?.kind) {
    case 'absent':
      return false;
    case 'synced':
    case 'stale':
    case 'denied':
      return true;
    case 'connecting':
    case 'failed':
    case undefined:
      return undefined;
  }
}
