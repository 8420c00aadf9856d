import type { Mesh } from '../snapshot/mesh.ts';
import { sameRef } from '../model/reference.ts';
import { accept, type Arrival, type Receiver, type Wire } from '../server/acceptance.ts';
import {
  findDestination,
  type Destination,
  type Endpoint,
  type FoundDestination,
  type HostClient,
} from '../destination/destination.ts';
import type { MissingFact, Outcome, Reason } from '../model/explanation.ts';
import { acceptAtGateway } from '../server/gatewayAcceptance.ts';
import { identityRefusal } from '../client/identity.ts';
import { missingPods } from '../known/missing.ts';
import { missingEndpoints } from '../destination/missingEndpoints.ts';
import { receivingOf } from '../server/receiving.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';
import { byKubeProxy, metBy } from './metDestination.ts';
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
  if (found.kind === 'not-found') {
    const outcome: Outcome = { kind: 'unknown', missing: [found.missing] };
    return [{ outcome, because: [found.reason], endpoints: 0, ofEndpoints: 0 }];
  }
  const applicationTls = to.tls ?? found.destination.protocol.applicationTls;
  if (callsItself(client, found.destination)) return [toItself(client, applicationTls)];
  const destination = metBy(mesh, client, { destination: found.destination, to });
  const route = client.dataPlane === 'ambient' ? waypointRoute(mesh, destination) : undefined;
  if (route?.kind === 'unknown') return unknownRoute(destination, route.missing);
  const waypoint = route?.kind === 'through' ? route : undefined;
  const call: Call = {
    client: waypoint?.client ?? client,
    destination,
    applicationTls,
    ...(to.subset === undefined ? {} : { subset: to.subset }),
  };
  const outboundTo = outboundOf(mesh, call);
  if (destination.endpoints.length === 0) {
    if (found.destination.endpoints.length > 0) return [withoutEndpoints(destination)];
    return [toOutside(call, outboundTo(undefined))];
  }
  const all: Reached[] = [];
  const routed = byKubeProxy(destination, outboundTo(destination.endpoints[0]));
  if (routed.endpoints.length === 0)
    return [withoutEndpoints(destination, missingEndpoints(mesh, destination))];
  for (const endpoint of routed.endpoints) {
    const outbound = outboundTo(endpoint);
    const reached = toEndpoint(mesh, { ...call, destination: routed }, { endpoint, outbound });
    const { because } = reached;
    const onTheWay = waypoint === undefined ? because : [...waypoint.because, ...because];
    addTo(all, { ...reached, because: onTheWay });
  }
  return [...all, ...unseenEndpoints(mesh, destination, all)];
}

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

function blocked({ blocked: symptom = 'unknown-host-blocked' }: Outbound): Outcome {
  return { kind: 'refused', by: 'client', symptom };
}

function arrivalOf({ destination, applicationTls }: Call, outbound: Outbound, wire: Wire): Arrival {
  const { protocol, external } = destination;
  // Outside the mesh a port says what clients speak to their proxy, and a rule what is spoken there (R180).
  const takesTls = protocol.applicationTls || (external && bringsTls(wire));
  const speaksTls = takesTls || (applicationTls && wire.kind === 'tls');
  const carriesTls = applicationTls && wire.kind === 'istio-mtls';
  return { wire, clientProxy: outbound.proxy, applicationTls: speaksTls, carriesTls };
}

/** Whether TLS that is not the mesh's own reaches the application. */
function bringsTls(wire: Wire): boolean {
  if (wire.kind === 'hbone') return wire.innerTls;
  return wire.kind === 'tls' || wire.kind === 'user-mtls';
}

