import type { EnforceTarget, Mesh } from '../../mesh/index.ts';
import { allWorkloads, namespacesOf, targetWords } from '../../mesh/index.ts';
import { summaryWords } from '../tree/modeSummary.ts';
import { summaryOfMesh, summaryOfNamespace, summaryOfWorkload } from '../tree/scopeSummary.ts';

/** A scope that a person may choose, described as its row in the tree is. */
export interface ScopeChoice<Target extends EnforceTarget = EnforceTarget> {
  readonly label: string;
  readonly description: string;
  readonly target: Target;
  /** It is the row that is selected in the Mesh view. */
  readonly isSelected?: true;
}

/** The mesh, its namespaces and its workloads, the widest first; what is selected in the Mesh view before them all. */
export function scopeChoices(mesh: Mesh, selected?: EnforceTarget): readonly ScopeChoice[] {
  const all = allChoices(mesh);
  if (selected === undefined) return all;
  const words = targetWords(selected);
  const isSame = ({ target }: ScopeChoice): boolean => targetWords(target) === words;
  const known = all.find(isSame) ?? { label: words, description: '', target: selected };
  const description = ['selected', known.description].filter((text) => text !== '').join(' · ');
  const others = all.filter((choice) => !isSame(choice));
  return [{ ...known, description, isSelected: true }, ...others];
}

function allChoices(mesh: Mesh): readonly ScopeChoice[] {
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

function namespaceChoices(
  mesh: Mesh,
): readonly ScopeChoice<Extract<EnforceTarget, { scope: 'namespace' }>>[] {
  return namespacesOf(mesh).map(({ name }) => ({
    label: name,
    description: summaryWords(summaryOfNamespace(mesh, name)),
    target: { scope: 'namespace', namespace: name },
  }));
}
