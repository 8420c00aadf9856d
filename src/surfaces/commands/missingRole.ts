import * as vscode from 'vscode';
import { HumanError } from '../platform/humanError.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import { knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';

/** Shows the role that would lift what is forbidden, in a new document to hand to an administrator. Nothing is written. */
export async function showMissingRole(
  { session }: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const cluster = await session.clusterOf(node);
  await knownMesh(cluster);
  const content = cluster.missingRole();
  if (content === undefined) {
    throw new HumanError(`Nothing is forbidden in ${cluster.context} any more.`);
  }
  const document = await vscode.workspace.openTextDocument({ language: 'yaml', content });
  await vscode.window.showTextDocument(document);
}
