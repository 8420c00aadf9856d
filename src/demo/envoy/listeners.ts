import { serverMode } from '../dataPlane/serverMode.ts';
import type { Mode } from '../dataPlane/serverMode.ts';
import { selects, targetPortOf } from '../controllers/endpointSliceController.ts';
import type { JsonObject, KubeObject } from '../objects/json.ts';
import { listAt } from '../objects/json.ts';
import { services } from '../objects/resources.ts';
import type { Storage } from '../objects/storage.ts';
import { meshServer } from './transportSockets.ts';

/** A port that no policy names: what is taken there is taken on all others. */
const unlistedPort = 0;

/** The inbound listener of a sidecar, with filter chains for the ports that Services lead to and for all others. */
export function inboundListeners(storage: Storage, pod: KubeObject): readonly JsonObject[] {
  const blackhole = chain('virtualInbound-blackhole', 15006, undefined);
  const chains = [
    blackhole,
    ...chainsFor('virtualInbound', undefined, serverMode(storage, pod, unlistedPort)),
    ...servedPorts(storage, pod).flatMap((port) =>
      chainsFor(`0.0.0.0_${port}`, port, serverMode(storage, pod, port)),
    ),
  ];
  const listener = { name: 'virtualInbound', traffic_direction: 'INBOUND', filter_chains: chains };
  return [{ name: 'virtualInbound', active_state: { listener } }];
}

function servedPorts(storage: Storage, pod: KubeObject): readonly number[] {
  const ports = storage
    .list(services, pod.metadata.namespace)
    .filter((service) => selects(service, pod))
    .flatMap((service) => listAt(service, 'spec', 'ports'))
    .flatMap((port) => targetPortOf(port, pod) ?? []);
  const own = listAt(pod, 'spec', 'containers')
    .flatMap((container) => listAt(container, 'ports'))
    .flatMap((port) => targetPortOf({ targetPort: listedPort(port) }, pod) ?? []);
  return [...new Set([...ports, ...own])];
}

function listedPort(port: unknown): number {
  return Number((port as JsonObject)['containerPort']);
}

function chainsFor(name: string, port: number | undefined, mode: Mode): readonly JsonObject[] {
  const mutual = chain(name, port, meshServer);
  const plain = chain(name, port, undefined);
  switch (mode) {
    case 'STRICT':
      return [mutual];
    case 'PERMISSIVE':
      return [mutual, plain];
    case 'DISABLE':
      return [plain];
  }
}

function chain(name: string, port: number | undefined, socket: JsonObject | undefined): JsonObject {
  const transport = { transport_protocol: socket === undefined ? 'raw_buffer' : 'tls' };
  const match = port === undefined ? transport : { ...transport, destination_port: port };
  const base = { name, filter_chain_match: match };
  return socket === undefined ? base : { ...base, transport_socket: socket };
}
