import * as vscode from 'vscode';
import type { WorkloadRef } from '../../mesh/index.ts';
import type { Disposable } from '../platform/disposables.ts';
import type { ContextInput } from './contextTree.ts';
import { ContextTree } from './contextTree.ts';
import type { FindMistakes } from './meshTree.ts';
import { filteredNamespaces, parentOf } from './meshTree.ts';
import type { NamespaceFilter } from './namespaceFilter.ts';
import { RepaintQueue } from './repaintQueue.ts';
import { rowWithoutMesh } from './rowOf.ts';
import { tooltipWithoutMesh } from './rowTooltip.ts';
import type { Notice, NoticeNode, TreeNode } from '../nodes/treeNode.ts';
import { itemOf, tooltipMarkdown } from './treeItem.ts';

/** What the view shows: open contexts, below what concerns none of them. Nothing at all makes room for its welcome. */
export interface TreeInput {
  readonly notices: readonly Notice[];
  readonly contexts: readonly ContextInput[];
}

type LoadFindMistakes = () => Promise<FindMistakes>;

/** Hands the rows of all open contexts to VS Code and repaints only those that changed. */
export class MeshTreeProvider implements vscode.TreeDataProvider<TreeNode>, Disposable {
  readonly #changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #repaints = new RepaintQueue((rows) => {
    this.#changed.fire(rows);
  });
  readonly #filterChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeFilter = this.#filterChanged.event;
  readonly #revealed = new vscode.EventEmitter<TreeNode>();
  readonly onDidReveal = this.#revealed.event;
  #notices: readonly NoticeNode[] = [];
  #trees: ReadonlyMap<string, ContextTree> = new Map();
  #filter: NamespaceFilter | undefined;
  readonly #loadFindMistakes: LoadFindMistakes | undefined;
  #findMistakes: FindMistakes | undefined;
  #marking: Promise<void> | undefined;

  /** Without `loadFindMistakes` rows have no marks. */
  constructor(loadFindMistakes?: LoadFindMistakes) {
    this.#loadFindMistakes = loadFindMistakes;
  }

  /** The row that is selected, from which commands of the palette start. */
  selected: TreeNode | undefined;

  get filter(): NamespaceFilter | undefined {
    return this.#filter;
  }

  /** Shows a row, also one that the filter leaves out. */
  reveal(node: TreeNode): void {
    if (this.#filter !== undefined) this.setFilter(undefined);
    this.#revealed.fire(node);
  }

  /** Namespaces that pass the filter, of all that there are. */
  get namespaceCounts(): { readonly shown: number; readonly all: number } {
    const contents = [...this.#trees.values()].flatMap(({ content }) => content ?? []);
    const count = (filter: NamespaceFilter | undefined): number =>
      contents.reduce((sum, one) => sum + filteredNamespaces({ ...one, filter }).length, 0);
    return { shown: count(this.#filter), all: count(undefined) };
  }

  /** Shows something else. The same contexts with other facts repaint single rows. */
  show({ notices, contexts }: TreeInput): void {
    const roots = this.#roots();
    const before = this.#trees;
    const notes = notices.map((notice): NoticeNode => ({ kind: 'notice', context: '', notice }));
    if (JSON.stringify(notes) !== JSON.stringify(this.#notices)) this.#notices = notes;
    const stale: TreeNode[] = [];
    this.#trees = new Map(
      contexts.map((input) => {
        const known = before.get(input.context);
        stale.push(...(known?.show(input) ?? []));
        return [input.context, known ?? this.#newTree(input)];
      }),
    );
    const now = this.#roots();
    const same = roots.length === now.length && roots.every((root, index) => root === now[index]);
    if (same) this.#repaints.add(stale);
    else this.#repaints.addEverything();
  }

  /** Shows the namespaces that pass; undefined shows all. */
  setFilter(filter: NamespaceFilter | undefined): void {
    this.#filter = filter;
    this.#repaints.add([...this.#trees.values()].flatMap((tree) => tree.filter(filter)));
    this.#filterChanged.fire();
  }

  /** Marks a workload by what was seen when its proxy was looked at. */
  markProxy(context: string, workload: WorkloadRef, differences: number): void {
    this.#repaints.add(this.#trees.get(context)?.markProxy(workload, differences) ?? []);
  }

  /** Shows the next page of namespaces of a context. */
  showMoreNamespaces(context: string): void {
    this.#repaints.add(this.#trees.get(context)?.showMoreNamespaces() ?? []);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const tree = this.#trees.get(node.context);
    return itemOf(tree?.row(node) ?? rowWithoutMesh(node), node);
  }

  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    const tree = this.#trees.get(node.context);
    const tooltip = tree === undefined ? tooltipWithoutMesh(node) : tree.tooltip(node);
    if (tooltip !== undefined) item.tooltip = tooltipMarkdown(tooltip);
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    const parent = parentOf(node);
    return parent && (this.#trees.get(parent.context)?.known(parent) ?? parent);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (node === undefined) return this.#roots();
    if (node.kind === 'namespace') this.#marking ??= this.#markFindings();
    return this.#trees.get(node.context)?.children(node) ?? [];
  }

  dispose(): void {
    this.#repaints.dispose();
    this.#changed.dispose();
    this.#filterChanged.dispose();
    this.#revealed.dispose();
  }

  #newTree(input: ContextInput): ContextTree {
    const tree = new ContextTree(input, this.#filter);
    if (this.#findMistakes !== undefined) tree.findBy(this.#findMistakes);
    return tree;
  }

  /** Rows come first; what marks them is loaded when some of them can have marks. */
  async #markFindings(): Promise<void> {
    const findMistakes = await this.#loadFindMistakes?.();
    if (findMistakes === undefined) return;
    this.#findMistakes = findMistakes;
    this.#repaints.add([...this.#trees.values()].flatMap((tree) => tree.findBy(findMistakes)));
  }

  #roots(): TreeNode[] {
    return [...this.#notices, ...[...this.#trees.values()].map(({ root }) => root)];
  }
}
