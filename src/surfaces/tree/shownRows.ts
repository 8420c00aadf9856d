import type { TreeContent } from './meshTree.ts';
import { childrenOf } from './meshTree.ts';
import { rowOf } from './rowOf.ts';
import { tooltipOf } from './rowTooltip.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import { nodeId } from '../nodes/treeNode.ts';

/** One row that VS Code has asked for, and what it was told. */
export interface ShownRow {
  readonly node: TreeNode;
  /** Everything that the row and its tooltip said. */
  projection: string;
  /** Ids of the rows below, once they were asked for. */
  children: readonly string[] | undefined;
}

/** The rows that VS Code knows, by id. VS Code finds a row by object identity: hence one node an id. */
export type ShownRows = Map<string, ShownRow>;

/** The node that VS Code knows for this id, or the given one if it knows none yet. */
export function shownNode(shown: ShownRows, node: TreeNode): TreeNode {
  const id = nodeId(node);
  const known = shown.get(id);
  if (known !== undefined) return known.node;
  shown.set(id, { node, projection: '', children: undefined });
  return node;
}

/** Everything that a row says, in a form that can be compared. */
export function projectionOf(content: TreeContent, node: TreeNode): string {
  return JSON.stringify([rowOf(content, node), tooltipOf(content, node)]);
}

/**
 * The rows to repaint: those that say something else now, or have other rows below them. Remembers
 * what it reports, and forgets the rows that are gone.
 */
export function takeStaleRows(shown: ShownRows, content: TreeContent): readonly TreeNode[] {
  const stale: TreeNode[] = [];
  for (const [id, row] of shown) {
    // A row above was found without this one in this very pass.
    if (shown.get(id) !== row) continue;
    const projection = projectionOf(content, row.node);
    const children = row.children && childrenOf(content, row.node).map(nodeId);
    if (projection === row.projection && sameIds(children, row.children)) continue;
    forgetMissing(shown, row.children ?? [], new Set(children));
    row.projection = projection;
    row.children = children;
    stale.push(row.node);
  }
  return stale.filter((node) => shown.get(nodeId(node))?.node === node);
}

function sameIds(
  left: readonly string[] | undefined,
  right: readonly string[] | undefined,
): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.length === right.length && left.every((id, index) => id === right[index]);
}

function forgetMissing(
  shown: ShownRows,
  before: readonly string[],
  now: ReadonlySet<string>,
): void {
  for (const id of before) {
    if (now.has(id)) continue;
    const row = shown.get(id);
    shown.delete(id);
    forgetMissing(shown, row?.children ?? [], new Set());
  }
}
