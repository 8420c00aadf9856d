import { clientWire, findRule } from '../dataPlane/clientTls.ts';
import type { OutboundCall, Wire } from '../dataPlane/clientTls.ts';
import { endpointsOf } from '../dataPlane/destinations.ts';
import { podAddress } from '../dataPlane/podFacts.ts';
import type { JsonObject, KubeObject } from '../objects/json.ts';
import { listAt, numberAt } from '../objects/json.ts';
import { services } from '../objects/resources.ts';
import type { Storage } from '../objects/storage.ts';
import { meshClient, noTls, oneWayClient, ownClient } from './transportSockets.ts';

/** What a proxy knows of one port of one Service. */
interface KnownPort {
  readonly cluster: JsonObject;
  readonly endpoints: JsonObject;
}

/** The clusters of a proxy, and their endpoints, as two lists. */
export function outboundClusters(
  storage: Storage,
  client: KubeObject,
): { readonly clusters: readonly JsonObject[]; readonly endpoints: readonly JsonObject[] } {
  const all = storage.list(services).flatMap((service) =>
    listAt(service, 'spec', 'ports')
      .flatMap((port) => numberAt(port, 'port') ?? [])
      .map((port) => knownPort(storage, client, { service, port })),
  );
  return {
    clusters: all.map(({ cluster }) => ({ cluster })),
    endpoints: all.map(({ endpoints }) => ({ endpoint_config: endpoints })),
  };
}

function knownPort(
  storage: Storage,
  client: KubeObject,
  { service, port }: { readonly service: KubeObject; readonly port: number },
): KnownPort {
  const { name: serviceName, namespace = '' } = service.metadata;
  const name = `outbound|${port}||${serviceName}.${namespace}.svc.cluster.local`;
  const found = endpointsOf(storage, service, port) ?? [];
  const calls = found.map(({ pod, port: endpointPort }): OutboundCall => ({
    ...{ client, service, servicePort: port },
    ...{ endpoint: pod, endpointPort },
  }));
  const wires = calls.map((call) => clientWire(storage, call));
  const [call] = calls;
  const rule = call === undefined ? undefined : findRule(storage, call);
  const lbEndpoints = calls.map(({ endpoint, endpointPort }, index) =>
    endpointEntry(podAddress(endpoint) ?? '', endpointPort, wires[index]),
  );
  return {
    cluster: { name, type: 'EDS', metadata: metadataOf(rule), ...socketsFor(wires) },
    endpoints: { cluster_name: name, endpoints: [{ lb_endpoints: lbEndpoints }] },
  };
}

/** One socket for all endpoints where a rule says so, else one by the endpoint's label. */
function socketsFor(wires: readonly Wire[]): JsonObject {
  if (wires.includes('simple-tls')) return { transport_socket: oneWayClient };
  if (wires.includes('mutual-tls')) return { transport_socket: ownClient };
  return {
    transport_socket_matches: [
      { name: 'tlsMode-istio', match: { tlsMode: 'istio' }, transport_socket: meshClient },
      { name: 'tlsMode-disabled', match: {}, transport_socket: noTls },
    ],
  };
}

function endpointEntry(address: string, port: number, wire: Wire | undefined): JsonObject {
  const socket = { address, port_value: port };
  const entry = { endpoint: { address: { socket_address: socket } }, health_status: 'HEALTHY' };
  if (wire !== 'istio-mutual') return entry;
  const matched = { 'envoy.transport_socket_match': { tlsMode: 'istio' } };
  return { ...entry, metadata: { filter_metadata: matched } };
}

function metadataOf(rule: KubeObject | undefined): JsonObject {
  if (rule === undefined) return {};
  const { namespace = '', name } = rule.metadata;
  const config = `/apis/networking.istio.io/v1/namespaces/${namespace}/destination-rule/${name}`;
  return { filter_metadata: { istio: { config } } };
}
