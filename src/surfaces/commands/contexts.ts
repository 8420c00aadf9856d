import * as vscode from 'vscode';
import { Cancelled, HumanError } from '../platform/humanError.ts';
import type { Kubeconfigs } from '../session/kubeconfigs.ts';
import { setting } from '../platform/settings.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import type { Workbench } from './workbench.ts';

/** Lets the person choose a context for this workspace, or the demo mesh, in place of the active one. */
export async function selectContext(workbench: Workbench, kubeconfigs: Kubeconfigs): Promise<void> {
  const placeHolder = 'Which context does this workspace use?';
  const chosen = await chooseContext(kubeconfigs, placeHolder, []);
  if (chosen.kind === 'demo') await workbench.session.openDemo();
  else await useForWorkspace(workbench, kubeconfigs, chosen.context);
}

/** Lets the person choose a context to open beside those that are open already. */
export async function openContext(workbench: Workbench, kubeconfigs: Kubeconfigs): Promise<void> {
  const { session } = workbench;
  const placeHolder = 'Which context is opened beside the others?';
  const open = session.contexts.filter(({ target }) => !target.demo).map(({ name }) => name);
  const chosen = await chooseContext(kubeconfigs, placeHolder, open);
  if (chosen.kind === 'demo') await session.openDemo('beside');
  else await session.open(chosen.context);
}

/** Makes the context of a row the one that manifests and the palette are about. */
export function useContext({ session }: Workbench, node: TreeNode | undefined): void {
  if (node !== undefined) session.activate(node.context);
}

/** Closes the context of a row; from the palette the only one, or one of several that the person chooses. */
export async function closeContext(
  { session }: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const [only, ...others] = session.contexts;
  if (only === undefined) throw new HumanError('No context is open.');
  if (node === undefined && others.length > 0) {
    const items = session.contexts.map(({ id, name, target }) => ({
      label: name,
      description: target.demo ? 'demo mesh' : '',
      id,
    }));
    const placeHolder = 'Which context is closed?';
    const chosen = await vscode.window.showQuickPick(items, { placeHolder });
    if (chosen === undefined) throw new Cancelled();
    await session.close(chosen.id);
    return;
  }
  await session.close(node?.context ?? only.id);
}

/** Turns to the context that another program switched to. */
export async function switchContext(workbench: Workbench, kubeconfigs: Kubeconfigs): Promise<void> {
  const { offered } = workbench.session;
  if (offered !== undefined) await useForWorkspace(workbench, kubeconfigs, offered);
}

async function useForWorkspace(
  { session }: Workbench,
  kubeconfigs: Kubeconfigs,
  context: string,
): Promise<void> {
  if (setting('istioMtls.context') !== '') {
    throw new HumanError('The setting istioMtls.context names the context. Change it there.');
  }
  await kubeconfigs.choose(context);
  await session.switchTo(context);
}

type Choice = { readonly kind: 'demo' } | { readonly kind: 'context'; readonly context: string };

async function chooseContext(
  kubeconfigs: Kubeconfigs,
  placeHolder: string,
  without: readonly string[],
): Promise<Choice> {
  if (!vscode.workspace.isTrusted) {
    throw new HumanError('Cluster access is off in Restricted Mode.');
  }
  const list = await kubeconfigs.contexts();
  if (list.kind === 'broken') throw new HumanError(list.cause);
  type Item = vscode.QuickPickItem & { readonly choice: Choice };
  const items = list.contexts
    .filter(({ name }) => !without.includes(name))
    .map(({ name, server, current }): Item => ({
      label: name,
      description: current ? 'current context of the kubeconfig' : '',
      detail: server,
      choice: { kind: 'context', context: name },
    }));
  const demo: Item = {
    label: '$(beaker) Demo mesh',
    description: 'on this machine',
    choice: { kind: 'demo' },
  };
  const chosen = await vscode.window.showQuickPick([...items, demo], { placeHolder });
  if (chosen === undefined) throw new Cancelled();
  return chosen.choice;
}
