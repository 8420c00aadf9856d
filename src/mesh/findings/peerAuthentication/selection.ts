import { hasNoLabels } from '../../model/labels.ts';
import type { Labels } from '../../model/objects.ts';
import { workloadsWithLabels, type Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';

/** A policy of either kind, as far as it selects. */
export interface Selecting {
  readonly namespace: string;
  readonly selector: Labels | undefined;
}

/** Whether a policy is for single workloads: it has a selector with labels, and is not where selectors do not count (R6). */
export function selectsWorkloads(mesh: Mesh, policy: Selecting): boolean {
  return hasSelector(policy) && policy.namespace !== mesh.rootNamespace;
}

/** Whether a policy names labels to select by. */
export function hasSelector({ selector }: Selecting): boolean {
  return selector !== undefined && !hasNoLabels(selector);
}

/** The workloads of which a policy selects some pods. */
export function selectedBy(mesh: Mesh, { namespace, selector }: Selecting): readonly Workload[] {
  return selector === undefined ? [] : workloadsWithLabels(mesh, namespace, selector);
}
