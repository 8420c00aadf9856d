import { whyHidden } from '../client/outbound.ts';
import { findDestination, type Destination } from '../destination/destination.ts';
import { clientVariantsOf, type Client } from '../destination/clientVariant.ts';
import type { DataPlane } from '../model/mode.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import type { HostPort } from './connection.ts';

/** What decides, besides the outcome, how a client sees what becomes of its call. */
export interface ClientSight {
  readonly dataPlane: DataPlane;
  /** What the client's own Envoy takes the port for; `EITHER` where that depends on what is sent, or on other Services. */
  readonly takesFor: 'HTTP' | 'TCP' | 'EITHER';
  /** The application opens TLS itself. */
  readonly applicationTls: boolean;
}

/** How the first of the client's pods would see a call of the server. */
export function clientSight(mesh: Mesh, client: Client, server: HostPort): ClientSight {
  const [variant] = clientVariantsOf(mesh, client) ?? [];
  const from = variant?.pods === undefined ? undefined : variant.namespace;
  const found = findDestination(mesh, server, from);
  const destination = found.kind === 'not-found' ? found.nobody : found.destination;
  // What the proxy does not know as a service it passes on as it does what goes to a bare address.
  const isHidden =
    destination !== undefined &&
    variant?.dataPlane === 'sidecar' &&
    whyHidden(mesh, variant, destination) !== undefined;
  return {
    dataPlane: variant?.dataPlane ?? 'none',
    takesFor: destination === undefined || isHidden ? 'EITHER' : takenFor(destination),
    applicationTls: server.tls ?? destination?.protocol.applicationTls ?? false,
  };
}

/** A bare address falls to any Service's HTTP port of the number, if the client knows one, and else is passed on as bytes. */
function takenFor({ owner, protocol }: Destination): ClientSight['takesFor'] {
  if (owner === undefined || protocol.class === 'AUTO') return 'EITHER';
  return protocol.class;
}
