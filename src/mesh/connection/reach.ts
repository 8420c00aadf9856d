import type { Mesh } from '../snapshot/mesh.ts';
import { accept } from '../server/acceptance.ts';
import {
  findDestination,
  type Destination,
  type FoundDestination,
  type HostClient,
} from '../destination/destination.ts';
import type { MissingFact, Outcome, Reason } from '../model/explanation.ts';
import { missingEndpoints } from '../destination/missingEndpoints.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';
import { byKubeProxy, metBy } from './metDestination.ts';
import { arrivalOf, atEndpoint, blocked, shareOf, unlessMissing } from './atEndpoint.ts';
import { authorizedThrough } from './authorized.ts';
import { routesOf, targetOf, withLeg, type LegAsked } from './routed.ts';
import { callsItself, isLoopback, toItself } from './ownPod.ts';
import { sameOutcome, sameServer, type Reached } from './reached.ts';
import { outboundOf } from '../client/outbound.ts';
import type { Call, Outbound } from '../client/call.ts';
import { waypointRoute } from '../client/waypoint.ts';
import type { HostPort } from './hostPorts.ts';

/**
 * What becomes of a call by pods of one kind: an entry for each workload and outcome (R149). `known` is what
 * the server stands for, where the caller has found that already.
 */
export function reach(
  mesh: Mesh,
  client: ClientVariant,
  to: HostPort,
  known?: FoundDestination,
): readonly Reached[] {
  if (client.pods !== undefined && isLoopback(to.host)) return [toItself(client, to.tls === true)];
  const from = client.pods === undefined ? undefined : client.namespace;
  const found = known ?? findDestination(mesh, to, from, hostClientOf(client));
  if (found.kind === 'not-found' && found.nobody === undefined) {
    const outcome: Outcome = { kind: 'unknown', missing: [found.missing] };
    return [{ outcome, because: [found.reason], endpoints: 0, ofEndpoints: 0 }];
  }
  const nobody = found.kind === 'not-found' ? found.reason : undefined;
  const destination = found.kind === 'not-found' ? found.nobody : found.destination;
  if (destination === undefined) return [];
  const applicationTls = to.tls ?? destination.protocol.applicationTls;
  if (callsItself(client, destination)) return [toItself(client, applicationTls)];
  const route = client.dataPlane === 'ambient' ? waypointRoute(mesh, destination) : undefined;
  if (route?.kind === 'unknown')
    return unknownRoute(metBy(mesh, client, { destination, to }), route.missing);
  const waypoint = route?.kind === 'through' ? route : undefined;
  const passage = waypoint && passThrough(mesh, client, { waypoint, destination });
  const reached = reachedBy(mesh, client, { to, destination, applicationTls, waypoint, nobody });
  return passage === undefined ? reached : reached.map(passage);
}

interface Sending {
  readonly to: HostPort;
  readonly destination: Destination;
  readonly applicationTls: boolean;
  readonly waypoint: Through | undefined;
  /** Why nobody stands behind the destination, where that is known. */
  readonly nobody: Reason | undefined;
}

/** Where the client's proxy, or a waypoint, sends the call: to the host that is named, or where a route leads (R310). */
function reachedBy(mesh: Mesh, client: ClientVariant, sending: Sending): readonly Reached[] {
  const { to, destination, applicationTls, waypoint } = sending;
  const sender = waypoint?.client ?? client;
  const { legs, missing } = routesOf(mesh, sender, { to, destination, applicationTls });
  const found =
    legs === undefined
      ? direct(mesh, client, { ...sending, sender })
      : legs.flatMap((leg) => onLeg(mesh, sender, { leg, port: destination.port, applicationTls }));
  if (missing.length === 0) return found;
  return found.map((one) => ({ ...one, outcome: unlessMissing(one.outcome, missing) }));
}

