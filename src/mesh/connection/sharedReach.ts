import { coveringServices, fullName } from '../routing/virtualServices.ts';
import type { RouteMatch } from '../model/spec/routes.ts';
import { hasNoLabels } from '../model/labels.ts';
import { definitionsOf, fqdnOf } from '../snapshot/host.ts';
import { memo } from '../model/kept.ts';
import { objectsIn, type Mesh } from '../snapshot/mesh.ts';
import { rulesIn, type Rule } from '../client/backendPolicy.ts';
import { findDestination, type Destination } from '../destination/destination.ts';
import { rulesCovering } from '../client/destinationRule.ts';
import { exportToOf } from '../client/destinationRuleMerge.ts';
import { sidecarOf, whyNotVisible } from '../destination/hostVisibility.ts';
import { principalOf } from '../authorization/match.ts';
import { asksForIdentity, identityOf } from './authorized.ts';
import { callsItself } from './ownPod.ts';
import { reach } from './reach.ts';
import type { HostPort } from './hostPorts.ts';
import type { Reached } from './reached.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';

/** What is remembered about one port of a host. */
interface KnownHostPort {
  readonly destination: Destination;
  /** By the kind of client. */
  readonly answers: Map<string, readonly Reached[]>;
}

/** Nothing is remembered about a server at which the answer may differ between any two clients. */
type ByHost = Map<string, Map<number, KnownHostPort | undefined>>;

const knownHostPorts = memo((_mesh: Mesh): ByHost => new Map());

/**
 * As `reach`, asked once for all clients that a server cannot tell apart: most clients differ from
 * one another in nothing but their names, which are not part of the answer. A matrix of a thousand clients by a thousand
 * servers takes a fifth of the time for it. This file only says which clients are alike; it decides nothing of its own.
 */
export function sharedReach(mesh: Mesh, client: ClientVariant, to: HostPort): readonly Reached[] {
  const known = isPlain(to) ? knownHostPort(mesh, to) : undefined;
  if (known === undefined || hasOwnEntry(mesh, client, known)) return reach(mesh, client, to);
  const { destination, answers } = known;
  if (callsItself(client, destination)) return reach(mesh, client, to);
  const kind = kindOfClient(mesh, client, destination);
  const found = kind === undefined ? undefined : answers.get(kind);
  if (found !== undefined) return found;
  const answer = reach(mesh, client, to, { kind: 'found', destination });
  if (kind !== undefined) answers.set(kind, answer);
  return answer;
}

/** An entry of the client's own namespace for the same host would go before the one that is known. */
function hasOwnEntry(
  mesh: Mesh,
  { namespace }: ClientVariant,
  { destination }: KnownHostPort,
): boolean {
  if (destination.owner?.kind !== 'ServiceEntry') return false;
  return objectsIn(mesh, namespace).serviceEntries.size > 0;
}

/** A call of a host by its full name, as every client spells it. */
function isPlain({ host, subset, tls }: HostPort): boolean {
  return subset === undefined && tls === undefined && host.includes('.');
}

function knownHostPort(mesh: Mesh, to: HostPort): KnownHostPort | undefined {
  const byHost = knownHostPorts(mesh);
  const ports = byHost.get(to.host) ?? new Map<number, KnownHostPort | undefined>();
  if (ports.size === 0) byHost.set(to.host, ports);
  if (ports.has(to.port)) return ports.get(to.port);
  const known = rememberable(mesh, to);
  ports.set(to.port, known);
  return known;
}

function rememberable(mesh: Mesh, to: HostPort): KnownHostPort | undefined {
  if (definitionsOf(mesh, to.host).length > 1) return undefined;
  const found = findDestination(mesh, to, undefined);
  if (found.kind === 'not-found') return undefined;
  const { destination } = found;
  const { owner } = destination;
  if (owner === undefined || !isFullName(to.host, owner)) return undefined;
  if (!isRoutedAlike(mesh, destination.host)) return undefined;
  return isAlikeAbroad(mesh, destination) ? { destination, answers: new Map() } : undefined;
}

/** Names with fewer parts, and addresses, may be something else to another client. */
function isFullName(host: string, owner: NonNullable<Destination['owner']>): boolean {
  return owner.kind === 'Service' ? fqdnOf(owner) === host : /[a-z]/i.test(host);
}

