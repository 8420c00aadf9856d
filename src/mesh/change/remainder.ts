import type { Mesh } from '../snapshot/mesh.ts';
import { allWorkloads, findWorkload, workloadsIn } from '../snapshot/mesh.ts';
import type { MissingFact } from '../model/explanation.ts';
import type { WorkloadRef } from '../model/reference.ts';
import { workloadMtls } from '../server/workloadMtls.ts';
import type { Workload } from '../snapshot/workload.ts';
import type { EnforceTarget } from './enforceTarget.ts';
import type { NarrowerMode } from './staysDifferent.ts';
import { staysDifferent, staysUnknown } from './staysDifferent.ts';

/** What keeps a sentence such as "namespace foo is STRICT now" from being the whole truth. */
export interface Remainder {
  /** The parts of a target that do not have the mode that is written for it. */
  readonly different: readonly NarrowerMode[];
  /** The missing facts that may hide others. */
  readonly unknown: readonly MissingFact[];
  readonly enforced: EnforcedOn;
}

/** On which workloads of a target anything makes its mode true (R24). */
export interface EnforcedOn {
  readonly all: number;
  /** Nothing does. */
  readonly none: readonly WorkloadRef[];
  /** Something does on some of their pods. */
  readonly some: readonly WorkloadRef[];
  readonly unknown: readonly WorkloadRef[];
}

/** What is left of a target in a mesh where its mode is written. */
export function remainderOf(mesh: Mesh, target: EnforceTarget): Remainder {
  return {
    different: staysDifferent(mesh, target),
    unknown: staysUnknown(mesh, target),
    enforced: enforcedOn(mesh, workloadsOf(mesh, target)),
  };
}

function enforcedOn(mesh: Mesh, workloads: readonly Workload[]): EnforcedOn {
  const found = workloads.map((workload) => ({
    ref: workload.ref,
    kind: workloadMtls(mesh, workload).enforcement.kind,
  }));
  const refs = (wanted: (typeof found)[number]['kind']): readonly WorkloadRef[] =>
    found.filter(({ kind }) => kind === wanted).map(({ ref }) => ref);
  return {
    all: found.length,
    none: refs('not-enforced'),
    some: refs('partly-enforced'),
    unknown: refs('unknown'),
  };
}

function workloadsOf(mesh: Mesh, target: EnforceTarget): readonly Workload[] {
  switch (target.scope) {
    case 'mesh':
      return [...allWorkloads(mesh)];
    case 'namespace':
      return workloadsIn(mesh, target.namespace);
    case 'workload':
    case 'port': {
      const workload = findWorkload(mesh, target.workload);
      return workload === undefined ? [] : [workload];
    }
  }
}
