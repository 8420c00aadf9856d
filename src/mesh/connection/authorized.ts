import type { Guard } from '../authorization/attachedPolicies.ts';
import { authorize, type Authorized } from '../authorization/authorize.ts';
import type { PeerIdentity } from '../authorization/match.ts';
import { missingAny } from '../known/missing.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';
import type { Destination, Endpoint } from '../destination/destination.ts';
import type { MissingFact, Outcome, PortClass } from '../model/explanation.ts';
import { memo } from '../model/kept.ts';
import { matchesLabels } from '../model/labels.ts';
import type { AuthorizationPolicy } from '../model/objects.ts';
import type { Arrival, Receiver } from '../server/acceptance.ts';
import { portClassOf } from '../server/portClass.ts';
import { refOf } from '../server/receiving.ts';
import { missingSidecars } from '../server/sidecarIngress.ts';
import { objectsIn, revisionOf, type Mesh } from '../snapshot/mesh.ts';

const FREE: Authorized = Object.freeze({ because: [], missing: [] });

/** What arrived at an endpoint that takes it as it is. */
export interface Accepted {
  readonly outcome: Outcome;
  readonly arrival: Arrival;
  /** Undefined for a gateway, which is no receiver of the mesh's own. */
  readonly receiver: Receiver | undefined;
}

/** Whether the policies at an endpoint let in what its mode takes (R300 to R306). */
export function authorizedAt(
  mesh: Mesh,
  client: ClientVariant,
  endpoint: Endpoint,
  { outcome, arrival, receiver }: Accepted,
): Authorized {
  const kind = guardKind(receiver);
  if (kind === undefined || outcome.kind === 'refused' || outcome.kind === 'unknown') return FREE;
  if (!mayBeGuarded(mesh)) return FREE;
  const { workload, variant, port } = endpoint;
  const revision = revisionOf(mesh, variant.revision);
  const guard: Guard = {
    kind,
    workload: workload.ref,
    labels: variant.shape.labels,
    revision,
  };
  const known = kind === 'sidecar' ? portClassOf(mesh, endpoint) : undefined;
  const portClass = known?.class ?? 'AUTO';
  const identity = outcome.kind === 'mutual-tls' ? identityOf(client) : undefined;
  const isOpaque = arrival.carriesTls === true || outcome.kind === 'tls';
  const found = authorize(mesh, guard, { identity, port, portClass, isOpaque });
  const isPlain = found.because.length + found.missing.length === 0;
  if (known === undefined || isPlain) return found;
  const by = known.by === undefined ? {} : { by: refOf(known.by) };
  return {
    ...found,
    because: [{ kind: 'port-class', port, class: portClass, ...by }, ...found.because],
    missing: [...found.missing, ...missingForClass(mesh, endpoint)],
  };
}

/** Whether the policies of a waypoint let a client through to a service (R300). */
export function authorizedThrough(
  mesh: Mesh,
  client: ClientVariant,
  waypoint: ClientVariant,
  { owner, port, protocol }: Destination,
): Authorized {
  if (waypoint.pods === undefined || owner === undefined || !mayBeGuarded(mesh)) return FREE;
  const guard: Guard = {
    kind: 'waypoint',
    workload: waypoint.pods.workload.ref,
    labels: waypoint.labels,
    revision: waypoint.revision,
    service: owner,
  };
  const portClass: PortClass = protocol.class;
  const isOpaque = protocol.applicationTls;
  return authorize(mesh, guard, { identity: identityOf(client), port, portClass, isOpaque });
}

/** Nobody is kept out anywhere, and that is known. */
export const mayBeGuarded = memo(
  (mesh: Mesh): boolean =>
    mesh.missing.some(({ kind }) => kind === 'AuthorizationPolicy') ||
    [...mesh.namespaces.values()].some(
      ({ authorizationPolicies }) => authorizationPolicies.size > 0,
    ),
);

/** Whether clients fare differently at a destination by who they are: some policy may stand before it or on the way. */
export function asksForIdentity(
  mesh: Mesh,
  { dataPlane }: ClientVariant,
  { namespace, endpoints }: Destination,
): boolean {
  if (!mayBeGuarded(mesh)) return false;
  if (dataPlane === 'ambient') return true;
  const roots = [...mesh.controlPlane.revisions.values()].map(({ config }) => config.rootNamespace);
  const behind = endpoints.map(({ workload }) => workload.namespace);
  return [...new Set([mesh.rootNamespace, ...roots, namespace, ...behind])].some((home) =>
    [...objectsIn(mesh, home).authorizationPolicies.values()].some(
      (policy) => tellsClientsApart(policy) && maySelect(policy, endpoints),
    ),
  );
}

function maySelect({ selector }: AuthorizationPolicy, endpoints: readonly Endpoint[]): boolean {
  if (selector === undefined) return true;
  return endpoints.some(({ variant, behind }) =>
    matchesLabels(selector, (behind?.variant ?? variant).shape.labels),
  );
}

/** Whether its rules ask who a client is, and not only whether it shows a certificate at all. */
const tellsClientsApart = memo(({ rules }: AuthorizationPolicy): boolean =>
  rules.some(({ from, when }) =>
    [...from.flat(), ...when].some(
      ({ on, values, notValues }) =>
        on !== 'port' && [...values, ...notValues].some((value) => value !== '*'),
    ),
  ),
);

function guardKind(receiver: Receiver | undefined): Guard['kind'] | undefined {
  switch (receiver?.kind) {
    case undefined:
      return 'gateway';
    case 'sidecar':
      return 'sidecar';
    case 'ambient':
      return 'ztunnel';
    case 'none':
    case 'ambient-bypassed':
    case 'waypoint':
      return undefined;
  }
}

/** Whom a client's certificate names (R255). */
export function identityOf({ namespace, pods, revision }: ClientVariant): PeerIdentity | undefined {
  if (pods === undefined) return undefined;
  const { trustDomain } = revision.config;
  return { trustDomain, namespace, serviceAccount: pods.shape.serviceAccount };
}

/** The missing facts that would say what the sidecar takes the port for (R43 to R46). */
function missingForClass(mesh: Mesh, { workload, variant }: Endpoint): readonly MissingFact[] {
  if (mesh.missing.length === 0) return [];
  const { namespace } = workload;
  const { config } = revisionOf(mesh, variant.revision);
  const services = missingAny(mesh, [
    ['Service', namespace],
    ['ServiceEntry', namespace],
  ]);
  return [...missingSidecars(mesh, namespace, config), ...services];
}
