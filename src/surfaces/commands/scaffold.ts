import * as vscode from 'vscode';
import type { MutualTlsMode } from '../../mesh/index.ts';
import { Cancelled } from '../platform/humanError.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import { enforceTarget, knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';

/** Writes the policies for a scope into a new, unsaved YAML document. The cluster is not touched. */
export async function scaffoldPolicy(
  workbench: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const question = { title: 'Create a PeerAuthentication', node };
  const { cluster, target } = await enforceTarget(workbench, question);
  const mesh = await knownMesh(cluster);
  const mode = await chooseMode();
  const { scaffoldText } = await workbench.loadManifestTools();
  const content = scaffoldText(mesh, target, mode);
  const document = await vscode.workspace.openTextDocument({ language: 'yaml', content });
  await vscode.window.showTextDocument(document);
}

async function chooseMode(): Promise<MutualTlsMode> {
  const items: readonly (vscode.QuickPickItem & { readonly mode: MutualTlsMode })[] = [
    { label: 'STRICT', description: 'only mutual TLS', mode: 'STRICT' },
    {
      label: 'PERMISSIVE',
      description: 'mutual TLS and plaintext',
      mode: 'PERMISSIVE',
    },
    { label: 'DISABLE', description: 'no mutual TLS', mode: 'DISABLE' },
  ];
  const placeHolder = 'Which mode?';
  const chosen = await vscode.window.showQuickPick(items, { placeHolder });
  if (chosen === undefined) throw new Cancelled();
  return chosen.mode;
}
