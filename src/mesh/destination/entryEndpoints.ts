import { memo } from '../model/kept.ts';
import type { ServiceEntry, WorkloadEntry } from '../model/objects.ts';
import { workloadOfEntry, type Workload } from '../snapshot/workload.ts';

/**
 * The endpoints written into a ServiceEntry, as workloads. Like a WorkloadEntry, one has a proxy of
 * the mesh when it is labelled so or has a service account (R147).
 */
export const entryWorkloads = memo((entry: ServiceEntry): readonly Workload[] =>
  entry.endpoints.map((endpoint) => {
    const { namespace, uid, annotations, createdAt, origin } = entry;
    const meta = { namespace, uid, annotations, createdAt, origin };
    const written: WorkloadEntry = {
      kind: 'WorkloadEntry',
      name: endpoint.address,
      ...meta,
      ...endpoint,
    };
    return workloadOfEntry(written);
  }),
);