/** What becomes of a call of the host that it names. */
function direct(
  mesh: Mesh,
  client: ClientVariant,
  { to, destination, applicationTls, nobody, sender }: Sending & { readonly sender: ClientVariant },
): readonly Reached[] {
  if (nobody !== undefined) return [refusedByNobody(nobody)];
  return delivered(mesh, {
    client: sender,
    destination: metBy(mesh, client, { destination, to }),
    applicationTls,
    ...(to.subset === undefined ? {} : { subset: to.subset }),
  });
}

/** What a route makes of its part of the calls (R310 to R313). */
function onLeg(mesh: Mesh, sender: ClientVariant, asked: LegAsked): readonly Reached[] {
  const { leg, applicationTls } = asked;
  const target = targetOf(mesh, sender, asked);
  const reached =
    target.kind === 'refused'
      ? [target.reached]
      : delivered(mesh, {
          client: sender,
          destination: target.destination,
          applicationTls,
          isRouted: true,
          ...(target.subset === undefined ? {} : { subset: target.subset }),
        });
  const owner = target.kind === 'refused' ? undefined : target.destination.owner;
  return reached.map((one) => withLeg(one, leg, owner));
}

/** What becomes of a call at each endpoint of its destination. */
function delivered(mesh: Mesh, call: Call): readonly Reached[] {
  const { destination } = call;
  const outboundTo = outboundOf(mesh, call);
  if (destination.endpoints.length === 0) {
    // A host that never had endpoints loses none by a subset.
    return (destination.allEndpoints ?? []).length === 0
      ? [toOutside(call, outboundTo(undefined))]
      : [withoutEndpoints(destination)];
  }
  const all: Reached[] = [];
  const routed = byKubeProxy(destination, outboundTo(destination.endpoints[0]));
  if (routed.endpoints.length === 0)
    return [withoutEndpoints(destination, missingEndpoints(mesh, destination))];
  for (const endpoint of routed.endpoints) {
    const outbound = outboundTo(endpoint);
    addTo(all, atEndpoint(mesh, { ...call, destination: routed }, { endpoint, outbound }));
  }
  return [...all, ...unseenEndpoints(mesh, destination, all)];
}

/** Nobody takes the call, which therefore does not leave the client or its node (R149). */
function refusedByNobody(reason: Reason): Reached {
  const outcome: Outcome = { kind: 'refused', by: 'client', symptom: 'no-endpoints' };
  return { outcome, because: [reason], endpoints: 0, ofEndpoints: 0 };
}

/** What a waypoint makes of a call on its way: it may refuse it by its own policies (R97, R300). */
function passThrough(
  mesh: Mesh,
  client: ClientVariant,
  { waypoint, destination }: { readonly waypoint: Through; readonly destination: Destination },
): (reached: Reached) => Reached {
  const { refusal, because, missing } = authorizedThrough(
    mesh,
    client,
    waypoint.client,
    destination,
  );
  const told = [...waypoint.because, ...because];
  const { hidden } = waypoint;
  return (reached) => {
    if (refusal === undefined && hidden !== undefined)
      return {
        ...reached,
        outcome: unlessMissing(UNKNOWN_THERE, missing),
        because: [...told, hidden],
      };
    if (refusal !== undefined)
      return { ...reached, outcome: unlessMissing(refusal, missing), because: told };
    const open = unlessMissing(reached.outcome, missing);
    return { ...reached, outcome: open, because: [...told, ...reached.because] };
  };
}

const UNKNOWN_THERE: Outcome = Object.freeze({
  kind: 'refused',
  by: 'client',
  symptom: 'unknown-to-waypoint',
});

type Through = Extract<ReturnType<typeof waypointRoute>, { kind: 'through' }>;

/** A client whose proxy chooses what a host means, where several objects define it. */
function hostClientOf({
  dataPlane,
  namespace,
  labels,
  revision,
}: ClientVariant): HostClient | undefined {
  if (dataPlane !== 'sidecar' && dataPlane !== 'gateway') return undefined;
  return { namespace, labels, revision, isGateway: dataPlane === 'gateway' };
}

