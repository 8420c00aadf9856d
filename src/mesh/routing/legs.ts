import type { ClientVariant } from '../destination/clientVariant.ts';
import type { Destination } from '../destination/destination.ts';
import { missingAnywhere } from '../known/missing.ts';
import type { MissingFact } from '../model/explanation.ts';
import { matchesLabels } from '../model/labels.ts';
import type { VirtualService } from '../model/objects.ts';
import type { FieldRef } from '../model/reference.ts';
import type { Route, RouteMatch, RouteTarget } from '../model/spec/routes.ts';
import { objectsIn, type Mesh } from '../snapshot/mesh.ts';
import { fullName, virtualServicesFor } from './virtualServices.ts';

/** A part of a client's calls, and where its proxy sends it. */
export interface Leg {
  /** Undefined for requests that no route takes, or by which the proxy answers itself. */
  readonly target: LegTarget | undefined;
  readonly route: FieldRef;
  /** The VirtualService that hands over to the route's own. */
  readonly delegatedBy?: FieldRef['object'];
  /** Of what the route takes, in percent. */
  readonly percent: number;
  /** Other requests take another route. */
  readonly byRequest: boolean;
}

export interface LegTarget {
  readonly host: string;
  readonly port: number | undefined;
  readonly subset: string | undefined;
}

/** The routes of a call, if a VirtualService has a say in it. */
export interface Routing {
  /** Undefined where the call goes to the host that it names. */
  readonly legs: readonly Leg[] | undefined;
  readonly missing: readonly MissingFact[];
}

/** What a proxy sees of a call when it chooses a route. */
export interface Seen {
  readonly destination: Destination;
  /** The name that the client asks for, also in its TLS. */
  readonly calledHost: string;
  readonly applicationTls: boolean;
}

const UNROUTED: Routing = Object.freeze({ legs: undefined, missing: [] });

/** Where a sidecar or a waypoint sends a call, by the VirtualService for its host (R310 to R312). */
export function routingOf(mesh: Mesh, sender: ClientVariant, seen: Seen): Routing {
  const { dataPlane, namespace, labels, revision } = sender;
  const { destination } = seen;
  if (dataPlane !== 'sidecar' && dataPlane !== 'waypoint') return UNROUTED;
  if (destination.owner === undefined) return UNROUTED;
  const hidden = missingAnywhere(mesh, 'VirtualService');
  const missing = hidden === undefined ? [] : [hidden];
  const asking = { namespace, labels, revision, hasSidecarObject: dataPlane === 'sidecar' };
  for (const service of virtualServicesFor(mesh, asking, destination)) {
    const taken = takenBy(mesh, service, { sender, seen });
    if (taken.length > 0) return { legs: legsOf(taken, service, seen), missing };
  }
  return { legs: undefined, missing };
}

/** A route that a client's calls take: all that are left, or some of them. */
interface Taken {
  readonly route: Route;
  readonly by: VirtualService;
  readonly byRequest: boolean;
}

interface Asked {
  readonly sender: ClientVariant;
  readonly seen: Seen;
}

/** Routes are tried in their order, up to one that takes everything (R311). */
function takenBy(mesh: Mesh, by: VirtualService, asked: Asked): readonly Taken[] {
  const protocol = protocolOf(asked.seen);
  const taken: Taken[] = [];
  for (const route of by.routes) {
    if (route.protocol !== protocol) continue;
    const holds = holdsFor(route, asked);
    if (holds === 'no') continue;
    for (const one of resolved(mesh, { route, by, byRequest: holds === 'by-request' }, asked)) {
      taken.push(one);
      if (!one.byRequest) return taken;
    }
  }
  return taken;
}

/** A port that declares no protocol carries HTTP here, unless the application opens TLS itself. */
function protocolOf({ destination, applicationTls }: Seen): Route['protocol'] | undefined {
  const { protocol } = destination;
  if (protocol.class === 'HTTP') return applicationTls ? undefined : 'http';
  if (protocol.class === 'AUTO') return applicationTls ? 'tcp' : 'http';
  return protocol.applicationTls ? 'tls' : 'tcp';
}

function holdsFor(route: Route, asked: Asked): 'yes' | 'no' | 'by-request' {
  if (route.matches.length === 0) return 'yes';
  const met = route.matches.filter((match) => mayHold(match, route.protocol, asked));
  if (met.length === 0) return 'no';
  return met.every(({ byRequest }) => byRequest) ? 'by-request' : 'yes';
}

/** What the client and the port say of a match; of HTTP, gateways that are named stand in for the client (R311). */
function mayHold(match: RouteMatch, protocol: Route['protocol'], { sender, seen }: Asked): boolean {
  const { port, gateways, sourceLabels, sourceNamespace, sniHosts } = match;
  if (port !== undefined && port !== seen.destination.port) return false;
  if (sniHosts.length > 0 && !sniHosts.some((host) => covers(host, seen))) return false;
  if (gateways.length > 0 && !gateways.includes('mesh')) return false;
  if (gateways.length > 0 && protocol === 'http') return true;
  return (
    matchesLabels(sourceLabels, sender.labels) &&
    (sourceNamespace === undefined || sourceNamespace === sender.namespace)
  );
}

function covers(pattern: string, { calledHost }: Seen): boolean {
  return pattern.startsWith('*') ? calledHost.endsWith(pattern.slice(1)) : pattern === calledHost;
}

/** The routes of the VirtualService that a route hands over to, as far as there is one (R312). */
function resolved(mesh: Mesh, taken: Taken, asked: Asked): readonly Taken[] {
  const { delegate } = taken.route;
  if (delegate === undefined) return [taken];
  const by = objectsIn(mesh, delegate.namespace).virtualServices.get(delegate.name);
  if (by === undefined || by.hosts.length > 0) return [];
  return takenBy(mesh, by, asked).map((one) => ({
    ...one,
    byRequest: one.byRequest || taken.byRequest,
  }));
}

function legsOf(
  taken: readonly Taken[],
  service: VirtualService,
  { destination }: Seen,
): readonly Leg[] {
  const isWhole = taken.at(-1)?.byRequest === false;
  const byRequest = taken.length > 1 || !isWhole;
  const root = refOf(service);
  const legs = taken.flatMap((one) =>
    legsOfRoute(one, byRequest).map((leg) =>
      one.by === service ? leg : { ...leg, delegatedBy: root },
    ),
  );
  if (isWhole || destination.protocol.class === 'TCP') return legs;
  const rest: Leg = {
    target: undefined,
    route: { object: root, field: 'spec.http' },
    percent: 100,
    byRequest,
  };
  return [...legs, rest];
}

function legsOfRoute({ route, by }: Taken, byRequest: boolean): readonly Leg[] {
  const field: FieldRef = { object: refOf(by), field: route.field };
  const { targets } = route;
  if (targets.length === 0) return [{ target: undefined, route: field, percent: 100, byRequest }];
  const weightOf = ({ weight }: RouteTarget): number => (targets.length === 1 ? 1 : weight);
  const total = targets.reduce((sum, target) => sum + weightOf(target), 0);
  return targets
    .filter((target) => weightOf(target) > 0)
    .map((target): Leg => ({
      target: {
        host: fullName(target.host, by.namespace),
        port: target.port,
        subset: target.subset,
      },
      route: field,
      percent: Math.round((100 * weightOf(target)) / total),
      byRequest,
    }));
}

function refOf({ kind, namespace, name }: VirtualService): FieldRef['object'] {
  return { kind, namespace, name };
}
