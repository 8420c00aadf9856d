import type { EnforceTarget, Mesh } from '../../mesh/index.ts';
import { allWorkloads, namespacesOf } from '../../mesh/index.ts';
import { summaryWords } from '../tree/modeSummary.ts';
import { summaryOfMesh, summaryOfNamespace, summaryOfWorkload } from '../tree/scopeSummary.ts';

/** A scope that a person may choose, described as its row in the tree is. */
export interface ScopeChoice<Target extends EnforceTarget = EnforceTarget> {
  readonly label: string;
  readonly description: string;
  readonly target: Target;
}

/** The mesh, its namespaces and its workloads, the widest first. */
export function scopeChoices(mesh: Mesh): readonly ScopeChoice[] {
  return [
    {
      label: 'The whole mesh',
      description: summaryWords(summaryOfMesh(mesh)),
      target: { scope: 'mesh' },
    },
    ...namespaceChoices(mesh),
    ...[...allWorkloads(mesh)].map((workload): ScopeChoice => ({
      label: `${workload.namespace}/${workload.name}`,
      description: `${workload.ref.kind} · ${summaryWords(summaryOfWorkload(mesh, workload))}`,
      target: { scope: 'workload', workload: workload.ref },
    })),
  ];
}

export function namespaceChoices(
  mesh: Mesh,
): readonly ScopeChoice<Extract<EnforceTarget, { scope: 'namespace' }>>[] {
  return namespacesOf(mesh).map(({ name }) => ({
    label: name,
    description: summaryWords(summaryOfNamespace(mesh, name)),
    target: { scope: 'namespace', namespace: name },
  }));
}
