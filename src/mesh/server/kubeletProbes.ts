import { revisionOf, type Mesh } from '../snapshot/mesh.ts';
import type { PodShape } from '../model/objects.ts';
import type { Variant } from '../snapshot/workload.ts';
import { isPortCaptured } from './capture.ts';

/**
 * The ports where the kubelet meets the sidecar itself, because injection did not rewrite its probes (R58). Running pods
 * show whether they were rewritten; templates only whether that is turned off.
 */
export function probedAtSidecar(mesh: Mesh, variant: Variant): readonly number[] {
  const { dataPlane, shape, pods, revision } = variant;
  if (dataPlane !== 'sidecar') return []; // ztunnel lets the kubelet pass (R84)
  const rewritten =
    pods.length === 0 && shape.annotations['sidecar.istio.io/rewriteAppHTTPProbers'] !== 'false';
  if (rewritten) return [];
  const { proxy } = revisionOf(mesh, revision);
  return shape.probedPorts
    .flatMap((port) => portNumber(shape, port) ?? [])
    .filter((port) => isPortCaptured(shape, port, proxy));
}

function portNumber({ containers }: PodShape, port: number | string): number | undefined {
  if (typeof port === 'number') return port;
  return containers.flatMap(({ ports }) => ports).find(({ name }) => name === port)?.port;
}
