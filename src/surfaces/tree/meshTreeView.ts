import * as vscode from 'vscode';
import { visibleLine } from '../../mesh/index.ts';
import { meshView } from '../../contributions.ts';
import { setContextKey } from '../platform/contextKeys.ts';
import { DisposableStore } from '../platform/disposables.ts';
import type { Disposable } from '../platform/disposables.ts';
import type { ClusterNeed } from '../session/clusterNeed.ts';
import type { Session } from '../session/session.ts';
import type { MeshTreeProvider } from './meshTreeProvider.ts';
import { filterWords } from './namespaceFilter.ts';
import { failureSentences, isWithoutIstio, staleSentences, treeInput } from './treeInput.ts';
import type { TreeNode } from '../nodes/treeNode.ts';

/** Puts the tree into its view and keeps it and its message in step with the session, which it needs while visible. */
export function openMeshTreeView(
  session: Session,
  provider: MeshTreeProvider,
  need: ClusterNeed,
): Disposable {
  const store = new DisposableStore();
  const view = store.add(
    vscode.window.createTreeView(meshView, { treeDataProvider: provider, showCollapseAll: true }),
  );
  store.add(
    view.onDidChangeSelection(({ selection: [row] }) => {
      provider.selected = row;
    }),
  );
  store.add(
    provider.onDidReveal((row) => {
      void view.reveal(row, { select: true, focus: true, expand: true });
    }),
  );
  const progress = store.add(new ViewProgress(session));
  store.add(
    session.onDidChange(() => {
      provider.show(treeInput(session));
      setContextKey('istioMtls.istioMissing', isWithoutIstio(session.contexts));
      progress.update();
    }),
  );
  const paintMessage = (): void => {
    tellMessage(view, session, provider);
  };
  store.add(session.onDidChange(paintMessage));
  store.add(provider.onDidChangeFilter(paintMessage));
  const who = Symbol(meshView);
  // Looking at the view is what asks for a connection; activation alone never does.
  const connectWhenVisible = (): void => {
    need.set(who, view.visible);
    if (view.visible && vscode.workspace.isTrusted && !session.isUsed) void session.connect();
  };
  store.add(view.onDidChangeVisibility(connectWhenVisible));
  store.add(vscode.workspace.onDidGrantWorkspaceTrust(connectWhenVisible));
  connectWhenVisible();
  return store;
}

/** Says above the tree what could not be read, what is not up to date, and which namespaces are not shown. */
function tellMessage(
  view: vscode.TreeView<TreeNode>,
  session: Session,
  provider: MeshTreeProvider,
): void {
  const { filter } = provider;
  setContextKey('istioMtls.filtered', filter !== undefined);
  const sentences = [...failureSentences(session), ...staleSentences(session.contexts)];
  if (filter !== undefined) {
    const { shown, all } = provider.namespaceCounts;
    sentences.push(`${shown} of ${all} namespaces: ${filterWords(filter)}.`);
  }
  // Deleting the property would take it away from VS Code for good; an empty text hides the message.
  const message = visibleLine(sentences.join(' '));
  if ((view.message ?? '') !== message) view.message = message;
}

/** The progress bar of the view, for as long as any connection is being made. */
class ViewProgress implements Disposable {
  readonly #session: Session;
  #end: (() => void) | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  update(): void {
    const { idle, contexts } = this.#session;
    const isBusy =
      idle.kind === 'connecting' ||
      contexts.some(({ connection }) => connection.kind === 'connecting');
    if (!isBusy) this.dispose();
    else if (this.#end === undefined) this.#begin();
  }

  dispose(): void {
    this.#end?.();
    this.#end = undefined;
  }

  #begin(): void {
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    void vscode.window.withProgress({ location: { viewId: meshView } }, () => ended);
  }
}
