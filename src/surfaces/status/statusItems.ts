import * as vscode from 'vscode';
import { meshView } from '../../contributions.ts';
import type { CommandId } from '../../contributions.ts';
import { visibleLine } from '../../mesh/index.ts';
import { DisposableStore } from '../platform/disposables.ts';
import { manifestSelector } from '../platform/editorText.ts';
import type { Session } from '../session/session.ts';
import { contextStatus, judgedBySentence } from './contextStatus.ts';

/**
 * Shows in the status bar which context is the active one and how it is, and in the language status of YAML files by what
 * they are judged. Neither is there before somebody used a cluster.
 */
export function openStatusItems(session: Session): DisposableStore {
  const store = new DisposableStore();
  let context: vscode.StatusBarItem | undefined;
  let manifests: vscode.LanguageStatusItem | undefined;
  const update = (): void => {
    if (!session.isUsed) return;
    context ??= store.add(contextItem());
    manifests ??= store.add(manifestItem());
    manifests.text = visibleLine(judgedBySentence(session.active));
    const { active } = session;
    if (active === undefined) {
      context.hide();
      return;
    }
    const { icon, text, tooltip } = contextStatus(active);
    context.text = `$(${icon}) ${withoutIcons(visibleLine(text))}`;
    context.tooltip = visibleLine(tooltip.join(' '));
    context.show();
  };
  store.add(session.onDidChange(update));
  return store;
}

/** A name of a cluster must not become an icon. */
function withoutIcons(text: string): string {
  return text.replaceAll('$(', '$ (');
}

function contextItem(): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem(
    'istioMtls.context',
    vscode.StatusBarAlignment.Left,
  );
  item.name = 'Istio mTLS';
  item.command = `${meshView}.focus`;
  return item;
}

function manifestItem(): vscode.LanguageStatusItem {
  const item = vscode.languages.createLanguageStatusItem('istioMtls.basis', manifestSelector);
  item.name = 'Istio mTLS';
  item.command = {
    command: 'istioMtls.selectContext' satisfies CommandId,
    title: 'Select Context…',
  };
  return item;
}
