import { delimiter } from 'node:path';
import type { Disposable } from '../platform/disposables.ts';

/** The part of the neighbour's API that we use; nobody promises that it is like this. */
export interface KubernetesConfiguration {
  getKubeconfigPath(): unknown;
  onDidChangeKubeconfigPath?: (listener: () => void) => Disposable;
}

/** The neighbour's configuration API, if it is active and has it. */
export function configurationOf(
  extension: { readonly isActive: boolean; readonly exports: unknown } | undefined,
): KubernetesConfiguration | undefined {
  if (extension?.isActive !== true) return undefined;
  const broker = extension.exports as Broker | undefined;
  const answer = broker?.get?.('configuration', 'v1_1');
  return answer?.available === true ? answer.api : undefined;
}

/** The files behind a path as the neighbour gives it: several are joined as in KUBECONFIG, and those in WSL are out of reach. */
export function kubeconfigFilesOf(
  configuration: KubernetesConfiguration | undefined,
): readonly string[] | undefined {
  const path = configuration?.getKubeconfigPath() as
    { readonly pathType?: unknown; readonly hostPath?: unknown } | undefined;
  if (path?.pathType !== 'host' || typeof path.hostPath !== 'string') return undefined;
  const files = path.hostPath.split(delimiter).filter((file) => file !== '');
  return files.length === 0 ? undefined : files;
}

interface Broker {
  readonly get?: (
    component: string,
    version: string,
  ) => { readonly available: boolean; readonly api?: KubernetesConfiguration } | undefined;
}