/** Every VirtualService that may route the host is for all clients, and leads to the host itself. */
function isRoutedAlike(mesh: Mesh, host: string): boolean {
  return coveringServices(mesh, host).every(
    ({ exportTo, namespace, routes }) =>
      (exportTo.length === 0 || exportTo.includes('*')) &&
      routes.every(
        ({ matches, targets, delegate }) =>
          delegate === undefined &&
          targets.every((target) => fullName(target.host, namespace) === host) &&
          matches.every(isForEverybody),
      ),
  );
}

function isForEverybody({ sourceLabels, sourceNamespace }: RouteMatch): boolean {
  return hasNoLabels(sourceLabels) && sourceNamespace === undefined;
}

/** Every rule for the host in the service's and the root namespace is for all other namespaces, or for none of them. */
function isAlikeAbroad(mesh: Mesh, { host, namespace }: Destination): boolean {
  return [namespace, mesh.rootNamespace].every((home) =>
    rulesCovering(objectsIn(mesh, home).destinationRules, host).every((rule) => {
      const exportTo = exportToOf(rule);
      return exportTo.length === 0 || exportTo.includes('*') || isPrivate(rule);
    }),
  );
}

function isPrivate(rule: Rule): boolean {
  const [only, ...more] = exportToOf(rule);
  return more.length === 0 && (only === '.' || only === rule.namespace);
}

/**
 * What a client has in common with all that fare alike at a destination; undefined where something in its
 * pods or its namespace may make its call differ from that of any other client.
 */
function kindOfClient(
  mesh: Mesh,
  client: ClientVariant,
  destination: Destination,
): string | undefined {
  const { dataPlane, namespace, revision } = client;
  const kind = proxyKind(mesh, client, destination);
  if (dataPlane === 'none' || dataPlane === 'ambient') return kind;
  if (isSetUpItself(client) || mesh.missing.length > 0) return undefined;
  const { rootNamespace } = revision.config;
  if (namespace === destination.namespace || namespace === rootNamespace) return undefined;
  if (rootNamespace !== mesh.rootNamespace) return undefined;
  const rules = rulesIn(mesh, namespace, revision);
  if (rules.size > 0 && rulesCovering(rules, destination.host).length > 0) return undefined;
  return kindByVisibility(mesh, { client, destination, kind });
}

/** The client's proxy, its control plane, and its identity where policies ask for that. */
export function proxyKind(mesh: Mesh, client: ClientVariant, destination: Destination): string {
  const who = asksForIdentity(mesh, client, destination) ? identityKey(client) : '';
  return `${client.dataPlane} ${client.revision.name}${who}`;
}

/** Who a client is to policies that ask (R300). */
function identityKey(client: ClientVariant): string {
  const identity = identityOf(client);
  return identity === undefined ? ' nobody' : ` ${principalOf(identity)}`;
}

interface Asked {
  readonly client: ClientVariant;
  readonly destination: Destination;
  readonly kind: string;
}

/** Whether the client's proxy knows the host; why it does not, and what it does then, is in the client's own Sidecar. */
function kindByVisibility(mesh: Mesh, { client, destination, kind }: Asked): string | undefined {
  const { namespace, labels, revision } = client;
  const { owner, host, port, exportTo = revision.config.defaultServiceExportTo } = destination;
  const asking = { namespace, labels, revision };
  const sidecar = client.dataPlane === 'gateway' ? undefined : sidecarOf(mesh, asking);
  if (owner === undefined) return undefined;
  if (sidecar === undefined && exportTo[0] === '*') return kind;
  // What a Sidecar imports of VirtualServices is its own matter.
  if (sidecar !== undefined && coveringServices(mesh, host).length > 0) return undefined;
  const offered = { host, namespace: destination.namespace, exportTo, port, by: owner };
  if (whyNotVisible(sidecar, asking, offered) === undefined) return kind;
  return sidecar === undefined ? `${kind} hidden` : undefined;
}

/** What a host and a port stand for, where that and the rules of its own namespace are the same to clients of all others. */
export function destinationAlikeAbroad(
  mesh: Mesh,
  client: ClientVariant,
  to: HostPort,
): Destination | undefined {
  const known = isPlain(to) ? knownHostPort(mesh, to) : undefined;
  return known === undefined || hasOwnEntry(mesh, client, known) ? undefined : known.destination;
}

/** Something in the client's own pods decides about what it sends. */
function isSetUpItself({ pods }: ClientVariant): boolean {
  if (pods === undefined) return false;
  if (pods.shape.runsAsProxyUser) return true;
  for (const key in pods.shape.annotations) if (key.includes('Outbound')) return true;
  return false;
}
