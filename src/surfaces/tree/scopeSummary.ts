import type { Mesh, Workload } from '../../mesh/index.ts';
import { meshMtls, namespaceMtls, workloadMtls, workloadsIn } from '../../mesh/index.ts';
import { meshSummary, namespaceSummary, workloadSummary, type ModeSummary } from './modeSummary.ts';
import { meshTrouble, namespaceTrouble, withTrouble, workloadTrouble } from './policyTrouble.ts';

/** What is said of a whole mesh, with what is wrong with its policies. */
export function summaryOfMesh(mesh: Mesh): ModeSummary {
  const mtls = meshMtls(mesh);
  return withTrouble(meshSummary(mtls), meshTrouble(mesh, mtls));
}

/** What is said of a namespace, with what is wrong with its policies. */
export function summaryOfNamespace(mesh: Mesh, namespace: string): ModeSummary {
  const mtls = namespaceMtls(mesh, namespace);
  const below = workloadsIn(mesh, namespace).map((workload) => workloadMtls(mesh, workload));
  return withTrouble(namespaceSummary(mtls, below), namespaceTrouble(mesh, mtls));
}

/** What is said of a workload, with what is wrong with its policies. */
export function summaryOfWorkload(mesh: Mesh, workload: Workload): ModeSummary {
  const mtls = workloadMtls(mesh, workload);
  return withTrouble(workloadSummary(mtls, workload), workloadTrouble(mesh, workload, mtls));
}
