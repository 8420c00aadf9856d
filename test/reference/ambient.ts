import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { at } from './json.ts';
import {
  hasLabels,
  modeIn,
  policiesOf,
  rootNamespaceOf,
  workloadPolicy,
  type ReferenceMesh,
} from './mode.ts';

/**
 * R89 to R96: whether ztunnel closes a plaintext connection to this port. Istio decides twice: which policy a
 * workload refers to, and what that policy says; the two do not always see the same parents.
 */
export function ztunnelDenies(mesh: ReferenceMesh, pod: Manifest, port: number): boolean {
  const own = workloadPolicy(mesh, pod);
  const strict = isStrictAbove(mesh, pod);
  const mode = modeOf(own) ?? 'UNSET';
  const ports = portModes(own);
  const exempts = [...ports.values()];
  switch (mode) {
    case 'STRICT':
      return exempts.some(isOpen) ? convertedDenies(mesh, own, port) : true;
    case 'PERMISSIVE':
    case 'DISABLE':
      return exempts.includes('STRICT') && convertedDenies(mesh, own, port);
    default:
      if (strict) return exempts.includes('PERMISSIVE') ? convertedDenies(mesh, own, port) : true;
      return exempts.includes('STRICT') && convertedDenies(mesh, own, port);
  }
}

function modeOf(policy: Manifest | undefined): string | undefined {
  return modeIn(at(policy, 'spec', 'mtls'));
}

function portModes(policy: Manifest | undefined): ReadonlyMap<number, string | undefined> {
  const blocks = Object.entries(at(policy, 'spec', 'portLevelMtls') ?? {});
  return new Map(blocks.map(([key, block]) => [Number(key), modeIn(block)]));
}

function isOpen(mode: string | undefined): boolean {
  return mode === 'PERMISSIVE' || mode === 'DISABLE';
}

/** R90, R92: the parents as the workload sees them; of other namespaces only policies without any selector field. */
function isStrictAbove(mesh: ReferenceMesh, pod: Manifest): boolean {
  const namespace = pod.metadata.namespace ?? '';
  const root = rootNamespaceOf(mesh);
  const general = (owner: string): Manifest | undefined =>
    policiesOf(mesh, owner).find((policy) =>
      owner === namespace ? !hasLabels(policy) : hasNoSelectorField(policy),
    );
  const own = namespace === root ? undefined : modeOf(general(namespace));
  return (own ?? modeOf(general(root))) === 'STRICT';
}

function hasNoSelectorField(policy: Manifest): boolean {
  return at(policy, 'spec', 'selector') === undefined;
}

/** What the policy made from a workload policy denies; false where none is made (R95, R96). */
function convertedDenies(mesh: ReferenceMesh, policy: Manifest | undefined, port: number): boolean {
  const parent = (namespace: string): Manifest | undefined =>
    policiesOf(mesh, namespace).find(hasNoSelectorField);
  const namespacePolicy = parent(policy?.metadata.namespace ?? '');
  const namespaceMode = modeOf(namespacePolicy);
  const meshMode = modeOf(parent(rootNamespaceOf(mesh)));
  const mode = modeOf(policy);
  const ports = portModes(policy);
  const meshCounts = namespaceMode === undefined && meshMode === 'STRICT';
  const impliedByParents =
    mode === 'STRICT' || (mode === undefined && namespaceMode === 'STRICT') || meshCounts;
  if (ports.get(port) === 'STRICT' && !impliedByParents) return true;
  const strictForPorts =
    namespacePolicy === undefined ? meshMode === 'STRICT' : namespaceMode === 'STRICT';
  const exceptions = mode === 'STRICT' || (mode === undefined && strictForPorts);
  const open = exceptions
    ? [...ports].filter(([, portMode]) => isOpen(portMode)).map(([number]) => number)
    : [];
  return open.length > 0 && !open.includes(port);
}
