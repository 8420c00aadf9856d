import type { WorkloadRef } from '../model/reference.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { allWorkloads, findWorkload } from '../snapshot/mesh.ts';

/** A running pod with a proxy that counts calls and logs them. */
export interface ServingProxy {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly proxy: 'sidecar' | 'ztunnel';
  /** Since when its counters count, in milliseconds since 1970; undefined where the pod does not tell. */
  readonly since: number | undefined;
}

/** The proxies in front of some servers: their own sidecars, and every ztunnel where one of them is in ambient mode. */
export function servingProxies(
  mesh: Mesh,
  servers: readonly WorkloadRef[],
): readonly ServingProxy[] {
  const workloads = servers.flatMap((ref) => findWorkload(mesh, ref) ?? []);
  const sidecars = workloads.flatMap(({ variants }) =>
    variants
      .filter(({ dataPlane }) => dataPlane === 'sidecar')
      .flatMap(({ pods }) => pods.map((pod) => proxyPod(pod, 'sidecar'))),
  );
  const isAmbient = workloads.some(({ dataPlanes }) =>
    dataPlanes.some(({ dataPlane }) => dataPlane === 'ambient'),
  );
  return isAmbient ? [...sidecars, ...ztunnels(mesh)] : sidecars;
}

function ztunnels(mesh: Mesh): readonly ServingProxy[] {
  return [...allWorkloads(mesh)]
    .filter(({ ref, labels }) => ref.kind === 'DaemonSet' && labels['app'] === 'ztunnel')
    .flatMap(({ pods }) => pods.map((pod) => proxyPod(pod, 'ztunnel')));
}

function proxyPod(
  pod: {
    readonly namespace: string;
    readonly name: string;
    readonly createdAt: number | undefined;
  },
  proxy: ServingProxy['proxy'],
): ServingProxy {
  // ztunnel's container has the name of a sidecar's.
  const container = 'istio-proxy';
  return { namespace: pod.namespace, pod: pod.name, container, proxy, since: pod.createdAt };
}
