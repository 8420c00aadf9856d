import * as vscode from 'vscode';
import { HumanError } from '../platform/humanError.ts';
import type { Kubeconfigs } from '../platform/kubeconfigs.ts';
import { setting } from '../platform/settings.ts';
import type { Workbench } from './workbench.ts';

/** Lets the person choose a context for this workspace, or the demo mesh, and connects to it. */
export async function selectContext(workbench: Workbench, kubeconfigs: Kubeconfigs): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    throw new HumanError(vscode.l10n.t('Cluster access is off in Restricted Mode.'));
  }
  const list = await kubeconfigs.contexts();
  if (list.kind === 'broken') throw new HumanError(list.cause);
  const demo = {
    label: vscode.l10n.t('$(beaker) Demo mesh'),
    description: vscode.l10n.t('on this machine'),
    context: undefined,
  };
  const contexts = list.contexts.map(({ name, server, current }) => ({
    label: name,
    description: current ? vscode.l10n.t('current context of the kubeconfig') : '',
    detail: server,
    context: name,
  }));
  const placeHolder = vscode.l10n.t('Which context does this workspace use?');
  const chosen = await vscode.window.showQuickPick([...contexts, demo], { placeHolder });
  if (chosen === undefined) return;
  if (chosen.context === undefined) {
    await workbench.session.connectToDemo();
    return;
  }
  if (setting('istioMtls.context') !== '') {
    throw new HumanError(
      vscode.l10n.t('The setting istioMtls.context names the context. Change it there.'),
    );
  }
  await kubeconfigs.choose(chosen.context);
  await workbench.session.connect();
}
