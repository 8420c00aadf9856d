import type { Change } from '../../mesh/index.ts';
import { shows } from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';

/** Milliseconds for the watch to bring what was written. */
const limit = 5_000;

/**
 * Waits until the mesh that everything is computed from shows the changes. False when it does not in time or the signal
 * aborts: the watch may be broken, or the kind may not be listed.
 */
export async function untilShown(
  { source }: Pick<ClusterConnection, 'source'>,
  changes: readonly Change[],
  signal: AbortSignal,
): Promise<boolean> {
  const areShown = (): boolean => {
    const mesh = source.current?.mesh;
    return mesh !== undefined && changes.every((change) => shows(mesh, change));
  };
  if (areShown()) return true;
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
    const timer = setTimeout(giveUp, limit);
    const subscription = source.subscribe(() => {
      if (areShown()) end(true);
    });
    signal.addEventListener('abort', giveUp);
  });
}
