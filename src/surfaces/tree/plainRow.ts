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
    accessibilityLabel: spoken(label, ...description.split(' · ')),
  };
}

/** A screen reader says a row whenever it is walked over: what is more than this is left to the tooltip. */
const MAX_SPOKEN_WORDS = 12;

/** What a screen reader says: the parts that are not empty, the most important first, as far as there is time for them. */
export function spoken(label: string, ...parts: readonly string[]): string {
  let said = label;
  for (const part of parts.filter((one) => one !== '')) {
    const more = `${said}, ${part}`;
    if (more.split(/\s+/).length > MAX_SPOKEN_WORDS && said !== label) break;
    said = more;
  }
  return said;
}
