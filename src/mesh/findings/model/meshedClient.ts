import type { Client } from '../../destination/clientVariant.ts';
import { sameRef } from '../../model/reference.ts';
import { allWorkloads, workloadsIn, type Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';

/** A workload with a proxy that may call a server: one of its namespace if there is any, else any of the mesh. */
export function meshedClient(mesh: Mesh, server: Workload): Client | undefined {
  const isMeshed = ({ ref, dataPlane }: Workload): boolean =>
    dataPlane === 'sidecar' && !sameRef(ref, server.ref);
  const near = workloadsIn(mesh, server.namespace).find(isMeshed);
  const found = near ?? firstOf(allWorkloads(mesh), isMeshed);
  return found && { kind: 'workload', workload: found.ref };
}

function firstOf<T>(items: Iterable<T>, test: (item: T) => boolean): T | undefined {
  for (const item of items) if (test(item)) return item;
  return undefined;
}
