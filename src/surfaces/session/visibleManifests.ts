import * as vscode from 'vscode';
import { manifestSelector } from '../platform/editorText.ts';
import type { ClusterNeed } from './clusterNeed.ts';
import { DisposableStore } from '../platform/disposables.ts';

/** The clusters are needed while a YAML editor is visible: what it says about a manifest, it says by the cluster. */
export function followVisibleManifests(need: ClusterNeed): DisposableStore {
  const store = new DisposableStore();
  const who = Symbol('visible manifests');
  const look = (): void => {
    const isVisible = vscode.window.visibleTextEditors.some(
      ({ document }) => vscode.languages.match(manifestSelector, document) > 0,
    );
    need.set(who, isVisible);
  };
  store.add(vscode.window.onDidChangeVisibleTextEditors(look));
  // A document whose language was changed is opened anew.
  store.add(vscode.workspace.onDidOpenTextDocument(look));
  look();
  return store;
}
