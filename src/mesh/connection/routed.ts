import { bypassesOwnSidecar } from '../client/outboundCapture.ts';
import { subsetOf } from '../client/envoyCluster.ts';
import { whyHidden } from '../client/outbound.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';
import { findDestination, type Destination } from '../destination/destination.ts';
import type { MissingFact, Outcome, Reason } from '../model/explanation.ts';
import { routingOf, type Leg, type LegTarget, type Routing } from '../routing/legs.ts';
import { resolveHost } from '../snapshot/host.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { unlessMissing } from './atEndpoint.ts';
import type { HostPort } from './hostPorts.ts';
import { metBy } from './metDestination.ts';
import type { Reached } from './reached.ts';

interface Called {
  readonly to: HostPort;
  readonly destination: Destination;
  readonly applicationTls: boolean;
}

const UNROUTED: Routing = Object.freeze({ legs: undefined, missing: [] });

/** The routes that a sender's proxy has for a call; none where it does not see the call, or does not know the host. */
export function routesOf(
  mesh: Mesh,
  sender: ClientVariant,
  { to, destination, applicationTls }: Called,
): Routing {
  if (to.subset !== undefined || destination.alias !== undefined) return UNROUTED;
  if (sender.dataPlane === 'sidecar') {
    if (bypassesOwnSidecar(mesh, sender, destination)) return UNROUTED;
    if (whyHidden(mesh, sender, destination) !== undefined) return UNROUTED;
  }
  return routingOf(mesh, sender, { destination, calledHost: to.host, applicationTls });
}

export interface LegAsked {
  readonly leg: Leg;
  /** The port that was called. */
  readonly port: number;
  readonly applicationTls: boolean;
}

export type Target =
  | {
      readonly kind: 'found';
      readonly destination: Destination;
      readonly subset: string | undefined;
    }
  | { readonly kind: 'refused'; readonly reached: Reached };

/** What a leg leads to; a host or a subset that the proxy does not know leads nowhere (R313). */
export function targetOf(mesh: Mesh, sender: ClientVariant, { leg, port }: LegAsked): Target {
  const { target } = leg;
  if (target === undefined) return refused('no-route', []);
  const to = { host: target.host, port: target.port ?? portOf(mesh, target, port) };
  const found = findDestination(mesh, to, undefined);
  if (found.kind === 'not-found') {
    if (found.nobody !== undefined) return refused('no-endpoints', [found.reason]);
    return isAbsent(found.reason)
      ? refused('route-leads-nowhere', [unknownTarget(target)])
      : refused('route-leads-nowhere', [found.reason], [found.missing]);
  }
  const { destination } = found;
  if (isHidden(mesh, sender, destination))
    return refused('route-leads-nowhere', [unknownTarget(target)]);
  const { subset } = target;
  if (subset === undefined) {
    const met = metBy(mesh, sender, { destination, to });
    return { kind: 'found', destination: met, subset };
  }
  const { isDefined, missing } = subsetOf(mesh, sender, { destination, subset });
  if (!isDefined) return refused('route-leads-nowhere', [unknownTarget(target)], missing);
  const met = metBy(mesh, sender, { destination, to: { ...to, subset } });
  const { owner } = destination;
  if (met.endpoints.length === 0 && destination.endpoints.length > 0 && owner !== undefined)
    return refused('no-endpoints', [{ kind: 'no-endpoints', service: owner }], missing);
  return { kind: 'found', destination: met, subset };
}

/** The one port that the host has, else the one that was called. */
function portOf(mesh: Mesh, { host }: LegTarget, called: number): number {
  const found = resolveHost(mesh, host, undefined);
  const by =
    found.kind === 'service'
      ? found.service
      : found.kind === 'service-entry'
        ? found.entry
        : undefined;
  const [only, ...others] = by?.ports ?? [];
  return only === undefined || others.length > 0 ? called : only.port;
}

/** What an object would say that is not there, as against one that may not be read. */
function isAbsent({ kind }: Reason): boolean {
  return kind === 'unknown-host' || kind === 'no-such-port' || kind === 'no-endpoints';
}

/** A route makes its host known to the proxy, as long as the host is exported to it. */
function isHidden(mesh: Mesh, sender: ClientVariant, destination: Destination): boolean {
  const hidden = whyHidden(mesh, sender, destination);
  return hidden !== undefined && hidden.kind !== 'host-not-imported';
}

function unknownTarget({ host, subset }: LegTarget): Reason {
  return { kind: 'route-target-unknown', host, ...(subset === undefined ? {} : { subset }) };
}

function refused(
  symptom: 'no-route' | 'no-endpoints' | 'route-leads-nowhere',
  because: readonly Reason[],
  missing: readonly MissingFact[] = [],
): Target {
  const outcome: Outcome = { kind: 'refused', by: 'client', symptom };
  const reached = {
    outcome: unlessMissing(outcome, missing),
    because,
    endpoints: 0,
    ofEndpoints: 0,
  };
  return { kind: 'refused', reached };
}

/** An entry with the route that led to it, and its share where there are others. */
export function withLeg(reached: Reached, leg: Leg, to: Destination['owner']): Reached {
  const { target, route, delegatedBy, percent, byRequest } = leg;
  const reason: Reason = {
    kind: 'routed',
    route,
    percent,
    byRequest,
    ...(delegatedBy === undefined ? {} : { delegatedBy }),
    ...(to === undefined ? {} : { to }),
    ...(target === undefined ? {} : { host: target.host }),
    ...(target?.subset === undefined ? {} : { subset: target.subset }),
  };
  const because = [reason, ...reached.because];
  if (percent === 100 && !byRequest) return { ...reached, because };
  return { ...reached, because, share: { route, percent, byRequest } };
}
