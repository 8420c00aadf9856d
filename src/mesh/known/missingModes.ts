import { memo } from '../model/kept.ts';
import { namespaceLabels, objectsIn, type Mesh } from '../snapshot/mesh.ts';
import type { MeshConfig } from '../model/meshConfig.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import type { MissingFact } from '../model/explanation.ts';
import { hidesObjects, missingAny, missingFact, missingLabels } from './missing.ts';

const NOTHING: readonly MissingFact[] = Object.freeze([]);

/**
 * The missing facts that may change the modes of a namespace: PeerAuthentications of its own and of the
 * root namespace decide them (R8), and the mesh config says which namespace is the root (R250).
 */
export function missingForModes(
  mesh: Mesh,
  namespace: string,
  rootNamespace = mesh.rootNamespace,
): readonly MissingFact[] {
  if (mesh.missing.length === 0) return NOTHING;
  const policies = missingAny(mesh, [
    ['PeerAuthentication', namespace],
    ['PeerAuthentication', rootNamespace],
  ]);
  return [...policies, ...missingRoot(mesh), ...missingNames(mesh, [namespace, rootNamespace])];
}

/**
 * Labels of namespaces that decide which control plane sees their policies: discoverySelectors go by
 * them (R3), and so do revisions where there are several, or policies for one (R2).
 */
function missingNames(mesh: Mesh, namespaces: readonly string[]): readonly MissingFact[] {
  const { revisions } = mesh.controlPlane;
  const selects = [...revisions.values()].some(
    ({ config }) => config.discoverySelectors.length > 0,
  );
  const isMarked = namespaces.some((name) => namesRevisions(objectsIn(mesh, name)));
  if (!selects && !isMarked && revisions.size < 2) return NOTHING;
  const labels = namespaces.map((name) => missingLabels(mesh, name));
  const webhooks = missingFact(mesh, 'MutatingWebhookConfiguration', '');
  const facts = namespaces.some((name) => namesTag(mesh, name)) ? [...labels, webhooks] : labels;
  return [...new Set(facts.filter((fact) => fact !== undefined))];
}

/** Labels of namespaces that discoverySelectors go by (R3). */
export function missingForDiscovery(
  mesh: Mesh,
  namespaces: readonly string[],
  { discoverySelectors }: MeshConfig,
): readonly MissingFact[] {
  if (discoverySelectors.length === 0) return NOTHING;
  const labels = namespaces.map((name) => missingLabels(mesh, name));
  return [...new Set(labels.filter((fact) => fact !== undefined))];
}

function namesRevisions({ peerAuthentications }: NamespaceObjects): boolean {
  for (const { labels } of peerAuthentications.values()) {
    if (labels['istio.io/rev'] !== undefined) return true;
  }
  return false;
}

/** What a namespace's label names is no control plane: a webhook may say for which it stands (R115). */
function namesTag(mesh: Mesh, namespace: string): boolean {
  const named = namespaceLabels(mesh, namespace)['istio.io/rev'];
  return named !== undefined && !mesh.controlPlane.revisions.has(named);
}

/** The missing facts that may change who is let in by the AuthorizationPolicies of some namespaces (R300). */
export function missingForAuthorization(
  mesh: Mesh,
  namespaces: readonly string[],
): readonly MissingFact[] {
  if (mesh.missing.length === 0) return NOTHING;
  const policies = missingAny(
    mesh,
    namespaces.map((namespace) => ['AuthorizationPolicy', namespace] as const),
  );
  return [...policies, ...missingRoot(mesh)];
}

/** As `missingForModes`, for auto mTLS, which more of the mesh config decides than its root namespace (R145). */
export function missingForAuto(
  mesh: Mesh,
  namespace: string,
  rootNamespace: string,
): readonly MissingFact[] {
  if (mesh.missing.length === 0) return NOTHING;
  const modes = missingForModes(mesh, namespace, rootNamespace);
  return [...new Set([...modes, ...missingMeshConfig(mesh)])];
}

/**
 * The missing facts that may change which namespace is the root (R250): the mesh config, unless a setting or an
 * option names it.
 */
export function missingRoot(mesh: Mesh): readonly MissingFact[] {
  return mesh.overrides.rootNamespace === undefined ? missingMeshConfig(mesh) : NOTHING;
}

/** The missing facts that may change the mesh config. */
export const missingMeshConfig = memo((mesh: Mesh): readonly MissingFact[] => {
  if (mesh.overrides.meshConfig !== undefined) return NOTHING;
  const fact = mesh.missing.find(
    (one) =>
      one.kind === 'ConfigMap' &&
      hidesObjects(one) &&
      one.name?.startsWith('istio-sidecar-injector') !== true &&
      !isBesideTheControlPlane(mesh, one),
  );
  return fact === undefined ? NOTHING : [fact];
});

/** Hidden config maps do not matter where no control plane runs and another one's config was read. */
function isBesideTheControlPlane(mesh: Mesh, { namespace, name }: MissingFact): boolean {
  if (namespace === '' || name !== undefined) return false;
  if (missingFact(mesh, 'Deployment', namespace) !== undefined) return false;
  const controllers = [...objectsIn(mesh, namespace).controllers.values()];
  if (controllers.some(({ labels }) => labels['app'] === 'istiod')) return false;
  return [...mesh.namespaces.values()].some(
    (objects) => objects.name !== namespace && hasMeshConfig(objects),
  );
}

function hasMeshConfig({ configMaps }: NamespaceObjects): boolean {
  return [...configMaps.values()].some(({ meshConfig }) => meshConfig !== undefined);
}
