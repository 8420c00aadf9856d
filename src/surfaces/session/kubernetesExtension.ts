import * as vscode from 'vscode';
import type { Disposable } from '../platform/disposables.ts';
import { configurationOf, kubeconfigFilesOf } from './kubernetesConfiguration.ts';

/**
 * The Kubernetes extension as a neighbour. It hands out its parts by name and version through what its activation
 * returned; `configuration` v1_1 tells which kubeconfig it uses. We never activate it: that is its user's affair.
 */
const extensionId = 'ms-kubernetes-tools.vscode-kubernetes-tools';

/** The kubeconfig files that the Kubernetes extension uses; undefined unless it is active and says so. */
export function kubernetesExtensionPaths(): readonly string[] | undefined {
  return kubeconfigFilesOf(configurationOf(vscode.extensions.getExtension(extensionId)));
}

/** Calls back when the Kubernetes extension turns to another kubeconfig; does nothing unless it is active. */
export function watchKubernetesExtension(onChange: () => void): Disposable {
  const configuration = configurationOf(vscode.extensions.getExtension(extensionId));
  return configuration?.onDidChangeKubeconfigPath?.(onChange) ?? { dispose: () => undefined };
}
