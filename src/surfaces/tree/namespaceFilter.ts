import type { IgnoredReason, Mesh } from '../../mesh/index.ts';
import { namespaceMtls, workloadMtls, workloadsIn } from '../../mesh/index.ts';
import { differs } from './differingNamespaces.ts';

/** Which namespaces the tree shows. */
export type NamespaceFilter =
  /** Those whose name contains the text, in whatever case. */
  | { readonly kind: 'name'; readonly text: string }
  /** Those in which anything is, or may be, other than STRICT. */
  | { readonly kind: 'not-strict' }
  /** Those that are not uniformly of the mesh's own mode. */
  | { readonly kind: 'differs' }
  /** Those with a policy that is invalid or that another policy hides (R10, R11, R20). */
  | { readonly kind: 'conflicts' }
  /** Those with a workload that has no data plane. */
  | { readonly kind: 'not-in-mesh' };

/** Whether a namespace is shown. What is unknown passes every such filter: it is not known to be safe. */
export function passes(mesh: Mesh, namespace: string, filter: NamespaceFilter): boolean {
  if (filter.kind === 'name') {
    return namespace.toLowerCase().includes(filter.text.toLowerCase());
  }
  return namespaceMtls(mesh, namespace).unknown !== undefined || holds(mesh, namespace, filter);
}

function holds(
  mesh: Mesh,
  namespace: string,
  { kind }: Exclude<NamespaceFilter, { kind: 'name' }>,
): boolean {
  switch (kind) {
    case 'not-strict':
      return isNotStrict(mesh, namespace);
    case 'differs':
      return differs(mesh, namespace);
    case 'conflicts':
      return hasConflicts(mesh, namespace);
    case 'not-in-mesh':
      return mayBeOutside(mesh, namespace);
  }
}

function mayBeOutside(mesh: Mesh, namespace: string): boolean {
  if (namespaceMtls(mesh, namespace).dataPlane === 'unknown') return true;
  return workloadsIn(mesh, namespace).some(({ dataPlanes, dataPlane }) =>
    [dataPlane, ...dataPlanes.map((part) => part.dataPlane)].includes('none'),
  );
}

/** A namespace without a proxy accepts plaintext whatever its policies say (R24). */
function isNotStrict(mesh: Mesh, namespace: string): boolean {
  const { mode, exceptions, dataPlane } = namespaceMtls(mesh, namespace);
  return (
    mode !== 'STRICT' ||
    dataPlane === 'none' ||
    dataPlane === 'mixed' ||
    dataPlane === 'unknown' ||
    exceptions.some((exception) => exception.mode !== 'STRICT')
  );
}

/** Policies hidden by a narrower scope are how Istio works; two at the same scope, or one without effect, are not. */
const conflicts: readonly IgnoredReason[] = [
  'older-policy-wins',
  'ages-unknown',
  'selector-in-root-namespace',
  'port-level-without-workload-scope',
  'empty-selector-in-ambient',
];

function hasConflicts(mesh: Mesh, namespace: string): boolean {
  const { invalid, ignored } = namespaceMtls(mesh, namespace);
  const lost = workloadsIn(mesh, namespace).flatMap((one) => workloadMtls(mesh, one).ignored);
  return (
    invalid !== undefined ||
    [...ignored, ...lost].some(
      ({ policy, reason }) => policy.namespace === namespace && conflicts.includes(reason),
    )
  );
}

/** The filter in words, for the message above the tree. */
export function filterWords(filter: NamespaceFilter): string {
  switch (filter.kind) {
    case 'name':
      return `name contains "${filter.text}"`;
    case 'not-strict':
      return 'not STRICT everywhere';
    case 'differs':
      return 'not as the mesh is';
    case 'conflicts':
      return 'with conflicting policies';
    case 'not-in-mesh':
      return 'with workloads outside the mesh';
  }
}
