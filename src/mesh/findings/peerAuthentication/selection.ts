import { hasNoLabels } from '../../model/labels.ts';
import type { PeerAuthentication } from '../../model/objects.ts';
import { workloadsWithLabels, type Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';

/** Whether a policy is for single workloads: it has a selector with labels, and is not where selectors do not count (R6). */
export function selectsWorkloads(mesh: Mesh, policy: PeerAuthentication): boolean {
  return hasSelector(policy) && policy.namespace !== mesh.rootNamespace;
}

/** Whether a policy names labels to select by. */
export function hasSelector({ selector }: PeerAuthentication): boolean {
  return selector !== undefined && !hasNoLabels(selector);
}

/** The workloads of which a policy selects some pods. */
export function selectedBy(
  mesh: Mesh,
  { namespace, selector }: PeerAuthentication,
): readonly Workload[] {
  return selector === undefined ? [] : workloadsWithLabels(mesh, namespace, selector);
}
