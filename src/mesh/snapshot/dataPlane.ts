import type { DataPlane } from '../model/mode.ts';
import type { Labels, Pod, PodShape } from '../model/objects.ts';

const MANAGED_BY_MESH_CONTROLLER = 'istio.io-mesh-controller';

/** What carries the traffic of a running pod, judged by what the pod is and not by what it should be (R120). */
export function dataPlaneOfPod(pod: Pod): DataPlane {
  if (pod.hostNetwork || hasEnded(pod)) return 'none';
  const proxied = dataPlaneOfProxy(pod);
  if (proxied !== undefined) return proxied;
  return pod.annotations['ambient.istio.io/redirection'] === 'enabled' ? 'ambient' : 'none'; // R81
}

/** A pod that has finished serves nothing any more (R120). */
export function hasEnded(pod: Pod): boolean {
  return pod.phase === 'Succeeded' || pod.phase === 'Failed';
}

/** Waypoint, gateway or sidecar by the proxy container and the labels beside it (R116, R118). */
export function dataPlaneOfProxy(shape: PodShape): DataPlane | undefined {
  if (shape.labels['gateway.istio.io/managed'] === MANAGED_BY_MESH_CONTROLLER) return 'waypoint';
  if (shape.proxy === undefined) return undefined;
  if (shape.proxy.role === 'waypoint') return 'waypoint';
  if (shape.proxy.role === 'router' || isGatewayTemplate(shape)) return 'gateway';
  return 'sidecar';
}

/** The pod asks for the gateway template, or belongs to a Gateway API gateway (R118). */
export function isGatewayTemplate(shape: PodShape): boolean {
  return (
    (shape.annotations['inject.istio.io/templates'] ?? '').includes('gateway') ||
    shape.labels['gateway.networking.k8s.io/gateway-name'] !== undefined
  );
}

const MODE_LABEL = 'istio.io/dataplane-mode';

/** Whether ambient should capture such a pod (R80): its own label goes before its namespace's. */
export function isAmbientMember(shape: PodShape, namespaceLabels: Labels): boolean {
  if (shape.hostNetwork || shape.hasSidecarStatus) return false;
  const own = shape.labels[MODE_LABEL];
  if (own === 'ambient') return true;
  return own !== 'none' && namespaceLabels[MODE_LABEL] === 'ambient';
}

/** A pod that says nothing about itself: what is left is what its namespace says. */
export const SILENT_POD: PodShape = Object.freeze({
  labels: {},
  annotations: {},
  serviceAccount: 'default',
  hostNetwork: false,
  containers: [],
  proxy: undefined,
  redirect: undefined,
  runsAsProxyUser: false,
  probedPorts: [],
  hasSidecarStatus: false,
});
