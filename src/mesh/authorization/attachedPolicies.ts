import { memo } from '../model/kept.ts';
import { isForRevision, matchesLabels } from '../model/labels.ts';
import type { AuthorizationPolicy, Labels } from '../model/objects.ts';
import type { ObjectRef, WorkloadRef } from '../model/reference.ts';
import { isDiscovered } from '../policy/peerAuthentication.ts';
import type { Revision } from '../snapshot/controlPlane.ts';
import { objectsIn, type Mesh } from '../snapshot/mesh.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';

/** A proxy that policies are attached to. */
export interface Guard {
  readonly kind: 'sidecar' | 'ztunnel' | 'gateway' | 'waypoint';
  readonly workload: WorkloadRef;
  readonly labels: Labels;
  readonly revision: Revision;
  /** What a waypoint stands before. */
  readonly service?: ObjectRef;
}

const byName = memo(
  (policies: NamespaceObjects['authorizationPolicies']): readonly AuthorizationPolicy[] =>
    [...policies.values()].sort((left, right) => (left.name < right.name ? -1 : 1)),
);

/** The namespaces whose policies a proxy may be attached: the root's, its own, and that of the service behind it. */
export function guardingNamespaces({ workload, service, revision }: Guard): readonly string[] {
  const { rootNamespace } = revision.config;
  const behind = service === undefined ? [] : [service.namespace];
  return [...new Set([rootNamespace, workload.namespace, ...behind])];
}

/** The policies that a proxy goes by, those that are only tried out left aside (R300). */
export function policiesAt(mesh: Mesh, guard: Guard): readonly AuthorizationPolicy[] {
  const { revision } = guard;
  return guardingNamespaces(guard).flatMap((namespace) => {
    const { authorizationPolicies } = objectsIn(mesh, namespace);
    if (authorizationPolicies.size === 0 || !isDiscovered(mesh, namespace, revision.config))
      return [];
    return byName(authorizationPolicies).filter(
      (policy) =>
        !policy.isDryRun && isForRevision(policy, revision.name) && isAttached(policy, guard),
    );
  });
}

const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name';

function isAttached(policy: AuthorizationPolicy, guard: Guard): boolean {
  const { kind, labels, workload, service } = guard;
  if (kind === 'waypoint')
    return policy.targets.some((target) => {
      if (service !== undefined && isOf(policy, service) && isNamed(target, service)) return true;
      if (target.kind === 'GatewayClass')
        return target.name === 'istio-waypoint' && isOfRoot(policy, guard);
      return targetsGateway(policy, guard);
    });
  if (policy.targets.length > 0) {
    return labels[GATEWAY_NAME] !== undefined && isOf(policy, workload)
      ? targetsGateway(policy, guard)
      : false;
  }
  return policy.selector === undefined || matchesLabels(policy.selector, labels);
}

function isOf({ namespace }: AuthorizationPolicy, object: ObjectRef): boolean {
  return namespace === object.namespace;
}

function isNamed(target: AuthorizationPolicy['targets'][number], object: ObjectRef): boolean {
  return target.kind === object.kind && target.name === object.name;
}

function isOfRoot({ namespace }: AuthorizationPolicy, { revision }: Guard): boolean {
  return namespace === revision.config.rootNamespace;
}

function targetsGateway(policy: AuthorizationPolicy, { labels, workload }: Guard): boolean {
  if (!isOf(policy, workload)) return false;
  return policy.targets.some(
    ({ kind, name }) => kind === 'Gateway' && name === labels[GATEWAY_NAME],
  );
}
