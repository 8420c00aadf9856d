import { matchesLabels } from '../model/labels.ts';
import type { Labels } from '../model/objects.ts';
import type { ObjectRef } from '../model/reference.ts';
import { objectsIn, revisionOf, type Mesh } from '../snapshot/mesh.ts';
import type { ProxyComparison } from './compareProxy.ts';
import type { ProxyOwner } from './predictedProxy.ts';
import type { Part, ProxyState } from './proxyState.ts';

/** An EnvoyFilter, which can change anything that a proxy does; the engine reads nothing else of it. */
export interface EnvoyFilter {
  readonly namespace: string;
  readonly name: string;
  /** Empty for all proxies of its namespace, or of the mesh if that is the root namespace. */
  readonly selector: Labels;
}

/** What may make a proxy differ from the objects that it should follow, the most certain first. */
export type DriftCause =
  | { readonly kind: 'rejected'; readonly resources: readonly string[] }
  | {
      readonly kind: 'not-acknowledged';
      readonly resources: readonly string[];
      readonly since: string | undefined;
    }
  /** Written after the proxy took its listeners over. */
  | { readonly kind: 'written-since'; readonly policy: ObjectRef }
  /** No control plane that was asked serves the proxy. */
  | { readonly kind: 'other-control-plane'; readonly controlPlane: string | undefined }
  /** The control plane of its revision is not there. */
  | { readonly kind: 'old-revision'; readonly revision: string }
  | { readonly kind: 'envoy-filters'; readonly filters: readonly EnvoyFilter[] };

/** What else is known when a cause is looked for. */
export interface DriftFacts {
  readonly state: ProxyState;
  readonly comparison: ProxyComparison;
  readonly envoyFilters: Part<readonly EnvoyFilter[]>;
}

/** What may be the cause of all differences of a proxy; empty where there are none, or nothing tells. */
export function driftCauses(
  mesh: Mesh,
  owner: ProxyOwner,
  { state, comparison, envoyFilters }: DriftFacts,
): readonly DriftCause[] {
  if (comparison.differences === 0) return [];
  return [
    ...notTaken(state),
    ...writtenSince(mesh, state, comparison),
    ...elsewhere(mesh, owner, state),
    ...selecting(mesh, owner, envoyFilters),
  ];
}

function notTaken({ acknowledgement }: ProxyState): readonly DriftCause[] {
  if (acknowledgement.kind === 'unread') return [];
  const { value } = acknowledgement;
  switch (value.kind) {
    case 'rejected':
      return [value];
    case 'waiting':
      return [{ ...value, kind: 'not-acknowledged' }];
    case 'acknowledged':
    case 'not-connected':
      return [];
  }
}

function writtenSince(
  mesh: Mesh,
  { inbound }: ProxyState,
  { ports }: ProxyComparison,
): readonly DriftCause[] {
  if (inbound.kind === 'unread' || inbound.value.updated === undefined) return [];
  const updated = Date.parse(inbound.value.updated);
  const deciding = ports.flatMap(({ agreement, predicted }) =>
    agreement === 'differs' && predicted?.from.kind === 'policy' ? predicted.from.field.object : [],
  );
  const younger = deciding.find(({ namespace, name }) => {
    const policy = objectsIn(mesh, namespace).peerAuthentications.get(name);
    // The API server counts in whole seconds.
    return policy?.createdAt !== undefined && policy.createdAt + 1000 > updated;
  });
  return younger === undefined ? [] : [{ kind: 'written-since', policy: younger }];
}

function elsewhere(
  mesh: Mesh,
  { variant }: ProxyOwner,
  { acknowledgement, origin }: ProxyState,
): readonly DriftCause[] {
  const causes: DriftCause[] = [];
  const { revision } = variant;
  const { revisions } = mesh.controlPlane;
  if (revision !== undefined && revisions.get(revision)?.env === undefined)
    causes.push({ kind: 'old-revision', revision });
  if (acknowledgement.kind === 'read' && acknowledgement.value.kind === 'not-connected') {
    const controlPlane = origin.kind === 'read' ? origin.value.controlPlane : undefined;
    causes.push({ kind: 'other-control-plane', controlPlane });
  }
  return causes;
}

function selecting(
  mesh: Mesh,
  { workload, variant }: ProxyOwner,
  filters: Part<readonly EnvoyFilter[]>,
): readonly DriftCause[] {
  if (filters.kind === 'unread') return [];
  const { rootNamespace } = revisionOf(mesh, variant.revision).config;
  const found = filters.value.filter(
    ({ namespace, selector }) =>
      [rootNamespace, workload.namespace].includes(namespace) &&
      matchesLabels(selector, variant.shape.labels),
  );
  return found.length === 0 ? [] : [{ kind: 'envoy-filters', filters: found }];
}
