import type { Pod } from '../model/objects.ts';
import { namespacesOf, objectsIn, revisionOf, type Mesh } from '../snapshot/mesh.ts';
import { workloadOfPod } from '../snapshot/mesh.ts';
import type { Workload } from '../snapshot/workload.ts';
import type { ProxyOwner } from './predictedProxy.ts';

/** A running pod with a proxy that can be asked. */
export interface ProxyPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly kind: 'sidecar' | 'gateway';
}

/** Why a pod’s proxy cannot be asked. */
export type NoProxy = 'no-such-pod' | 'no-proxy' | 'ambient' | 'not-running';

/** A pod, its workload, and whether it has a proxy that can be asked. */
export type FoundProxy =
  | { readonly kind: 'found'; readonly place: ProxyPlace; readonly owner: ProxyOwner }
  | { readonly kind: 'none'; readonly why: NoProxy };

/** The proxy of a pod by its name. */
export function proxyOf(mesh: Mesh, namespace: string, pod: string): FoundProxy {
  const workload = workloadOfPod(mesh, namespace, pod);
  const member = workload?.pods.find(({ name }) => name === pod);
  if (workload === undefined || member === undefined) return { kind: 'none', why: 'no-such-pod' };
  return proxyOfPod(workload, member);
}

/** The proxies of a workload’s pods that run; those that cannot be asked are left out. */
export function proxiesOf(
  workload: Workload,
): readonly (FoundProxy & { readonly kind: 'found' })[] {
  return workload.pods
    .map((pod) => proxyOfPod(workload, pod))
    .filter((found) => found.kind === 'found');
}

function proxyOfPod(workload: Workload, pod: Pod): FoundProxy {
  const variant = workload.variants.find(({ pods }) => pods.includes(pod));
  if (variant === undefined || pod.phase !== 'Running') return { kind: 'none', why: 'not-running' };
  const { dataPlane } = variant;
  switch (dataPlane) {
    case 'none':
      return { kind: 'none', why: 'no-proxy' };
    case 'ambient':
      return { kind: 'none', why: 'ambient' };
    case 'sidecar':
    case 'gateway':
    case 'waypoint': {
      const kind = dataPlane === 'sidecar' ? 'sidecar' : 'gateway';
      const place = { namespace: workload.namespace, pod: pod.name, kind } as const;
      return { kind: 'found', place, owner: { workload, variant } };
    }
  }
}

/** Where everything about a proxy is asked. */
export interface ProxyTarget {
  readonly place: ProxyPlace;
  /** Running pods of its control plane, each of which may be the one that serves it. */
  readonly controlPlane: readonly { readonly namespace: string; readonly pod: string }[];
  /** The namespaces whose EnvoyFilters may reach it: its own and the root namespace. */
  readonly filterNamespaces: readonly string[];
}

/** Where a proxy that was found is asked. */
export function proxyTargetOf(
  mesh: Mesh,
  { place, owner }: { readonly place: ProxyPlace; readonly owner: ProxyOwner },
): ProxyTarget {
  const { rootNamespace } = revisionOf(mesh, owner.variant.revision).config;
  const filterNamespaces = [...new Set([place.namespace, rootNamespace])];
  return { place, controlPlane: controlPlanePods(mesh, owner), filterNamespaces };
}

/** The running pods of the control plane that serves such a proxy: one of them knows what it acknowledged. */
function controlPlanePods(
  mesh: Mesh,
  { variant }: ProxyOwner,
): readonly { readonly namespace: string; readonly pod: string }[] {
  const { name } = revisionOf(mesh, variant.revision);
  return namespacesOf(mesh).flatMap(({ name: namespace }) =>
    [...objectsIn(mesh, namespace).pods.values()]
      .filter(({ labels, phase }) => labels['app'] === 'istiod' && phase === 'Running')
      .filter(({ labels }) => (labels['istio.io/rev'] ?? 'default') === name)
      .map((pod) => ({ namespace, pod: pod.name })),
  );
}
