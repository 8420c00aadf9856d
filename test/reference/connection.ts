import type { Manifest } from '../../src/mesh/model/manifest.ts';
import {
  clientCluster,
  endpointsOf,
  isAmbient,
  proxyKind,
  type Endpoint,
  type Wire,
} from './clientWire.ts';
import { at, list } from './json.ts';
import type { ReferenceMesh } from './mode.ts';
import { outcomeAt, receiverAt, speaksTls, type Arrival } from './outcome.ts';

/** What happens to each endpoint of a Service port that a pod, or undefined for a client outside the mesh, calls. */
export function outcomes(
  mesh: ReferenceMesh,
  client: Manifest | undefined,
  service: Manifest,
  port: number,
): readonly string[] {
  const declared = list(at(service, 'spec', 'ports')).find((one) => at(one, 'port') === port);
  const applicationTls = speaksTls(declared);
  return sent(mesh, client, service, port).map(({ pod, port: target, wire, sender }) =>
    outcomeAt(receiverAt(mesh, pod, target), { wire, sender, applicationTls }),
  );
}

type Sent = Endpoint & Pick<Arrival, 'wire' | 'sender'>;

function sent(
  mesh: ReferenceMesh,
  client: Manifest | undefined,
  service: Manifest,
  port: number,
): readonly Sent[] {
  const endpoints = endpointsOf(mesh, service, port);
  const toAll = (wire: Wire, sender: Arrival['sender']): readonly Sent[] =>
    endpoints.map((endpoint) => ({ ...endpoint, wire, sender }));
  if (client !== undefined && proxyKind(client) !== 'none') {
    const cluster = clientCluster(mesh, client, service, { port });
    if (cluster.kind === 'endpoints')
      return cluster.wires.map((one) => ({ ...one, sender: 'envoy' as const }));
    return toAll(cluster.kind === 'original-destination' ? cluster.wire : 'p', 'envoy');
  }
  if (client === undefined || !isAmbient(client)) return toAll('p', 'none');
  // R101: ztunnel sends HBONE to ambient pods and nothing else of its own.
  return endpoints.map((endpoint) => ({
    ...endpoint,
    wire: isAmbient(endpoint.pod) ? 'h' : 'p',
    sender: 'ambient',
  }));
}
