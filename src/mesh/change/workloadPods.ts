import type { Mesh } from '../snapshot/mesh.ts';
import { workloadsIn } from '../snapshot/mesh.ts';
import type { ObjectRef } from '../model/reference.ts';
import type { Workload } from '../snapshot/workload.ts';

/** What the running pods of a workload are to the mesh: how many of them scaling decides, so it is no part of it. */
export interface WorkloadPods {
  readonly workload: ObjectRef;
  /** Each data plane once, in the order of their names; empty without pods. */
  readonly dataPlanes: readonly string[];
}

/** The pods of every workload of a namespace, or of one workload. */
export function podsOf(mesh: Mesh, { namespace, name, kind }: ObjectRef): readonly WorkloadPods[] {
  if (kind === 'Namespace') return workloadsIn(mesh, name).map(podsOfWorkload);
  return workloadsIn(mesh, namespace)
    .filter(({ ref }) => ref.name === name && ref.kind === kind)
    .map(podsOfWorkload);
}

function podsOfWorkload({ ref, variants }: Workload): WorkloadPods {
  const running = variants.filter(({ pods }) => pods.length > 0);
  const dataPlanes = [...new Set(running.map(({ dataPlane }) => dataPlane))].toSorted();
  return { workload: ref, dataPlanes };
}

/** The workloads whose pods are of other data planes than they were, or that have none any more. */
export function otherPods(
  mesh: Mesh,
  before: readonly WorkloadPods[],
): readonly { readonly was: WorkloadPods; readonly is: WorkloadPods }[] {
  return before.flatMap((was) => {
    const { workload } = was;
    const [is = { workload, dataPlanes: [] }] = podsOf(mesh, workload);
    const isSame = was.dataPlanes.length === 0 || is.dataPlanes.join() === was.dataPlanes.join();
    return isSame ? [] : [{ was, is }];
  });
}
