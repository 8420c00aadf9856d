import type { ObjectRef } from '../../mesh/index.ts';
import { HumanError } from '../platform/humanError.ts';
import type { ObjectInContext, TreeNode } from '../nodes/treeNode.ts';
import type { Workbench } from './workbench.ts';

/** Opens the live object of a row, or a named one of an open context, read-only. */
export async function openManifest(
  workbench: Workbench,
  target: TreeNode | ObjectInContext | undefined,
): Promise<void> {
  const ref = target && objectOf(target);
  if (target === undefined || ref === undefined)
    throw new HumanError('A manifest is opened from a row that stands for one object.');
  await workbench.session.clusterOf(target);
  await workbench.manifests.show(target.context, ref);
}

function objectOf(target: TreeNode | ObjectInContext): ObjectRef | undefined {
  switch (target.kind) {
    case 'mesh':
    case 'port':
    case 'differing-namespaces':
    case 'more-namespaces':
    case 'notice':
      return undefined;
    case 'namespace':
      return { kind: 'Namespace', namespace: '', name: target.namespace };
    case 'workload':
      return target.workload;
    case 'policy':
      return target.policy;
    case 'object':
      return target.object;
  }
}
