import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { at, byAge, inRevision, ofKind, pairs, selects } from './json.ts';

/** The objects of a mesh and the settings of its control plane, as they are written. */
export interface ReferenceMesh {
  readonly objects: readonly Manifest[];
  readonly meshConfig: Readonly<Record<string, unknown>>;
  readonly ambientEnabled: boolean;
}

export function rootNamespaceOf({ meshConfig }: ReferenceMesh): string {
  const named = meshConfig['rootNamespace'];
  return typeof named === 'string' ? named : 'istio-system';
}

export function policiesOf(mesh: ReferenceMesh, namespace: string): readonly Manifest[] {
  return ofKind(mesh.objects, 'PeerAuthentication', namespace).filter(inRevision).toSorted(byAge);
}

/** R5: no selector, and a selector without labels, are the same. */
export function hasLabels(policy: Manifest): boolean {
  return pairs(at(policy, 'spec', 'selector', 'matchLabels')).length > 0;
}

/** R10: of the selector-less policies of a namespace only the oldest exists. */
function oldestWithoutSelector(mesh: ReferenceMesh, namespace: string): Manifest | undefined {
  return policiesOf(mesh, namespace).find((policy) => !hasLabels(policy));
}

/** R11, R6: the oldest policy whose selector matches the pod; none in the root namespace. */
export function workloadPolicy(mesh: ReferenceMesh, pod: Manifest): Manifest | undefined {
  const namespace = pod.metadata.namespace ?? '';
  if (namespace === rootNamespaceOf(mesh)) return undefined;
  return policiesOf(mesh, namespace).find(
    (policy) =>
      hasLabels(policy) &&
      selects(at(policy, 'spec', 'selector', 'matchLabels'), pod.metadata.labels),
  );
}

/** The mode of a mutual-TLS block; undefined where it is unset. */
export function modeIn(block: unknown): string | undefined {
  const mode = at(block, 'mode');
  return typeof mode === 'string' && mode !== 'UNSET' ? mode : undefined;
}

/** R12 to R16 for one workload port. */
export function composedMode(mesh: ReferenceMesh, pod: Manifest, port: number): string {
  const namespace = pod.metadata.namespace ?? '';
  const root = rootNamespaceOf(mesh);
  const meshPolicy = oldestWithoutSelector(mesh, root);
  const namespacePolicy = namespace === root ? undefined : oldestWithoutSelector(mesh, namespace);
  const own = workloadPolicy(mesh, pod);
  let mode = 'PERMISSIVE';
  for (const policy of [meshPolicy, namespacePolicy, own])
    mode = modeIn(at(policy, 'spec', 'mtls')) ?? mode;
  return modeIn(at(own, 'spec', 'portLevelMtls', String(port))) ?? mode;
}

/** R22: what clients take for the mode of a whole namespace. */
export function namespaceHint(mesh: ReferenceMesh, namespace: string): string {
  const meshMode = modeIn(at(oldestWithoutSelector(mesh, rootNamespaceOf(mesh)), 'spec', 'mtls'));
  const own = modeIn(at(oldestWithoutSelector(mesh, namespace), 'spec', 'mtls'));
  return own ?? meshMode ?? 'PERMISSIVE';
}
