import * as vscode from 'vscode';
import { meshView } from '../../contributions.ts';
import type { MeshSnapshot } from '../../sources/meshSource.ts';
import { setContextKey } from '../platform/contextKeys.ts';
import { DisposableStore } from '../platform/disposables.ts';
import type { Disposable } from '../platform/disposables.ts';
import type { Connection, Session } from '../platform/session.ts';
import type { MeshTreeProvider, TreeInput } from './meshTreeProvider.ts';
import { rowDecorations } from './rowDecorations.ts';
import type { TreeNode } from './treeNode.ts';

/** Puts the tree into its view and keeps it, its title and its message in step with the connection. */
export function openMeshTreeView(session: Session, provider: MeshTreeProvider): Disposable {
  const store = new DisposableStore();
  const view = store.add(
    vscode.window.createTreeView(meshView, { treeDataProvider: provider, showCollapseAll: true }),
  );
  store.add(vscode.window.registerFileDecorationProvider(rowDecorations));
  const show = (): void => {
    paint(view, provider, session);
  };
  store.add(
    session.onDidChange((connection) => {
      show();
      if (connection.kind === 'connecting') showProgress(session);
    }),
  );
  store.add(session.mesh.subscribe(show));
  // Looking at the view is what asks for a connection; activation alone never does.
  const connectWhenVisible = (): void => {
    if (view.visible && vscode.workspace.isTrusted && session.connection.kind === 'none') {
      void session.connect();
    }
  };
  store.add(view.onDidChangeVisibility(connectWhenVisible));
  store.add(vscode.workspace.onDidGrantWorkspaceTrust(connectWhenVisible));
  connectWhenVisible();
  return store;
}

function paint(
  view: vscode.TreeView<TreeNode>,
  provider: MeshTreeProvider,
  { connection, mesh }: Session,
): void {
  const now = mesh.current;
  provider.show(inputOf(connection, now));
  setContextKey('istioMtls.istioMissing', now?.istioInstalled === false);
  const context = connection.kind === 'connected' ? connection.cluster.context : '';
  if (context === '') delete view.description;
  else view.description = context;
  const message = messageOf(now);
  if (message === undefined) delete view.message;
  else view.message = message;
}

function inputOf(connection: Connection, now: MeshSnapshot | undefined): TreeInput {
  switch (connection.kind) {
    case 'none':
    case 'no-kubeconfig':
    case 'connecting':
      return { kind: 'nothing' };
    case 'failed':
      return {
        kind: 'notice',
        context: connection.context,
        notice: { ...connection, kind: 'failed' },
      };
    case 'connected':
      return connectedInput(connection.cluster.context, now);
  }
}

function connectedInput(context: string, now: MeshSnapshot | undefined): TreeInput {
  if (now === undefined) return { kind: 'notice', context, notice: { kind: 'loading' } };
  if (now.istioInstalled === false) return { kind: 'nothing' };
  if (now.status.kind === 'failed') return { kind: 'notice', context, notice: now.status };
  return { kind: 'mesh', context, mesh: now.mesh };
}

function messageOf(now: MeshSnapshot | undefined): string | undefined {
  if (now?.status.kind !== 'stale') return undefined;
  const since = new Date(now.status.since).toLocaleTimeString();
  return vscode.l10n.t('Not up to date since {0}: {1}', since, now.status.cause);
}

/** The progress bar of the view, for as long as a connection is being made. */
function showProgress(session: Session): void {
  void vscode.window.withProgress({ location: { viewId: meshView } }, async () => {
    await new Promise<void>((resolve) => {
      const subscription = session.onDidChange((connection) => {
        if (connection.kind === 'connecting') return;
        subscription.dispose();
        resolve();
      });
    });
  });
}