/** Endpoints that may stand beside those that were found. */
function unseenEndpoints(
  mesh: Mesh,
  destination: Destination,
  found: readonly Reached[],
): readonly Reached[] {
  const fact = missingEndpoints(mesh, destination);
  if (fact === undefined || found.some(({ outcome }) => isUnknownFor(outcome, fact))) return [];
  const { ofEndpoints } = found[0] ?? { ofEndpoints: 0 };
  const outcome: Outcome = { kind: 'unknown', missing: [fact] };
  return [{ outcome, because: [{ kind: 'not-readable', fact }], endpoints: 0, ofEndpoints }];
}

function isUnknownFor(outcome: Outcome, fact: MissingFact): boolean {
  return outcome.kind === 'unknown' && outcome.missing.includes(fact);
}

/** Nothing that follows from going straight there is told where a waypoint may be on the way. */
function unknownRoute(destination: Destination, fact: MissingFact): readonly Reached[] {
  const outcome: Outcome = { kind: 'unknown', missing: [fact] };
  const because: readonly Reason[] = [{ kind: 'not-readable', fact }];
  if (destination.endpoints.length === 0) {
    return [{ outcome, because, endpoints: 1, ofEndpoints: 1 }];
  }
  const all: Reached[] = [];
  for (const endpoint of destination.endpoints)
    addTo(all, { outcome, because, ...shareOf(destination, endpoint) });
  return all;
}

/** A host of the registry behind which no endpoint of the mesh stands. */
function toOutside(call: Call, outbound: Outbound): Reached {
  const { host } = call.destination;
  const counts = { endpoints: 1, ofEndpoints: 1 };
  const isSaid = outbound.because.some(({ kind }) => kind === 'external-host');
  const because: readonly Reason[] = isSaid
    ? outbound.because
    : [...outbound.because, { kind: 'external-host', host }];
  if (outbound.wire === undefined)
    return { outcome: unlessMissing(blocked(outbound), outbound.missing), because, ...counts };
  const unresolved = leftToDns(call.destination);
  if (unresolved !== undefined) {
    const outcome: Outcome = { kind: 'unknown', missing: [unresolved, ...outbound.missing] };
    return { outcome, because: outbound.because, ...counts };
  }
  const arrival = arrivalOf(call, outbound, outbound.wire);
  const outcome = accept({ kind: 'none' }, arrival);
  return { outcome: unlessMissing(outcome, outbound.missing), because, ...counts };
}

/** A host that is said to be inside the mesh, of which only DNS knows who it is. */
function leftToDns({ owner, external, host }: Destination): MissingFact | undefined {
  if (external || owner?.kind !== 'ServiceEntry') return undefined;
  return { kind: owner.kind, namespace: owner.namespace, name: host, why: 'up-to-dns' };
}

function withoutEndpoints({ namespace, host, owner }: Destination, unread?: MissingFact): Reached {
  const service = owner ?? { kind: 'Service', namespace, name: host };
  const missing: MissingFact = unread ?? { kind: 'Pod', namespace, why: 'not-found' };
  const because: Reason =
    unread === undefined
      ? { kind: 'no-endpoints', service }
      : { kind: 'not-readable', fact: unread };
  const outcome: Outcome = { kind: 'unknown', missing: [missing] };
  return { outcome, because: [because], endpoints: 0, ofEndpoints: 0 };
}

/** Pods of one workload that fare alike are one entry. */
function addTo(all: Reached[], added: Reached): void {
  const at = all.findIndex(
    (known) => sameServer(known, added) && sameOutcome(known.outcome, added.outcome),
  );
  const known = all[at];
  if (known === undefined) all.push(added);
  else all[at] = { ...known, endpoints: known.endpoints + added.endpoints };
}
