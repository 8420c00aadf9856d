import type { Change, Mesh } from '../../mesh/index.ts';
import { shows } from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import type { WaitLimits } from '../../until.ts';
import { until } from '../../until.ts';

/** Milliseconds for the watch to bring what was written. */
const timeoutMs = 5_000;

/**
 * Waits until the mesh that everything is computed from shows the changes. False when it does not in time or the signal
 * aborts: the watch may be broken, or the kind may not be listed.
 */
export function untilShown(
  cluster: Pick<ClusterConnection, 'source'>,
  changes: readonly Change[],
  signal: AbortSignal,
): Promise<boolean> {
  const areShown = (mesh: Mesh): boolean => changes.every((change) => shows(mesh, change));
  return untilHolds(cluster, areShown, { timeoutMs, signal });
}

/** Waits until something holds of the mesh; false when it does not within so many milliseconds, or the signal aborts. */
export async function untilHolds(
  { source }: Pick<ClusterConnection, 'source'>,
  holds: (mesh: Mesh) => boolean,
  limits: WaitLimits,
): Promise<boolean> {
  const holdsNow = (): true | undefined => {
    const mesh = source.current?.mesh;
    return mesh !== undefined && holds(mesh) ? true : undefined;
  };
  return (await until(source, holdsNow, limits)) ?? false;
}
