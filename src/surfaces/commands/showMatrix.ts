import type { EnforceTarget, Mesh } from '../../mesh/index.ts';
import { planEnforcement, targetWords, withDesired } from '../../mesh/index.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import { matrixSubject } from './matrixSubject.ts';
import { enforceTarget, knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';

/** Shows every connection of the active mesh: what is predicted, observed and probed. Nothing runs in the cluster. */
export async function showMatrix(workbench: Workbench): Promise<void> {
  const cluster = await workbench.session.clusterOf();
  await knownMesh(cluster);
  const title = `Connections of ${cluster.context}`;
  workbench.matrix.show(matrixSubject(cluster, { title }));
}

/** Shows every connection as it is and as it would be if a row's scope were STRICT. It only reads. */
export async function showStrictMatrix(
  workbench: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const command = { title: 'Show What STRICT Would Change in the Matrix', node };
  const { cluster, target } = await enforceTarget(workbench, command);
  await knownMesh(cluster);
  const title = `Connections of ${cluster.context}, and if ${targetWords(target)} were STRICT`;
  const change = (mesh: Mesh): Mesh => strict(mesh, target);
  workbench.matrix.show(matrixSubject(cluster, { title, change }));
}

/** The mesh with the target STRICT; as it is where that cannot be planned, or is so already. */
function strict(mesh: Mesh, target: EnforceTarget): Mesh {
  const plan = planEnforcement(mesh, target, 'STRICT');
  return plan.kind === 'plan' ? withDesired(mesh, plan.desired) : mesh;
}
