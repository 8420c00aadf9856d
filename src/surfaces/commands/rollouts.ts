import type { RolloutResult } from '../../actions/rollout.ts';
import type { Mesh, WorkloadRef } from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { setting } from '../platform/settings.ts';
import { untilHolds } from './untilShown.ts';
import type { Follow } from './writeRequest.ts';

/** Milliseconds for the watch to show the pods of a rollout that has ended. */
const shownLimit = 10_000;

/**
 * Follows restarts one after the other, which run at the same time in the cluster anyway, and then waits until the mesh
 * shows what they led to.
 */
export function followRollouts(
  cluster: ClusterConnection,
  restarted: readonly WorkloadRef[],
  isShown: (mesh: Mesh) => boolean,
): Follow {
  return async (signal, report) => {
    const timeoutMs = setting('istioMtls.rollout.timeoutSeconds') * 1000;
    for (const ref of restarted) {
      const result = await cluster.actions.waitForRollout(ref, {
        timeoutMs,
        signal,
        onProgress: ({ ready, desired }) => {
          report(`restarting ${ref.name}: ${ready} of ${desired} pods are ready`);
        },
      });
      const problem = rolloutProblem(result);
      if (problem !== undefined) return `${ref.namespace}/${ref.name} ${problem}`;
    }
    await untilHolds(cluster, isShown, { timeoutMs: shownLimit, signal });
    return undefined;
  };
}

function rolloutProblem(result: RolloutResult): string | undefined {
  switch (result.kind) {
    case 'complete':
      return undefined;
    case 'cancelled':
      return 'is still restarting; nobody waits for it any more.';
    case 'timed-out':
      return 'is still restarting; the time limit for waiting is over.';
    case 'gone':
      return 'was deleted while it was restarting.';
    case 'stuck':
    case 'failed':
      return `did not restart: ${result.cause}`;
  }
}
