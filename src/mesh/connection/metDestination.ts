import { bypassesOwnSidecar } from '../client/outboundCapture.ts';
import type { Outbound } from '../client/call.ts';
import { ofSubset } from '../client/envoyCluster.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';
import { atCalledPort, type Destination } from '../destination/destination.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import type { HostPort } from './hostPorts.ts';

/** A destination as a client meets it: with the ports that it calls, and the endpoints of the subset that it asks for. */
export function metBy(
  mesh: Mesh,
  client: ClientVariant,
  { destination, to }: { readonly destination: Destination; readonly to: HostPort },
): Destination {
  return narrowed(mesh, client, { destination: asMet(client, destination), to });
}

/** Clients of a headless service call its endpoints by address, but for a gateway, which balances them itself (R172). */
function asMet({ dataPlane }: ClientVariant, destination: Destination): Destination {
  return destination.headless && dataPlane !== 'gateway' ? atCalledPort(destination) : destination;
}

/** A subset's cluster has the subset's endpoints only; a client without such a proxy knows no subsets (R164). */
function narrowed(
  mesh: Mesh,
  client: ClientVariant,
  { destination, to }: { readonly destination: Destination; readonly to: HostPort },
): Destination {
  const { subset } = to;
  const isRouted =
    client.dataPlane === 'gateway' ||
    client.dataPlane === 'waypoint' ||
    (client.dataPlane === 'sidecar' && !bypassesOwnSidecar(mesh, client, destination));
  if (subset === undefined || !isRouted) return destination;
  return ofSubset(mesh, client, { destination, subset });
}

/** What no proxy routes goes where EndpointSlices lead: machines are in istiod's registry only. */
export function byKubeProxy(
  destination: Destination,
  { proxy, because, missing }: Outbound,
): Destination {
  const isRouted = proxy !== undefined && !because.some(({ kind }) => kind === 'passed-through');
  if (isRouted || missing.length > 0 || destination.owner?.kind !== 'Service') return destination;
  const endpoints = destination.endpoints.filter(
    ({ workload, isAddress }) => isAddress === true || workload.ref.kind !== 'WorkloadEntry',
  );
  return endpoints.length === destination.endpoints.length
    ? destination
    : { ...destination, endpoints };
}
