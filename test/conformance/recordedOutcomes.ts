import assert from 'node:assert/strict';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { callsItself, inSlices, isLeftToDns, metBy, ownOutcome } from '../reference/connection.ts';
import { proxyKind, type Wire } from '../reference/clientWire.ts';
import {
  destinationOf,
  hostOf,
  leadsOutside,
  type Destination,
  type Endpoint,
} from '../reference/destination.ts';
import { at, list } from '../reference/json.ts';
import type { ReferenceMesh } from '../reference/mode.ts';
import {
  outcomeAt,
  workloadPortClass,
  serverSpeaksTls,
  type Arrival,
  type Receiver,
} from '../reference/outcome.ts';
import { protocolClass } from '../reference/portProtocol.ts';
import { podKey, type CalledPort } from './podAndService.ts';
import type { RecordedMesh } from './recordedMesh.ts';

/** One call in a recorded mesh. */
export interface RecordedCall {
  readonly recorded: RecordedMesh;
  readonly client: Manifest;
  readonly called: CalledPort;
  readonly subset: string;
}

/** What Istio recorded about the client's cluster; undefined where the client does not know the host. */
export function clusterOf({ recorded, client, called, subset }: RecordedCall): string | undefined {
  const clusters = recorded.answer.clients[podKey(client)];
  const { alias, pattern, port, declared } = called;
  // HTTP is routed by the name that the client used; other bytes go to the address behind it.
  const byName = alias !== undefined && protocolClass(declared) === 'HTTP';
  return clusters?.[`${byName ? hostOf(alias) : pattern}:${port}/${subset}`];
}

/** The outcomes that Istio's answers on both sides amount to, endpoint by endpoint (R180). */
export function recordedOutcomes(call: RecordedCall): readonly string[] {
  const { recorded, client, called } = call;
  const destination = destinationOfCall(call);
  if (callsItself(client, destination)) return [ownOutcome(destination)];
  const sees = letters(recorded, client, called.port)[1] === 'o';
  const sender = sees ? 'envoy' : 'none';
  return wiresTo(call, sees).map(({ wire, pod, port }) => {
    if (wire === 'x') return 'refused unknown-host-blocked';
    if (isLeftToDns(destination)) return 'unknown up-to-dns';
    const arrival: Arrival = { wire, sender, applicationTls: serverSpeaksTls(destination, wire) };
    return outcomeAt(recordedReceiver(call, pod, port), arrival);
  });
}

/** What is sent to an endpoint, `x` being nothing. */
interface RecordedWire extends Pick<Endpoint, 'pod' | 'port'> {
  readonly wire: Wire | 'x';
}

/** Whether the sidecar of a pod sees what comes in at a port, and what goes out to it. */
function letters({ answer }: RecordedMesh, pod: Manifest, port: number): string {
  return answer.redirected?.[podKey(pod)]?.[String(port)] ?? 'io';
}

function wiresTo(call: RecordedCall, sees: boolean): readonly RecordedWire[] {
  const { recorded, client, called } = call;
  const endpoints = endpointsOfCall(call);
  const toAll = (wire: RecordedWire['wire']): readonly RecordedWire[] =>
    endpoints.map(({ pod, port }) => ({ wire, pod, port }));
  const byKubeProxy = (): readonly RecordedWire[] =>
    inSlices(destinationOfCall(call)).map(({ pod, port }) => ({ wire: 'p', pod, port }));
  if (!sees) return byKubeProxy();
  const cluster = clusterOf(call);
  // A client that does not know the service passes its application's bytes through, if at all (R144).
  // The recorder writes these letters and no others.
  if (cluster === undefined)
    return recorded.answer.clients[podKey(client)]?.['*'] === 'x' ? toAll('x') : byKubeProxy();
  const [kind, ...rest] = cluster.split(' ');
  if (kind === 'O') return toAll(rest[0] as Wire);
  if (rest.length === 0 && leadsOutside(called.service)) return toAll('x');
  return rest.map((entry) => {
    const [address, wire] = entry.split('=') as [string, Wire];
    const found = endpoints.find((one) => addressOf(one) === address);
    assert.ok(found !== undefined, `nobody has the address ${address}`);
    return { wire, pod: found.pod, port: found.port };
  });
}

/**
 * Whether a port that is called has two protocols, by two ports of one ServiceEntry: Istio keeps these in a set
 * and takes whichever comes first (pilot/pkg/serviceregistry/serviceentry/controller.go, pkg/kube/krt/collection.go).
 */
export function hasEitherProtocol(call: RecordedCall): boolean {
  const reached = new Set(endpointsOfCall(call).map(addressOf));
  const reference = referenceOf(call);
  const entries = call.recorded.objects.filter(({ kind }) => kind === 'ServiceEntry');
  return entries.some((service) => {
    const classes = new Map<string, string>();
    for (const declared of list(at(service, 'spec', 'ports'))) {
      const found = protocolClass(declared);
      for (const one of destinationOf(reference, { service, host: '', declared }).endpoints) {
        const address = addressOf(one);
        if ((classes.get(address) ?? found) !== found && reached.has(address)) return true;
        classes.set(address, found);
      }
    }
    return false;
  });
}

function addressOf({ address, port }: Endpoint): string {
  return `${address}:${port}`;
}

function referenceOf({ recorded }: RecordedCall): ReferenceMesh {
  return { ...recorded, ambientEnabled: recorded.kind === 'ambient' };
}

function destinationOfCall(call: RecordedCall): Destination {
  return metBy(call.client, destinationOf(referenceOf(call), call.called));
}

/** Who has which address, which Istio's answers do not tell. */
function endpointsOfCall(call: RecordedCall): readonly Endpoint[] {
  return destinationOfCall(call).endpoints;
}

/** What Istio recorded about a server's side of one workload port. */
function recordedReceiver(call: RecordedCall, pod: Manifest, port: number): Receiver {
  const { recorded } = call;
  const { answer } = recorded;
  const key = podKey(pod);
  const [, treatment] = (answer.inbound[key]?.[String(port)] ?? '').split(' ');
  if (treatment !== undefined && proxyKind(pod) === 'gateway')
    return { kind: 'gateway', treatment };
  if (treatment !== undefined) {
    return letters(recorded, pod, port)[0] === 'i'
      ? { kind: 'sidecar', treatment, portClass: workloadPortClass(referenceOf(call), pod, port) }
      : { kind: 'none' };
  }
  const verdict = answer.ambient?.[key]?.[String(port)];
  return verdict === undefined
    ? { kind: 'none' }
    : { kind: 'ambient', deniesPlaintext: verdict === 'd' };
}
