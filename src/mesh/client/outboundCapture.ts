import { isInRanges } from '../model/addressRange.ts';
import { isAddress } from '../snapshot/host.ts';
import { objectsIn, type Mesh } from '../snapshot/mesh.ts';
import type { Destination } from '../destination/destination.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';

const EXCLUDE_PORTS = 'traffic.sidecar.istio.io/excludeOutboundPorts';
const INCLUDE_PORTS = 'traffic.sidecar.istio.io/includeOutboundPorts';
const EXCLUDE_RANGES = 'traffic.sidecar.istio.io/excludeOutboundIPRanges';
const INCLUDE_RANGES = 'traffic.sidecar.istio.io/includeOutboundIPRanges';

/** Whether the client's own sidecar never sees a call: by its port, its address or its user (R142). */
export function bypassesOwnSidecar(
  mesh: Mesh,
  { pods }: ClientVariant,
  destination: Destination,
): boolean {
  if (pods === undefined) return false;
  const { port } = destination;
  const { annotations, runsAsProxyUser } = pods.shape;
  if (runsAsProxyUser || listsPort(annotations[EXCLUDE_PORTS], port)) return true;
  const excluded = annotations[EXCLUDE_RANGES] ?? '';
  const included = annotations[INCLUDE_RANGES]?.trim();
  if (excluded === '' && included === undefined) return false;
  const addresses = addressesOf(mesh, destination);
  if (addresses.length > 0 && addresses.every((one) => isInRanges(one, excluded))) return true;
  if (included === undefined || listsPort(annotations[INCLUDE_PORTS], port)) return false;
  // An address that nothing tells is taken for one that is captured, unless none is.
  if (included === '') return true;
  return addresses.length > 0 && !addresses.some((one) => isInRanges(one, included));
}

function listsPort(list: string | undefined, port: number): boolean {
  if (list === undefined || list === '') return false;
  return list.split(',').some((item) => item.trim() === '*' || Number(item.trim()) === port);
}

/** The addresses that a client connects to; none where no cluster has given any yet. */
function addressesOf(mesh: Mesh, destination: Destination): readonly string[] {
  const { owner, namespace, host, endpoints } = destination;
  if (owner === undefined) return isAddress(host) ? [host] : [];
  const objects = objectsIn(mesh, namespace);
  const own =
    owner.kind === 'Service'
      ? objects.services.get(owner.name)?.clusterIPs
      : objects.serviceEntries.get(owner.name)?.addresses;
  const given = own?.filter(isAddress) ?? [];
  if (given.length > 0 || !destination.headless) return given;
  return endpoints.flatMap(({ variant }) => variant.pods.flatMap(({ podIPs }) => podIPs));
}
