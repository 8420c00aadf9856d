import * as vscode from 'vscode';
import type { Settings } from '../../contributions.ts';
import type { Disposable } from '../platform/disposables.ts';
import type { Session } from './session.ts';

/** Settings that say which cluster is shown, or how it is read. */
const connectionSettings: readonly (keyof Settings)[] = [
  'istioMtls.kubeconfig',
  'istioMtls.context',
  'istioMtls.kubernetesExtension',
  'istioMtls.namespaces',
  'istioMtls.rootNamespace',
  'istioMtls.meshConfig',
];

/** Connects anew when such a setting changes; a window that was not connected stays so. */
export function followConnectionSettings(session: Session): Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    const concerns = connectionSettings.some((key) => change.affectsConfiguration(key));
    if (concerns && session.isUsed && vscode.workspace.isTrusted) void session.reload();
  });
}
