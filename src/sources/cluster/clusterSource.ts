import type { MissingFact } from '../../mesh/mtls/explanation.ts';
import type { MeshObject } from '../../mesh/model/objects.ts';
import type { Pace } from './backoff.ts';
import { DEFAULT_PACE } from './backoff.ts';
import type { ClusterStatus } from './clusterStatus.ts';
import { statusOf } from './clusterStatus.ts';
import { KindWatch } from './kindWatch.ts';
import type { KubeResource } from './kubeResource.ts';
import { KUBE_RESOURCES } from './kubeResource.ts';
import type { ObjectChange } from './resourceWatch.ts';
import type { KubeTransport } from './transport.ts';
import type { WatchState } from './watchState.ts';

export interface ClusterSourceOptions {
  readonly transport: KubeTransport;
  /** The context's own namespace: the one to look into when namespaces may not be listed. */
  readonly namespace: string;
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

export function openClusterSource(options: ClusterSourceOptions): ClusterSource {
  const listeners = new Set<(change: ObjectChange) => void>();
  const watches = new Map<string, KindWatch>();
  let opened = false;

  function onChange(resource: KubeResource, change: ObjectChange): void {
    if (opened && movesNamespaces(resource, change)) shareNamespaces();
    for (const listener of [...listeners]) listener(change);
  }

  function shareNamespaces(): void {
    const roots = controlPlaneNamespaces(options, watches);
    const known = [...(watches.get('Namespace')?.objects() ?? [])].map((one) => one.name);
    const all = [...new Set([options.namespace, ...roots, ...known.sort()])];
    for (const [kind, watch] of watches) watch.setNamespaces(kind === 'ConfigMap' ? roots : all);
  }

  for (const resource of KUBE_RESOURCES) {
    const watch = new KindWatch({
      transport: options.transport,
      resource,
      pace: options.pace ?? DEFAULT_PACE,
      namespacesOnly: resource.kind === 'ConfigMap',
      onChange: (change) => {
        onChange(resource, change);
      },
    });
    watches.set(resource.kind, watch);
  }
  opened = true;
  shareNamespaces();

  return {
    get status() {
      return statusOf([...watches.values()].map((watch) => watch.state));
    },
    get istioInstalled() {
      return installed(watches.get('PeerAuthentication')?.state);
    },
    get kinds() {
      return KUBE_RESOURCES.map((resource) => ({
        resource,
        state: watches.get(resource.kind)?.state ?? { kind: 'connecting' as const },
      }));
    },
    snapshot: () => ({
      objects: allObjects(watches),
      missing: [...watches.values()].flatMap((watch) => watch.missing()),
    }),
    subscribe: (listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    dispose: () => {
      listeners.clear();
      for (const watch of watches.values()) watch.dispose();
    },
  };
}

function* allObjects(watches: ReadonlyMap<string, KindWatch>): Iterable<MeshObject> {
  for (const watch of watches.values()) yield* watch.objects();
}

function movesNamespaces(resource: KubeResource, change: ObjectChange): boolean {
  const changed = change.upsert.length + change.remove.length > 0;
  return changed && (resource.kind === 'Namespace' || resource.kind === 'Deployment');
}

/** Each control plane keeps its mesh config beside itself (R250, R251). */
function controlPlaneNamespaces(
  { rootNamespace }: ClusterSourceOptions,
  watches: ReadonlyMap<string, KindWatch>,
): readonly string[] {
  const deployments = [...(watches.get('Deployment')?.objects() ?? [])];
  const istiod = deployments
    .filter((one) => one.labels['app'] === 'istiod')
    .map((one) => one.namespace);
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
