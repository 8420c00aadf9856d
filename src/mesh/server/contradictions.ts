import type { EffectiveMode, IgnoredReason } from '../model/explanation.ts';
import { memoPair } from '../model/kept.ts';
import type { PolicyScope } from '../model/mode.ts';
import type { ObjectRef } from '../model/reference.ts';
import { objectsIn, workloadsIn, type Mesh, type MeshWideFacts } from '../snapshot/mesh.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import { namespaceMtls } from './namespaceMtls.ts';
import { workloadMtls } from './workloadMtls.ts';

/** Why one of two policies of the same scope does not count. */
const AGE_REASONS: readonly IgnoredReason[] = [
  'older-policy-wins',
  'same-age-in-ambient',
  'ages-unknown',
];

/** The policies of one scope of which only the first counts (R10, R11); empty where they do not contradict each other. */
export function contradictingPolicies(
  { ignored }: EffectiveMode,
  at: PolicyScope,
): readonly ObjectRef[] {
  const losers = ignored.filter(
    ({ scope, reason }) => scope === at && AGE_REASONS.includes(reason),
  );
  const winner = losers[0]?.winner;
  return winner === undefined ? [] : [winner, ...losers.map(({ policy }) => policy)];
}

/** Whether policies of a namespace, or of a workload in it, contradict each other; of the root namespace, those of the mesh. */
export function hasContradictions(mesh: Mesh, namespace: string): boolean {
  return kept(objectsIn(mesh, namespace), mesh.meshWide, mesh);
}

const kept = memoPair(
  ({ name }: NamespaceObjects, _meshWide: MeshWideFacts, mesh: Mesh): boolean => {
    const own: PolicyScope = name === mesh.rootNamespace ? 'mesh' : 'namespace';
    return (
      contradictingPolicies(namespaceMtls(mesh, name), own).length > 0 ||
      workloadsIn(mesh, name).some(
        (one) => contradictingPolicies(workloadMtls(mesh, one), 'workload').length > 0,
      )
    );
  },
);