function toEndpoint(
  mesh: Mesh,
  call: Call,
  { endpoint, outbound }: { readonly endpoint: Endpoint; readonly outbound: Outbound },
): Reached {
  // What receives it is whoever has the address, whatever the registry takes it for.
  const receiver: Endpoint = { ...endpoint, ...endpoint.behind };
  const share = shareOf(call.destination, receiver);
  if (outbound.wire === undefined) {
    return {
      outcome: unlessMissing(blocked(outbound), outbound.missing),
      because: outbound.because,
      ...share,
    };
  }
  const unread = missingPods(mesh, receiver.workload);
  if (unread !== undefined) {
    const outcome: Outcome = { kind: 'unknown', missing: [unread] };
    return { outcome, because: [{ kind: 'not-readable', fact: unread }], ...share };
  }
  const arrival = arrivalOf(call, outbound, outbound.wire);
  const receiving = receivingOf(mesh, receiver, outbound.wire);
  const missing = [...outbound.missing, ...receiving.missing];
  if (receiving.receiver === undefined) {
    const { outcome, because } = acceptAtGateway(mesh, receiver, arrival);
    const reasons = withReasons(outbound.because, [...receiving.because, ...because]);
    return { outcome: unlessMissing(outcome, missing), because: reasons, ...share };
  }
  const unheard = unheardSpeech(receiver, receiving.receiver, arrival);
  if (unheard !== undefined) missing.push(unheard);
  const accepted = accept(receiving.receiver, arrival);
  const refusal = isIstioMtls(accepted)
    ? identityRefusal(mesh, call.client, { ...outbound, endpoint: receiver })
    : undefined;
  if (refusal?.missing !== undefined) missing.push(refusal.missing);
  const outcome = unlessMissing(refusal?.outcome ?? accepted, missing);
  const last = refusal === undefined ? assumed(outcome, outbound) : [refusal.reason];
  const because = withReasons(outbound.because, [...receiving.because, ...last]);
  return { outcome, because, ...share };
}

/** TLS that a rule originates reaches an application of which no object says whether it speaks TLS. */
function unheardSpeech(
  { workload }: Endpoint,
  receiver: Receiver,
  { wire, applicationTls }: Arrival,
): MissingFact | undefined {
  const isOriginated = wire.kind === 'tls' || wire.kind === 'user-mtls';
  if (receiver.kind !== 'none' || !isOriginated || applicationTls) return undefined;
  const { kind, namespace, name } = workload.ref;
  return { kind, namespace, name, why: 'up-to-application' };
}

function isIstioMtls(outcome: Outcome): boolean {
  return outcome.kind === 'mutual-tls' && outcome.transport === 'istio';
}

/** Certificates of a rule's own are taken for those of another authority; the mesh's own would be let in (R183). */
function assumed(outcome: Outcome, outbound: Outbound): readonly Reason[] {
  if (outbound.wire?.kind !== 'user-mtls' || outcome.kind !== 'refused') return [];
  if (outcome.symptom !== 'client-certificate-required') return [];
  return outbound.because.flatMap((reason): readonly Reason[] =>
    reason.kind === 'destination-rule'
      ? [{ kind: 'foreign-certificate-assumed', rule: reason.rule, inferred: true }]
      : [],
  );
}

function unlessMissing(outcome: Outcome, missing: readonly MissingFact[]): Outcome {
  const [first, ...rest] = missing;
  if (first === undefined) return outcome;
  return { kind: 'unknown', missing: [first, ...new Set(rest.filter((fact) => fact !== first))] };
}

/** Reasons in the order in which they decided; a policy that hides others is named once. */
function withReasons(sent: readonly Reason[], more: readonly Reason[]): readonly Reason[] {
  const added = more.filter((reason) => !sent.some((known) => sameHider(known, reason)));
  return [...sent, ...added];
}

function sameHider(left: Reason, right: Reason): boolean {
  return (
    left.kind === 'unset-policy-hides-younger' &&
    right.kind === 'unset-policy-hides-younger' &&
    sameRef(left.policy, right.policy)
  );
}

function shareOf(
  destination: Destination,
  endpoint: Endpoint,
): Pick<Reached, 'workload' | 'workloadPort' | 'endpoints' | 'ofEndpoints'> {
  let ofEndpoints = 0;
  for (const { count } of destination.endpoints) ofEndpoints += count;
  const { workload, port, count } = endpoint;
  return { workload: workload.ref, workloadPort: port, endpoints: count, ofEndpoints };
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
