import type { WorkloadRef } from '../../mesh/index.ts';
import { refKey } from '../../mesh/index.ts';
import type { ContextRole, FindMistakes, TreeContent } from './meshTree.ts';
import { childrenOf, namespacePage } from './meshTree.ts';
import { contextRow } from './contextRow.ts';
import type { NamespaceFilter } from './namespaceFilter.ts';
import { rowOf, rowWithoutMesh } from './rowOf.ts';
import { tooltipOf, tooltipWithoutMesh } from './rowTooltip.ts';
import type { Tooltip } from './tooltip.ts';
import type { ShownRows } from './shownRows.ts';
import { projectionOf, shownNode, takeStaleRows } from './shownRows.ts';
import type { MeshNode, Notice, TreeNode } from '../nodes/treeNode.ts';
import { nodeId } from '../nodes/treeNode.ts';
import type { TreeRow } from './treeRow.ts';

/** One open context as the tree shows it: its mesh, or one sentence in place of it. */
export type ContextInput = {
  readonly context: string;
  readonly role: ContextRole;
} & (
  | { readonly kind: 'notice'; readonly notice: Notice }
  | { readonly kind: 'mesh'; readonly mesh: TreeContent['mesh'] }
);

/** The rows of one open context, and which of them VS Code knows. Contexts share none of it. */
export class ContextTree {
  readonly root: MeshNode;
  readonly #shown: ShownRows = new Map();
  #input: ContextInput;
  #filter: NamespaceFilter | undefined;
  #shownNamespaces = namespacePage;
  #proxyMarks: ReadonlyMap<string, number> = new Map();
  #findMistakes: FindMistakes | undefined;

  constructor(input: ContextInput, filter: NamespaceFilter | undefined) {
    this.root = { kind: 'mesh', context: input.context };
    this.#input = input;
    this.#filter = filter;
    this.#forget();
  }

  /** What is shown; undefined while there is no mesh. */
  get content(): TreeContent | undefined {
    if (this.#input.kind !== 'mesh') return undefined;
    const { context, role, mesh } = this.#input;
    const [shownNamespaces, filter] = [this.#shownNamespaces, this.#filter];
    const content = { context, role, mesh, shownNamespaces, filter, proxyMarks: this.#proxyMarks };
    return this.#findMistakes === undefined
      ? content
      : { ...content, findMistakes: this.#findMistakes };
  }

  /** Shows something else, and returns the rows to repaint. */
  show(input: ContextInput): readonly TreeNode[] {
    const before = this.#input;
    this.#input = input;
    if (before.kind === 'mesh' && input.kind === 'mesh') {
      return before.mesh === input.mesh && before.role === input.role ? [] : this.#staleRows();
    }
    if (JSON.stringify(withoutMesh(before)) === JSON.stringify(withoutMesh(input))) return [];
    this.#forget();
    return [this.root];
  }

  /** Shows other namespaces of the same mesh, and returns the rows to repaint. */
  filter(filter: NamespaceFilter | undefined): readonly TreeNode[] {
    this.#filter = filter;
    this.#shownNamespaces = namespacePage;
    return this.#staleRows();
  }

  /** Keeps what was seen when a workload’s proxy was looked at, and returns the rows to repaint. */
  markProxy(workload: WorkloadRef, differences: number): readonly TreeNode[] {
    this.#proxyMarks = new Map([...this.#proxyMarks, [refKey(workload), differences]]);
    return this.#staleRows();
  }

  /** Marks rows with what is found from now on, and returns the rows to repaint. */
  findBy(findMistakes: FindMistakes): readonly TreeNode[] {
    this.#findMistakes = findMistakes;
    return this.#staleRows();
  }

  /** Shows the next page of namespaces, and returns the rows to repaint. */
  showMoreNamespaces(): readonly TreeNode[] {
    this.#shownNamespaces += namespacePage;
    return this.#staleRows();
  }

  row(node: TreeNode): TreeRow {
    const { content } = this;
    if (content !== undefined) {
      const shown = this.#shown.get(nodeId(node));
      if (shown !== undefined) shown.projection = projectionOf(content, node);
      return rowOf(content, node);
    }
    return node.kind === 'mesh' && this.#input.kind === 'notice'
      ? contextRow(node, this.#input.role, this.#input.notice)
      : rowWithoutMesh(node);
  }

  tooltip(node: TreeNode): Tooltip | undefined {
    const { content } = this;
    return content === undefined ? tooltipWithoutMesh(node) : tooltipOf(content, node);
  }

  children(node: TreeNode): TreeNode[] {
    const children = this.#below(node).map((child) => shownNode(this.#shown, child));
    const row = this.#shown.get(nodeId(node));
    if (row !== undefined) row.children = children.map(nodeId);
    return children;
  }

  /** The node that VS Code knows for this one. */
  known(node: TreeNode): TreeNode {
    return shownNode(this.#shown, node);
  }

  #below(node: TreeNode): readonly TreeNode[] {
    const { content } = this;
    if (content !== undefined) return childrenOf(content, node);
    if (node.kind !== 'mesh' || this.#input.kind !== 'notice') return [];
    const { context, notice } = this.#input;
    const why = { kind: 'notice', context, notice } as const;
    const isForbidden = notice.kind === 'failed' && notice.forbidden === true;
    return isForbidden ? [why, { ...why, notice: { kind: 'name-namespaces' } }] : [why];
  }

  #staleRows(): readonly TreeNode[] {
    return this.content === undefined ? [] : takeStaleRows(this.#shown, this.content);
  }

  /** Forgets all rows but the root, which stays the same object for as long as the context is open. */
  #forget(): void {
    this.#shown.clear();
    this.#shown.set(nodeId(this.root), { node: this.root, projection: '', children: undefined });
    this.#shownNamespaces = namespacePage;
  }
}

function withoutMesh({ kind, role, ...rest }: ContextInput): unknown {
  return [kind, role, 'notice' in rest ? rest.notice : undefined];
}
