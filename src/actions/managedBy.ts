import type { Manifest } from '../mesh/index.ts';
import { managersOf } from './fieldOwnership.ts';

/** What keeps objects as some source says, and takes back sooner or later what is written past it. */
export type KeepingTool = 'argo-cd' | 'flux' | 'helm' | 'istio-install' | 'terraform' | 'kubectl';

/** A program that keeps an object as a repository, chart or file says. */
export interface ManagedBy {
  readonly tool: KeepingTool;
  /** The application, kustomization or release, where it is named. */
  readonly name?: string;
}

/** kubectl's own copy of the file that it applied, in an annotation. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Recognises who else looks after an object: Argo CD by its tracking annotation or label, Flux and Istio's installer by
 * their labels, Helm by its release annotation, any of them by the fields it manages; and kubectl, where a file was
 * applied with it.
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
  const installation = labels['install.operator.istio.io/owning-resource'];
  if (installation !== undefined) return { tool: 'istio-install', name: installation };
  return byFieldManager(manifest) ?? (isApplied(manifest) ? { tool: 'kubectl' } : undefined);
}

/** The programs by the names under which they write, those that act by themselves first. */
const WRITERS: readonly (readonly [KeepingTool, RegExp])[] = [
  ['argo-cd', /^argocd\b/],
  ['flux', /^(?:kustomize-controller|helm-controller|flux)\b/],
  ['helm', /^helm$/i],
  ['istio-install', /^(?:istio-operator|istioctl)\b/],
  ['terraform', /^(?:terraform|hashicorp)\b/i],
  ['kubectl', /^kubectl\b/],
];

/** The program that writes under the name of a field manager. */
export function toolOfManager(manager: string): KeepingTool | undefined {
  return WRITERS.find(([, name]) => name.test(manager))?.[0];
}

function byFieldManager(manifest: Manifest): ManagedBy | undefined {
  const tools = managersOf(manifest).map(toolOfManager);
  const tool = WRITERS.find(([one]) => one !== 'kubectl' && tools.includes(one))?.[0];
  return tool && { tool };
}

/** Who edits or scales by hand with kubectl keeps nothing; a file can be applied again. */
function isApplied(manifest: Manifest): boolean {
  const { annotations = {} } = manifest.metadata;
  return LAST_APPLIED in annotations || managersOf(manifest, 'Apply').includes('kubectl');
}
