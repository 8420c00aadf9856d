import * as vscode from 'vscode';
import type { CommandId } from '../../contributions.ts';
import { list as listOf, paragraph } from '../../mesh/index.ts';
import { markdownOf } from '../platform/markdown.ts';
import type { Tooltip } from './tooltip.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import type { TreeRow } from './treeRow.ts';
import { contextValue } from './treeRow.ts';

/** A row in the terms of VS Code. */
export function itemOf(row: TreeRow, node: TreeNode): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, collapsibleState(row));
  item.id = row.id;
  item.description = row.description;
  item.iconPath = new vscode.ThemeIcon(row.icon, new vscode.ThemeColor(row.color));
  item.contextValue = contextValue(row.actions);
  item.accessibilityInformation = { label: row.accessibilityLabel };
  const command = commandOf(row, node);
  if (command !== undefined) item.command = command;
  return item;
}

/**
 * Names come from a cluster, so everything goes in as text, never as Markdown. VS Code's own `appendText` would turn every space
 * into one at which no line can break.
 */
export function tooltipMarkdown({ heading, paragraphs, list }: Tooltip): vscode.MarkdownString {
  const blocks = [
    paragraph({ strong: heading }),
    ...paragraphs.map((text) => paragraph(text)),
    ...listOf(list.map((entry) => [entry])),
  ];
  return new vscode.MarkdownString(markdownOf(blocks));
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

const clicks: Readonly<Record<NonNullable<TreeRow['click']>, CommandId>> = {
  'filter-differing': 'istioMtls.filterDiffering',
  'open-manifest': 'istioMtls.openManifest',
  'show-more-namespaces': 'istioMtls.showMoreNamespaces',
  'switch-context': 'istioMtls.switchContext',
  'show-missing-role': 'istioMtls.showMissingRole',
  'name-namespaces': 'istioMtls.nameNamespaces',
  reconnect: 'istioMtls.reconnect',
};

function commandOf({ click, label }: TreeRow, node: TreeNode): vscode.Command | undefined {
  return click && { command: clicks[click], title: label, arguments: [node] };
}
