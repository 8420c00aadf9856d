import * as vscode from 'vscode';
import { schemes } from '../../contributions.ts';
import type { CommandId } from '../../contributions.ts';
import type { Disposable } from '../platform/disposables.ts';
import type { TreeContent } from './meshTree.ts';
import { childrenOf, namespacePage, parentOf } from './meshTree.ts';
import { rowOf, rowWithoutMesh } from './rowOf.ts';
import { tooltipOf } from './rowTooltip.ts';
import type { Tooltip } from './rowTooltip.ts';
import type { ShownRows } from './shownRows.ts';
import { projectionOf, shownNode, takeStaleRows } from './shownRows.ts';
import type { Notice, NoticeNode, TreeNode } from './treeNode.ts';
import { nodeId } from './treeNode.ts';
import type { TreeRow } from './treeRow.ts';
import { contextValue } from './treeRow.ts';

/** What the view shows: nothing (its welcome), one sentence, or a mesh. */
export type TreeInput =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'notice'; readonly context: string; readonly notice: Notice }
  | { readonly kind: 'mesh'; readonly context: string; readonly mesh: TreeContent['mesh'] };

/** Hands the rows of `meshTree.ts` to VS Code and repaints only those that changed. */
export class MeshTreeProvider implements vscode.TreeDataProvider<TreeNode>, Disposable {
  readonly #changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #shown: ShownRows = new Map();
  #input: TreeInput = { kind: 'nothing' };
  #shownNamespaces = namespacePage;

  /** Shows something else. The same mesh with other facts repaints single rows. */
  show(input: TreeInput): void {
    const before = this.#input;
    this.#input = input;
    if (before.kind !== 'mesh' || input.kind !== 'mesh' || before.context !== input.context) {
      this.#shown.clear();
      this.#shownNamespaces = namespacePage;
      this.#changed.fire(undefined);
      return;
    }
    this.#repaint();
  }

  /** Shows the next page of namespaces. */
  showMoreNamespaces(): void {
    this.#shownNamespaces += namespacePage;
    this.#repaint();
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const content = this.#content();
    if (content === undefined) return itemOf(rowWithoutMesh(node));
    const row = this.#shown.get(nodeId(node));
    if (row !== undefined) row.projection = projectionOf(content, node);
    return itemOf(rowOf(content, node), node);
  }

  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    const content = this.#content();
    const tooltip = content && tooltipOf(content, node);
    if (tooltip !== undefined) item.tooltip = markdownOf(tooltip);
    return item;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    const parent = parentOf(node);
    return parent && shownNode(this.#shown, parent);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    const content = this.#content();
    if (content === undefined) return node === undefined ? this.#noticeNodes() : [];
    const children = childrenOf(content, node).map((child) => shownNode(this.#shown, child));
    const row = node && this.#shown.get(nodeId(node));
    if (row !== undefined) row.children = children.map(nodeId);
    return children;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #repaint(): void {
    const content = this.#content();
    const stale = content === undefined ? [] : takeStaleRows(this.#shown, content);
    if (stale.length > 0) this.#changed.fire([...stale]);
  }

  #content(): TreeContent | undefined {
    if (this.#input.kind !== 'mesh') return undefined;
    const { context, mesh } = this.#input;
    return { context, mesh, shownNamespaces: this.#shownNamespaces };
  }

  #noticeNodes(): NoticeNode[] {
    if (this.#input.kind !== 'notice') return [];
    const { context, notice } = this.#input;
    return [{ kind: 'notice', context, notice }];
  }
}

function itemOf(row: TreeRow, node?: TreeNode): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, collapsibleState(row));
  item.id = row.id;
  item.description = row.description;
  item.iconPath = new vscode.ThemeIcon(row.icon, new vscode.ThemeColor(row.color));
  item.contextValue = contextValue(row.actions);
  item.accessibilityInformation = { label: row.accessibilityLabel };
  if (row.badge !== undefined) item.resourceUri = rowUri(row.id, row.badge);
  const command = commandOf(row, node);
  if (command !== undefined) item.command = command;
  return item;
}

function collapsibleState({ children }: TreeRow): vscode.TreeItemCollapsibleState {
  switch (children) {
    case 'none':
      return vscode.TreeItemCollapsibleState.None;
    case 'collapsed':
      return vscode.TreeItemCollapsibleState.Collapsed;
    case 'expanded':
      return vscode.TreeItemCollapsibleState.Expanded;
  }
}

/** The URI by which `rowDecorations.ts` finds the badge of a row. */
function rowUri(id: string, { text, state }: { text: string; state: string }): vscode.Uri {
  const query = new URLSearchParams({ badge: text, state }).toString();
  return vscode.Uri.from({ scheme: schemes.row, path: `/${id}`, query });
}

function commandOf({ click, label }: TreeRow, node?: TreeNode): vscode.Command | undefined {
  if (click === undefined) return undefined;
  const command: CommandId =
    click === 'open-manifest' ? 'istioMtls.openManifest' : 'istioMtls.showMoreNamespaces';
  return { command, title: label, arguments: node === undefined ? [] : [node] };
}

/** Names come from a cluster, so everything goes in as text, never as Markdown. */
function markdownOf({ heading, paragraphs, list }: Tooltip): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('**').appendText(heading).appendMarkdown('**\n\n');
  for (const paragraph of paragraphs) markdown.appendText(paragraph).appendMarkdown('\n\n');
  for (const entry of list) markdown.appendMarkdown('- ').appendText(entry).appendMarkdown('\n');
  return markdown;
}
