import type { Mesh } from '../../../src/mesh/model/mesh.ts';
import { childrenOf, namespacePage } from '../../../src/surfaces/tree/meshTree.ts';
import type { TreeContent } from '../../../src/surfaces/tree/meshTree.ts';
import { rowOf } from '../../../src/surfaces/tree/rowOf.ts';
import { projectionOf, shownNode, takeStaleRows } from '../../../src/surfaces/tree/shownRows.ts';
import type { ShownRows } from '../../../src/surfaces/tree/shownRows.ts';
import type { TreeNode } from '../../../src/surfaces/tree/treeNode.ts';
import { nodeId } from '../../../src/surfaces/tree/treeNode.ts';

/** What one repaint made VS Code ask for. */
export interface Repaint {
  /** The rows that changed. */
  readonly stale: readonly TreeNode[];
  /** Rows asked for, those below the changed ones included. */
  readonly asked: number;
}

/** The Mesh view as VS Code drives it: it asks for the rows below expanded rows, and again for rows that changed. */
export class ShownTree {
  readonly #shown: ShownRows = new Map();
  readonly #isExpanded: (node: TreeNode) => boolean;
  #painted = false;

  constructor(isExpanded: (node: TreeNode) => boolean) {
    this.#isExpanded = isExpanded;
  }

  get rows(): number {
    return this.#shown.size;
  }

  paint(mesh: Mesh): Repaint {
    const content: TreeContent = {
      context: 'bench',
      role: 'only',
      mesh,
      shownNamespaces: namespacePage,
      filter: undefined,
    };
    if (this.#painted) return this.#repaint(content);
    this.#painted = true;
    const root = shownNode(this.#shown, { kind: 'mesh', context: content.context });
    return { stale: [root], asked: this.#ask(content, root) };
  }

  #repaint(content: TreeContent): Repaint {
    const stale = takeStaleRows(this.#shown, content);
    return { stale, asked: this.#askAll(content, stale) };
  }

  #askAll(content: TreeContent, nodes: readonly TreeNode[]): number {
    let asked = 0;
    for (const node of nodes) asked += this.#ask(content, node);
    return asked;
  }

  /** A row is asked for, and, where it is expanded, so are the rows below it. */
  #ask(content: TreeContent, node: TreeNode): number {
    rowOf(content, node);
    const row = this.#shown.get(nodeId(node));
    if (row === undefined) return 1;
    row.projection = projectionOf(content, node);
    if (!this.#isExpanded(node)) return 1;
    const children = childrenOf(content, node).map((child) => shownNode(this.#shown, child));
    row.children = children.map(nodeId);
    return 1 + this.#askAll(content, children);
  }
}
