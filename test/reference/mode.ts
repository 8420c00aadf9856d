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

function policiesOf(mesh: ReferenceMesh, namespace: string): readonly Manifest[] {
  return ofKind(mesh.objects, 'PeerAuthentication', namespace).filter(inRevision).toSorted(byAge);
}

/** R5: no selector, and a selector without labels, are the same. */
function hasLabels(policy: Manifest): boolean {
  return pairs(at(policy, 'spec', 'selector', 'matchLabels')).length > 0;
}

/** R10: of the selector-less policies of a namespace only the oldest exists. */
function oldestWithoutSelector(mesh: ReferenceMesh, namespace: string): Manifest | undefined {
  return policiesOf(mesh, namespace).find((policy) => !hasLabels(policy));
}

/** R11, R6: the oldest policy whose selector matches the pod; none in the root namespace. */
function workloadPolicy(mesh: ReferenceMesh, pod: Manifest): Manifest | undefined {
  const namespace = pod.metadata.namespace ?? '';
  if (namespace === rootNamespaceOf(mesh)) return undefined;
  return policiesOf(mesh, namespace).find(
    (policy) =>
      hasLabels(policy) &&
      selects(at(policy, 'spec', 'selector', 'matchLabels'), pod.metadata.labels),
  );
}

/** The mode of a mutual-TLS block; undefined where it is unset. */
function modeIn(block: unknown): string | undefined {
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

/** R90 with R92 and R94 to R96: whether ztunnel closes a plaintext connection to this port. */
export function ztunnelDenies(mesh: ReferenceMesh, pod: Manifest, port: number): boolean {
  const namespace = pod.metadata.namespace ?? '';
  const root = rootNamespaceOf(mesh);
  const seen = (policy: Manifest | undefined): Manifest | undefined =>
    namespace !== root && at(policy, 'spec', 'selector') !== undefined ? undefined : policy;
  const meshPolicy = seen(oldestSeenInAmbient(mesh, root, namespace));
  const namespacePolicy = namespace === root ? undefined : oldestWithoutSelector(mesh, namespace);
  const meshMode = modeIn(at(meshPolicy, 'spec', 'mtls'));
  const namespaceMode = modeIn(at(namespacePolicy, 'spec', 'mtls'));
  const strictParents = (namespaceMode ?? meshMode) === 'STRICT';
  const own = workloadPolicy(mesh, pod);
  const ownMode = modeIn(at(own, 'spec', 'mtls')) ?? 'UNSET';
  const portModes = new Map(
    Object.entries(at(own, 'spec', 'portLevelMtls') ?? {}).map(([key, block]) => [
      key,
      modeIn(block),
    ]),
  );
  const here = portModes.get(String(port));
  const open = here === 'PERMISSIVE' || here === 'DISABLE';
  if (ownMode === 'STRICT') return !open;
  if (ownMode !== 'UNSET') {
    const lost = meshMode === 'STRICT' && namespaceMode === undefined; // R95
    return here === 'STRICT' && !lost;
  }
  if (!strictParents) return here === 'STRICT';
  if (![...portModes.values()].includes('PERMISSIVE')) return true; // R94
  if (namespacePolicy !== undefined && namespaceMode === undefined) return false; // R96
  return !open;
}

/** R92: workloads outside the root namespace do not see root policies that have any selector. */
function oldestSeenInAmbient(
  mesh: ReferenceMesh,
  root: string,
  namespace: string,
): Manifest | undefined {
  return policiesOf(mesh, root).find((policy) =>
    namespace === root ? !hasLabels(policy) : at(policy, 'spec', 'selector') === undefined,
  );
}
