import type { MeshObject } from '../../model/objects.ts';
import type { ObjectKind } from '../../model/kinds.ts';
import type { Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import type { Remark } from './finding.ts';
import type { Rule } from './rule.ts';

/** What an analyzer can be about: objects of a kind, or workloads of whatever kind. */
export type SubjectKind = keyof Subjects;

/** An object of a kind, or a workload. */
export type SubjectOf<K extends SubjectKind> = Subjects[K];

type Subjects = {
  readonly [K in ObjectKind]: ObjectOf<K, MeshObject>;
} & { readonly Workload: Workload };

/** The type among `All` whose objects may be of a kind: some types are for several kinds. */
type ObjectOf<K, All> = All extends { readonly kind: infer Kinds }
  ? K extends Kinds
    ? All
    : never
  : never;

/** Looks at one object of a mesh, so that after a change only what changed need be looked at again. */
export interface Analyzer<K extends SubjectKind = SubjectKind> extends Rule {
  readonly about: readonly K[];
  /** Never throws; empty when the object is sound. */
  analyze(mesh: Mesh, subject: SubjectOf<K>): readonly Remark[];
}
