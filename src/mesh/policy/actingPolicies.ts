import { servicesSelecting, objectsIn, revisionOf, type Mesh } from '../snapshot/mesh.ts';
import type { DestinationRule, PeerAuthentication } from '../model/objects.ts';
import type { Workload } from '../snapshot/workload.ts';
import { governingPolicies } from './peerAuthentication.ts';
import { subjectOf } from './serverMode.ts';

/** The policies that take part in deciding about a workload, for showing them beside it. */
export interface ActingPolicies {
  /** Mesh, namespace and workload policies that select it, narrowest scope first (R4, R8). */
  readonly peerAuthentications: readonly PeerAuthentication[];
  /** Rules of its own or the root namespace for a host of one of its Services (R150, R152). */
  readonly destinationRules: readonly DestinationRule[];
}

export function policiesActingOn(mesh: Mesh, workload: Workload): ActingPolicies {
  const governing = governingPolicies(mesh, subjectOf(workload, workload.variants[0]));
  const { matching, own, root, inRoot } = governing;
  const wide = inRoot ? [] : own.selectorless;
  return {
    peerAuthentications: [...matching, ...wide, ...root.selectorless],
    destinationRules: rulesFor(mesh, workload),
  };
}

function rulesFor(mesh: Mesh, workload: Workload): readonly DestinationRule[] {
  const { rootNamespace } = revisionOf(mesh, workload.variants[0].revision).config;
  const namespaces = new Set([workload.namespace, rootNamespace]);
  const hosts = servicesSelecting(mesh, workload).map(
    (service) => `${service.name}.${service.namespace}.svc.cluster.local`,
  );
  return [...namespaces].flatMap((namespace) =>
    [...objectsIn(mesh, namespace).destinationRules.values()].filter((rule) =>
      hosts.some((host) => isHostCovered(rule, host)),
    ),
  );
}

/** Whether a rule's host is this host or a wildcard above it (R150, R151). */
function isHostCovered(rule: DestinationRule, host: string): boolean {
  const full =
    rule.host.includes('.') || rule.host.startsWith('*')
      ? rule.host
      : `${rule.host}.${rule.namespace}.svc.cluster.local`;
  return full.startsWith('*') ? host.endsWith(full.slice(1)) : full === host;
}
