import type { Mesh, Workload } from '../mesh/index.ts';
import { allWorkloads, workloadsIn } from '../mesh/index.ts';
import { badInput } from './inputFile.ts';

/** The workload named `NAMESPACE/NAME` or `KIND/NAMESPACE/NAME`; fails with one sentence if there is not exactly one. */
export function selectWorkload(mesh: Mesh, name: string): Workload {
  const parts = name.split('/');
  const [workloadName, namespace, kind] = parts.toReversed();
  if (workloadName === undefined || namespace === undefined || parts.length > 3) {
    throw badInput(`"${name}" names no workload: write NAMESPACE/NAME or KIND/NAMESPACE/NAME.`);
  }
  const found = workloadsIn(mesh, namespace).filter(
    (workload) =>
      workload.name === workloadName && (kind === undefined || sameKind(workload.ref.kind, kind)),
  );
  const [first, second] = found;
  if (first === undefined)
    throw badInput(`There is no workload ${name}${suggestion(mesh, workloadName)}.`);
  if (second !== undefined) {
    const kinds = found.map(({ ref }) => `${ref.kind}/${namespace}/${workloadName}`).join(', ');
    throw badInput(`${name} names several workloads: write one of ${kinds}.`);
  }
  return first;
}

export function sameKind(kind: string, written: string): boolean {
  return kind.toLowerCase() === written.toLowerCase();
}

function suggestion(mesh: Mesh, name: string): string {
  for (const workload of allWorkloads(mesh)) {
    if (workload.name === name) return `, but there is ${workload.namespace}/${name}`;
  }
  return '';
}
