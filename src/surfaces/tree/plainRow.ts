import type { TreeNode } from '../nodes/treeNode.ts';
import { nodeId } from '../nodes/treeNode.ts';
import type { TreeRow } from './treeRow.ts';

/** A row that says something other than a mode. */
export function plainRow(node: TreeNode, label: string, description: string): TreeRow {
  return {
    id: nodeId(node),
    label,
    description,
    icon: 'info',
    color: 'descriptionForeground',
    children: 'none',
    actions: [],
    accessibilityLabel: spoken(label, description),
  };
}

/** What a screen reader says: all parts that are not empty. */
export function spoken(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}
