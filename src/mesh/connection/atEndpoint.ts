import { identityRefusal } from '../client/identity.ts';
import type { Call, Outbound } from '../client/call.ts';
import type { Destination, Endpoint } from '../destination/destination.ts';
import { missingPods } from '../known/missing.ts';
import type { MissingFact, Outcome, Reason } from '../model/explanation.ts';
import { sameRef } from '../model/reference.ts';
import { accept, type Arrival, type Receiver, type Wire } from '../server/acceptance.ts';
import { acceptAtGateway } from '../server/gatewayAcceptance.ts';
import { receivingOf } from '../server/receiving.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { authorizedAt } from './authorized.ts';
import type { Reached } from './reached.ts';

export function blocked({ blocked: symptom = 'unknown-host-blocked' }: Outbound): Outcome {
  return { kind: 'refused', by: 'client', symptom };
}

export function arrivalOf(
  { destination, applicationTls }: Call,
  outbound: Outbound,
  wire: Wire,
): Arrival {
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

/** What becomes of what a client sends at one endpoint. */
export function atEndpoint(
  mesh: Mesh,
  call: Call,
  { endpoint, outbound }: { readonly endpoint: Endpoint; readonly outbound: Outbound },
): Reached {
  // What receives it is whoever has the address, whatever the registry takes it for.
  const receiver: Endpoint =
    endpoint.behind === undefined ? endpoint : { ...endpoint, ...endpoint.behind };
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
  const { outcome, because, missing } = received(mesh, call, { receiver, outbound, arrival });
  return {
    outcome: unlessMissing(outcome, [...outbound.missing, ...missing]),
    because: withReasons(outbound.because, because),
    ...share,
  };
}

interface Arrived {
  readonly receiver: Endpoint;
  readonly outbound: Outbound;
  readonly arrival: Arrival;
}

interface Received {
  readonly outcome: Outcome;
  readonly because: readonly Reason[];
  readonly missing: readonly MissingFact[];
}

/** What the server makes of it: its mode or its Gateway, then the identities, then its AuthorizationPolicies. */
function received(mesh: Mesh, call: Call, arrived: Arrived): Received {
  const { receiver, outbound, arrival } = arrived;
  const receiving = receivingOf(mesh, receiver, arrival.wire);
  const taken =
    receiving.receiver === undefined
      ? { ...acceptAtGateway(mesh, receiver, arrival), missing: [] }
      : taking(mesh, call, { ...arrived, by: receiving.receiver });
  const guarded = authorizedAt(mesh, call.client, receiver, {
    outcome: taken.outcome,
    arrival,
    receiver: receiving.receiver,
  });
  const outcome = guarded.refusal ?? taken.outcome;
  const missing = [...receiving.missing, ...taken.missing, ...guarded.missing];
  const isKnown = outbound.missing.length + missing.length === 0;
  const guess = isKnown ? assumed(outcome, outbound) : [];
  const told = [...receiving.because, ...taken.because, ...guess];
  const isTold = told.some(({ kind }) => kind === 'port-class');
  const more = guarded.because.filter(({ kind }) => !isTold || kind !== 'port-class');
  return { outcome, because: [...told, ...more], missing };
}

/** What its mode and the certificates of both sides make of it. */
function taking(
  mesh: Mesh,
  { client }: Call,
  { receiver, outbound, arrival, by }: Arrived & { readonly by: Receiver },
): Received {
  const unheard = unheardSpeech(receiver, by, arrival);
  const missing = unheard === undefined ? [] : [unheard];
  const accepted = accept(by, arrival);
  const refusal = isIstioMtls(accepted)
    ? identityRefusal(mesh, client, { ...outbound, endpoint: receiver })
    : undefined;
  if (refusal === undefined) return { outcome: accepted, because: [], missing };
  const { outcome, reason, missing: fact } = refusal;
  return { outcome, because: [reason], missing: fact === undefined ? missing : [...missing, fact] };
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

/** What is not known for the facts that are missing, if any are. */
export function unlessMissing(outcome: Outcome, missing: readonly MissingFact[]): Outcome {
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

/** Of all pods that the destination has, how many an entry is about. */
export function shareOf(
  destination: Destination,
  endpoint: Endpoint,
): Pick<Reached, 'workload' | 'workloadPort' | 'endpoints' | 'ofEndpoints'> {
  let ofEndpoints = 0;
  for (const { count } of destination.endpoints) ofEndpoints += count;
  const { workload, port, count } = endpoint;
  return { workload: workload.ref, workloadPort: port, endpoints: count, ofEndpoints };
}
