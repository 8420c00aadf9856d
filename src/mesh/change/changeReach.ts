import type { Mesh } from '../snapshot/mesh.ts';
import { allWorkloads, findWorkload, objectsIn } from '../snapshot/mesh.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import type { WorkloadRef } from '../model/reference.ts';
import { refKey } from '../model/reference.ts';
import type { Workload } from '../snapshot/workload.ts';
import type { Client } from '../connection/connection.ts';

/** How far a change can reach: whose connections are worth comparing. */
export interface ChangeReach {
  /** Whether every client of a Service in this namespace is concerned. */
  readonly servers: (namespace: string) => boolean;
  /** Whether this client is concerned wherever it calls. */
  readonly client: (client: Client) => boolean;
}

/**
 * Follows a change to those whom it can concern. A mode concerns the servers of its namespace, because clients
 * follow the namespace's mode (R146); DestinationRules, Sidecars and AuthorizationPolicies concern clients and servers of their namespace,
 * and everybody where they stand in the root namespace (R152); another data plane concerns a workload on both sides.
 */
export function changeReach(
  before: Mesh,
  after: Mesh,
  changedModes: readonly { readonly workload: WorkloadRef }[],
): ChangeReach {
  const ruled = new Set(namespacesWithOther(before, after, clientRules));
  const governed = new Set(namespacesWithOther(before, after, ['peerAuthentications']));
  // A route leads anywhere from anywhere, and so does what names a waypoint.
  const [rerouted] = namespacesWithOther(before, after, ['virtualServices', 'kubernetesGateways']);
  const everybody = ruled.has(after.rootNamespace) || rerouted !== undefined;
  const replaced = [...allWorkloads(after)].filter((workload) => hasOtherPods(before, workload));
  const clients = new Set(replaced.map(({ ref }) => refKey(ref)));
  const servers = new Set(
    [...replaced, ...changedModes.map(({ workload }) => workload)].map(
      ({ namespace }) => namespace,
    ),
  );
  return {
    servers: (namespace) =>
      everybody ||
      ruled.has(namespace) ||
      servers.has(namespace) ||
      // Clients follow the policy of the namespace or of the mesh also where all workloads have policies of their own (R146),
      // and machines behind ServiceEntries are no workloads whose mode was compared.
      governed.has(after.rootNamespace) ||
      governed.has(namespace),
    client: (client) =>
      client.kind === 'workload' &&
      (ruled.has(client.workload.namespace) || clients.has(refKey(client.workload))),
  };
}

const clientRules = [
  'destinationRules',
  'sidecars',
  'serviceEntries',
  'authorizationPolicies',
] as const satisfies readonly (keyof NamespaceObjects)[];

/** Collections that did not change are the same map in both meshes. */
function* namespacesWithOther(
  before: Mesh,
  after: Mesh,
  kinds: readonly (keyof NamespaceObjects)[],
): Iterable<string> {
  for (const name of new Set([...before.namespaces.keys(), ...after.namespaces.keys()])) {
    const was = objectsIn(before, name);
    const is = objectsIn(after, name);
    if (kinds.some((kind) => was[kind] !== is[kind])) yield name;
  }
}

function hasOtherPods(before: Mesh, workload: Workload): boolean {
  const was = findWorkload(before, workload.ref);
  return was !== undefined && was !== workload && podsSeen(was) !== podsSeen(workload);
}

/** What a workload's pods are to the mesh, as text that can be compared. */
function podsSeen({ variants }: Workload): string {
  return JSON.stringify(
    variants.map(({ dataPlane, revision, shape }) => [dataPlane, revision, shape.labels]),
  );
}
