import type { Change, Mesh } from '../../mesh/index.ts';
import { shows } from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';

/** Milliseconds for the watch to bring what was written. */
const limit = 5_000;

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
  return until(cluster, areShown, signal, limit);
}

/** Waits until something holds of the mesh; false when it does not within so many milliseconds, or the signal aborts. */
export async function until(
  { source }: Pick<ClusterConnection, 'source'>,
  holds: (mesh: Mesh) => boolean,
  signal: AbortSignal,
  limitMs: number,
): Promise<boolean> {
  const holdsNow = (): boolean => {
    const mesh = source.current?.mesh;
    return mesh !== undefined && holds(mesh);
  };
  if (holdsNow()) return true;
  return new Promise((resolve) => {
    const end = (shown: boolean): void => {
      clearTimeout(timer);
      subscription.dispose();
      signal.removeEventListener('abort', giveUp);
      resolve(shown);
    };
    const giveUp = (): void => {
      end(false);
    };
    const timer = setTimeout(giveUp, limitMs);
    const subscription = source.subscribe(() => {
      if (holdsNow()) end(true);
    });
    signal.addEventListener('abort', giveUp);
  });
}
