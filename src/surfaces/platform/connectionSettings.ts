import * as vscode from 'vscode';
import type { Settings } from '../../contributions.ts';
import type { Disposable } from './disposables.ts';
import type { Session } from './session.ts';

/** Settings that say which cluster is shown, or how it is read. */
const connectionSettings: readonly (keyof Settings)[] = [
  'istioMtls.kubeconfig',
  'istioMtls.context',
  'istioMtls.rootNamespace',
];

/** Connects anew when such a setting changes; a window that was not connected stays so. */
export function followConnectionSettings(session: Session): Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    const concerns = connectionSettings.some((key) => change.affectsConfiguration(key));
    const isUsed = session.connection.kind !== 'none' && vscode.workspace.isTrusted;
    if (concerns && isUsed) void session.reconnect();
  });
}
