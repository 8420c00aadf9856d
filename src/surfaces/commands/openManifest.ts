import type { ObjectRef } from '../../mesh/model/reference.ts';
import { Cancelled } from '../platform/humanError.ts';
import type { TreeNode } from '../tree/treeNode.ts';
import type { Workbench } from './workbench.ts';

/** Opens the live object of a row, or a named one, read-only. */
export async function openManifest(
  workbench: Workbench,
  target: TreeNode | ObjectRef | undefined,
): Promise<void> {
  const ref = target && objectOf(target);
  if (ref === undefined) throw new Cancelled();
  const { context } = await workbench.session.cluster();
  await workbench.manifests.show(context, ref);
}

function objectOf(target: TreeNode | ObjectRef): ObjectRef | undefined {
  switch (target.kind) {
    case 'mesh':
    case 'port':
    case 'more-namespaces':
    case 'notice':
      return undefined;
    case 'namespace':
      return { kind: 'Namespace', namespace: '', name: target.namespace };
    case 'workload':
      return target.workload;
    case 'policy':
      return target.policy;
    default:
      return target;
  }
}
