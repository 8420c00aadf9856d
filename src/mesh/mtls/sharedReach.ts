import { fqdnOf } from '../model/host.ts';
import { memo } from '../model/memo.ts';
import { partOf, type Mesh } from '../model/mesh.ts';
import { rulesIn } from './backendPolicy.ts';
import { findDestination, type Destination } from './destination.ts';
import { rulesCovering } from './destinationRule.ts';
import { reach, type Reached, type Server } from './reach.ts';
import type { Sender } from './sender.ts';

/** What is remembered about one Service port: nothing, where the answer may differ between clients. */
interface KnownServer {
  readonly destination: Destination;
  readonly bySender: Map<string, readonly Reached[]>;
}

type ByHost = Map<string, Map<number, KnownServer | undefined>>;

const serversOf = memo((_mesh: Mesh): ByHost => new Map());

/**
 * As `reach`, computed once for all clients that a server cannot tell apart: most clients differ from
 * one another in nothing but their names, which are not part of the answer.
 */
export function sharedReach(mesh: Mesh, sender: Sender, server: Server): readonly Reached[] {
  const known = isPlain(server) ? knownServer(mesh, server) : undefined;
  if (known === undefined || !isOrdinary(mesh, sender, known.destination)) {
    return reach(mesh, sender, server);
  }
  const kind = `${sender.dataPlane} ${sender.revision.name}`;
  const found = known.bySender.get(kind);
  if (found !== undefined) return found;
  const answer = reach(mesh, sender, server);
  known.bySender.set(kind, answer);
  return answer;
}

/** A call of a Service by its full name, as every client spells it. */
function isPlain({ host, subset, tls }: Server): boolean {
  return subset === undefined && tls === undefined && host.includes('.svc.');
}

function knownServer(mesh: Mesh, server: Server): KnownServer | undefined {
  const byHost = serversOf(mesh);
  const ports = byHost.get(server.host) ?? new Map<number, KnownServer | undefined>();
  if (ports.size === 0) byHost.set(server.host, ports);
  if (ports.has(server.port)) return ports.get(server.port);
  const known = rememberable(mesh, server);
  ports.set(server.port, known);
  return known;
}

function rememberable(mesh: Mesh, server: Server): KnownServer | undefined {
  const found = findDestination(mesh, server, undefined);
  if (found.kind === 'not-found') return undefined;
  const { destination } = found;
  const { owner, exportTo } = destination;
  if (owner?.kind !== 'Service' || fqdnOf(owner) !== server.host) return undefined;
  if (exportTo !== undefined || !isOpenToAll(mesh, destination)) return undefined;
  return { destination, bySender: new Map() };
}

/** Every rule for the host in the service's and the root namespace is for all clients. */
function isOpenToAll(mesh: Mesh, { host, namespace }: Destination): boolean {
  return [namespace, mesh.rootNamespace].every((place) =>
    rulesCovering(partOf(mesh, place).destinationRules, host).every(
      ({ exportTo, workloadSelector, labels }) =>
        workloadSelector === undefined &&
        labels['istio.io/rev'] === undefined &&
        (exportTo.length === 0 || exportTo.includes('*')),
    ),
  );
}

/** Nothing in the client's pods or namespace makes its call differ from that of any other such client. */
function isOrdinary(mesh: Mesh, sender: Sender, destination: Destination): boolean {
  const { dataPlane, namespace, pods, revision } = sender;
  if (dataPlane === 'none' || dataPlane === 'ambient') return true;
  if (pods !== undefined && (pods.shape.runsAsProxyUser || hasOutboundSettings(pods.shape))) {
    return false;
  }
  const { rootNamespace, defaultServiceExportTo } = revision.config;
  if (namespace === destination.namespace || namespace === rootNamespace) return false;
  if (rootNamespace !== mesh.rootNamespace || defaultServiceExportTo[0] !== '*') return false;
  const part = partOf(mesh, namespace);
  if (part.sidecars.size > 0 || partOf(mesh, rootNamespace).sidecars.size > 0) return false;
  if (mesh.missing.length > 0) return false;
  const rules = rulesIn(mesh, namespace, revision);
  return rules.size === 0 || rulesCovering(rules, destination.host).length === 0;
}

function hasOutboundSettings({
  annotations,
}: {
  readonly annotations: Readonly<Record<string, string>>;
}): boolean {
  for (const key in annotations) if (key.includes('Outbound')) return true;
  return false;
}
