import { memo } from '../model/memo.ts';
import { partOf, type Mesh } from '../model/mesh.ts';
import type { NamespacePart } from '../model/namespacePart.ts';
import type { MissingFact } from './explanation.ts';
import { missingAny, missingFact } from './missing.ts';

const NOTHING: readonly MissingFact[] = Object.freeze([]);

/**
 * What keeps the modes of a namespace from being certain: PeerAuthentications of its own and of the
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
 * What keeps the root namespace from being certain (R250): the mesh config, unless a setting or an
 * option names it.
 */
export function missingRoot(mesh: Mesh): readonly MissingFact[] {
  return mesh.overrides.rootNamespace === undefined ? missingMeshConfig(mesh) : NOTHING;
}

const missingMeshConfig = memo((mesh: Mesh): readonly MissingFact[] => {
  if (mesh.overrides.meshConfig !== undefined) return NOTHING;
  const fact = mesh.missing.find(
    (one) =>
      one.kind === 'ConfigMap' &&
      one.why !== 'not-installed' &&
      one.why !== 'not-found' &&
      !isBesideTheControlPlane(mesh, one),
  );
  return fact === undefined ? NOTHING : [fact];
});

/** Hidden config maps do not matter where no control plane runs and another one's config was read. */
function isBesideTheControlPlane(mesh: Mesh, { namespace, name }: MissingFact): boolean {
  if (namespace === '' || name !== undefined) return false;
  if (missingFact(mesh, 'Deployment', namespace) !== undefined) return false;
  const controllers = [...partOf(mesh, namespace).controllers.values()];
  if (controllers.some(({ labels }) => labels['app'] === 'istiod')) return false;
  return [...mesh.parts.values()].some((part) => part.name !== namespace && hasMeshConfig(part));
}

function hasMeshConfig({ configMaps }: NamespacePart): boolean {
  return [...configMaps.values()].some(({ data }) => data['mesh'] !== undefined);
}
