import { isAddress } from '../snapshot/host.ts';
import { objectsIn, type Mesh } from '../snapshot/mesh.ts';
import type { Service, ServiceEntry } from '../model/objects.ts';
import type { ObjectKind } from '../model/reference.ts';
import type { MissingFact } from '../model/explanation.ts';
import { CONTROLLERS, RUNNING, missingAny, missingAnywhere } from '../known/missing.ts';

/** The missing fact that would say what defines a host or has an address. */
export function hiddenHost(mesh: Mesh, host: string): MissingFact | undefined {
  const entry = missingAnywhere(mesh, 'ServiceEntry');
  if (!isAddress(host)) return entry;
  return missingAnywhere(mesh, 'Pod') ?? missingAnywhere(mesh, 'Service') ?? entry;
}

/** What endpoints that are written by hand are made of. */
const BY_HAND: readonly ObjectKind[] = ['EndpointSlice', 'Pod'];

/** What a selector selects, and what would make such pods. */
const SELECTED: readonly ObjectKind[] = [...RUNNING, ...CONTROLLERS];

/** The missing fact that may hide what stands behind a Service. */
export function missingBehind(
  mesh: Mesh,
  service: Service | ServiceEntry,
): MissingFact | undefined {
  return missingOf(mesh, service.namespace, isByHand(service) ? BY_HAND : SELECTED);
}

/** The missing fact that may hide endpoints beside those that were found. */
export function missingEndpoints(
  mesh: Mesh,
  {
    owner,
    namespace,
  }: {
    readonly owner:
      { readonly kind: 'Service' | 'ServiceEntry'; readonly name: string } | undefined;
    readonly namespace: string;
  },
): MissingFact | undefined {
  if (owner === undefined || mesh.missing.length === 0) return undefined;
  const objects = objectsIn(mesh, namespace);
  const service = (owner.kind === 'Service' ? objects.services : objects.serviceEntries).get(
    owner.name,
  );
  if (service === undefined) return undefined;
  if (service.kind === 'ServiceEntry' && service.workloadSelector === undefined) return undefined;
  return missingOf(mesh, namespace, isByHand(service) ? BY_HAND : RUNNING);
}

function isByHand(service: Service | ServiceEntry): boolean {
  return service.kind === 'Service' && service.selector === undefined;
}

function missingOf(
  mesh: Mesh,
  namespace: string,
  kinds: readonly ObjectKind[],
): MissingFact | undefined {
  return missingAny(
    mesh,
    kinds.map((kind) => [kind, namespace] as const),
  )[0];
}
