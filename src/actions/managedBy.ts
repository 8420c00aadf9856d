import type { Manifest } from '../mesh/model/manifest.ts';
import { managersOf } from './fieldOwnership.ts';

/** A program that keeps an object as a repository or chart says, and may take back what is written by hand. */
export interface ManagedBy {
  readonly tool: 'argo-cd' | 'flux' | 'helm';
  /** The application, kustomization or release, where it is named. */
  readonly name?: string;
}

/**
 * Recognises who else looks after an object: Argo CD by its tracking annotation or label, Flux by its labels, Helm by
 * its release annotation, any of them by the fields it manages.
 */
export function managedBy(manifest: Manifest): ManagedBy | undefined {
  const { labels = {}, annotations = {} } = manifest.metadata;
  const tracking =
    annotations['argocd.argoproj.io/tracking-id'] ?? labels['argocd.argoproj.io/instance'];
  if (tracking !== undefined)
    return { tool: 'argo-cd', name: tracking.split(':', 1)[0] ?? tracking };
  const flux = labels['kustomize.toolkit.fluxcd.io/name'] ?? labels['helm.toolkit.fluxcd.io/name'];
  if (flux !== undefined) return { tool: 'flux', name: flux };
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined) return { tool: 'helm', name: release };
  if (labels['app.kubernetes.io/managed-by'] === 'Helm') return { tool: 'helm' };
  return byFieldManager(managersOf(manifest));
}

function byFieldManager(managers: readonly string[]): ManagedBy | undefined {
  if (managers.some((name) => /^argocd/.test(name))) return { tool: 'argo-cd' };
  if (managers.some((name) => /^(kustomize|helm)-controller$/.test(name))) return { tool: 'flux' };
  if (managers.includes('helm')) return { tool: 'helm' };
  return undefined;
}
