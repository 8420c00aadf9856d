import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { clientCluster, isAmbient, passesThrough, proxyKind, type Wire } from './clientWire.ts';
import { leadsOutside, type Destination, type Endpoint } from './destination.ts';
import { at, text } from './json.ts';
import type { ReferenceMesh } from './mode.ts';
import { outcomeAt, receiverAt, serverSpeaksTls, type Arrival } from './outcome.ts';

/** What happens to each endpoint that a pod, or undefined for a client outside the mesh, calls. */
export function outcomes(
  mesh: ReferenceMesh,
  client: Manifest | undefined,
  destination: Destination,
): readonly string[] {
  const met = metBy(client, destination);
  if (client !== undefined && callsItself(client, met)) return [ownOutcome(met)];
  const isUpToDns = isLeftToDns(destination);
  return sent(mesh, client, met).map(({ pod, port, wire, sender }) => {
    if (wire === 'blocked') return 'refused unknown-host-blocked';
    if (isUpToDns) return 'unknown up-to-dns';
    return outcomeAt(receiverAt(mesh, pod, port), {
      wire,
      sender,
      applicationTls: serverSpeaksTls(destination, wire),
    });
  });
}

/** Said to be inside the mesh, with nobody written down: who it is, only DNS knows. */
export function isLeftToDns({ owner, external }: Destination): boolean {
  return owner.kind === 'ServiceEntry' && leadsOutside(owner) && !external;
}

/** A destination as a client meets it: nothing translates the port for whoever was given an endpoint's address (R172). */
export function metBy(client: Manifest | undefined, destination: Destination): Destination {
  const isBalanced = client !== undefined && proxyKind(client) === 'gateway';
  if (isBalanced || !destination.keepsAddress) return destination;
  const { port, endpoints } = destination;
  return { ...destination, endpoints: endpoints.map((endpoint) => ({ ...endpoint, port })) };
}

/** A headless name that leads to the client alone: such a call does not leave the pod (R57, R142). */
export function callsItself(client: Manifest, { keepsAddress, endpoints }: Destination): boolean {
  return keepsAddress && endpoints.length === 1 && endpoints[0]?.pod === client;
}

/** What the application itself speaks. */
export function ownOutcome(destination: Destination): string {
  return serverSpeaksTls(destination, 'p') ? 'tls' : 'plaintext';
}

/** What happens to a call of a pod's own address, which no proxy knows as a service (R144). */
export function outcomeAtAddress(
  mesh: ReferenceMesh,
  client: Manifest | undefined,
  { pod, port }: { readonly pod: Manifest; readonly port: number },
): string {
  if (client === pod) return 'plaintext';
  const hasEnvoy = client !== undefined && proxyKind(client) !== 'none';
  if (hasEnvoy && !isBypassed(client, port) && !passesThrough(mesh, client))
    return 'refused unknown-host-blocked';
  const tunnel = client !== undefined && isAmbient(client) && isAmbient(pod);
  const wire = tunnel ? 'h' : 'p';
  const arrival: Arrival = {
    wire,
    sender: senderOf(client, port),
    applicationTls: false,
  };
  return outcomeAt(receiverAt(mesh, pod, port), arrival);
}

type Sent = Endpoint & {
  readonly wire: Wire | 'blocked';
  readonly sender: Arrival['sender'];
};

function sent(
  mesh: ReferenceMesh,
  client: Manifest | undefined,
  destination: Destination,
): readonly Sent[] {
  const { endpoints, port } = destination;
  const sender = senderOf(client, port);
  const toAll = (wire: Sent['wire']): readonly Sent[] =>
    endpoints.map((endpoint) => ({ ...endpoint, wire, sender }));
  const byKubeProxy = (): readonly Sent[] =>
    inSlices(destination).map((endpoint) => ({ ...endpoint, wire: 'p', sender }));
  if (client === undefined || sender === 'none') return byKubeProxy();
  // R101: ztunnel sends HBONE to ambient pods and nothing else of its own.
  if (sender === 'ambient') {
    return endpoints.map((one) => ({
      ...one,
      wire: isAmbient(one.pod) ? 'h' : 'p',
      sender,
    }));
  }
  const cluster = clientCluster(mesh, client, destination);
  switch (cluster.kind) {
    case 'endpoints':
      return cluster.wires.map((one) => ({ ...one, sender }));
    case 'original-destination':
      return toAll(cluster.wire);
    case 'absent':
      return passesThrough(mesh, client) ? byKubeProxy() : toAll('blocked');
  }
}

/** Machines are in istiod's registry, not in the EndpointSlices that kube-proxy goes by. */
export function inSlices({ owner, endpoints }: Destination): readonly Endpoint[] {
  const isMachine = ({ pod }: Endpoint): boolean => at(pod, 'spec', 'machinePorts') !== undefined;
  return owner.kind === 'Service' && !leadsOutside(owner)
    ? endpoints.filter((one) => !isMachine(one))
    : endpoints;
}

/** Who puts a call on the wire. */
function senderOf(client: Manifest | undefined, port: number): Arrival['sender'] {
  if (client === undefined) return 'none';
  if (proxyKind(client) !== 'none') return isBypassed(client, port) ? 'none' : 'envoy';
  return isAmbient(client) ? 'ambient' : 'none';
}

/** R142: ports that the pod keeps away from its own sidecar. */
function isBypassed(client: Manifest, port: number): boolean {
  const excluded = at(client.metadata.annotations, 'traffic.sidecar.istio.io/excludeOutboundPorts');
  return text(excluded)
    .split(',')
    .some((one) => Number(one) === port);
}
