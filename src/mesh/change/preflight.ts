import type { Mesh } from '../snapshot/mesh.ts';
import {
  allWorkloads,
  findWorkload,
  namespacesOf,
  servicesIn,
  workloadsBehind,
} from '../snapshot/mesh.ts';
import type { NonEmpty, WorkloadRef } from '../model/reference.ts';
import type { Workload } from '../snapshot/workload.ts';
import type { Client, Connection, HostPort } from '../connection/connection.ts';
import { connect } from '../connection/connection.ts';
import { finish, type Steps } from '../connection/steps.ts';
import type { MissingFact } from '../model/explanation.ts';
import { hidesObjects } from '../known/missing.ts';
import type { MutualTlsMode } from '../model/mode.ts';
import { hostPortsOfEntries, hostPortsOfService } from '../connection/hostPorts.ts';
import type { WorkloadMtls } from '../server/workloadMtls.ts';
import { workloadMtls } from '../server/workloadMtls.ts';
import type { Alike, ClientGroup } from './alikeClients.ts';
import { alikeAt, clientGroups } from './alikeClients.ts';
import type { ChangeReach } from './changeReach.ts';
import { changeReach } from './changeReach.ts';
import type { Effect } from './effect.ts';
import { effectOf, effects } from './effect.ts';

export type { Effect };

/** A workload, or one port of it, whose effective mode changes. */
export interface ChangedMode {
  readonly workload: WorkloadRef;
  /** Absent when the workload as a whole changes. */
  readonly port?: number;
  readonly before: MutualTlsMode;
  readonly after: MutualTlsMode;
  /** False where nothing makes the new mode true (R24). */
  readonly enforced: boolean;
}

/** A connection whose outcome changes. */
export interface ChangedConnection {
  readonly client: Client;
  readonly server: HostPort;
  readonly effect: Effect;
  readonly before: NonEmpty<Fared>;
  readonly after: NonEmpty<Fared>;
}

/** What became of a connection, without the reasons: clients that fare alike may do so for reasons of their own. */
export type Fared = Omit<Connection, 'because'>;

/** Who changes if the mesh becomes another one. */
export interface Preflight {
  readonly modes: readonly ChangedMode[];
  /** Newly refused connections first. */
  readonly connections: readonly ChangedConnection[];
  /** How many of the compared connections the facts that could be read do not decide, changed or not. */
  readonly unknown: number;
  /** The facts that would decide them, those for most connections first; one connection may lack several. */
  readonly unknownFor: readonly { readonly fact: MissingFact; readonly connections: number }[];
  /** Facts that no comparison could use, because they could not be read. */
  readonly missing: readonly MissingFact[];
}

/**
 * Compares two meshes: whose mode changes, and which connections among known workloads end
 * differently. Clients are all workloads and one outside the mesh, unless they are given. Only those
 * whom the change can reach are compared, and clients that nothing tells apart are compared once.
 */
export function preflight(before: Mesh, after: Mesh, clients?: readonly Client[]): Preflight {
  return finish(preflightSteps(before, after, clients));
}

/**
 * As `preflight`, step by step: whoever drives it decides how long it computes before something else has its turn. A step
 * takes a fraction of a millisecond in all but the first of a mesh, which computes what the others share.
 */
export function* preflightSteps(
  before: Mesh,
  after: Mesh,
  clients: readonly Client[] = allClients(after),
): Steps<Preflight> {
  const modes = yield* allChangedModes(before, after);
  const ranked = new RankedConnections();
  const unknown = new UnknownConnections();
  const reach = changeReach(before, after, modes);
  yield;
  for (const { server, groups } of yield* concerned([before, after], clients, reach)) {
    for (const some of yield* alikeAt([before, after], server, groups)) {
      const { changed, is } = compareAll(before, after, { alike: some, server });
      ranked.add(changed);
      unknown.add(is, some.length);
      yield;
    }
  }
  return {
    modes,
    connections: ranked.worstFirst(),
    unknown: unknown.count,
    unknownFor: unknown.facts,
    missing: after.missing.filter(decidesConnections),
  };
}

function* allChangedModes(before: Mesh, after: Mesh): Steps<readonly ChangedMode[]> {
  const modes: ChangedMode[] = [];
  for (const workload of allWorkloads(after)) {
    modes.push(...changedModes(before, after, workload));
    yield;
  }
  return modes;
}

/** Changed connections by what the change means to them, so that millions need not be sorted. */
class RankedConnections {
  readonly #byEffect = new Map<Effect, ChangedConnection[]>(effects.map((effect) => [effect, []]));

  add(changed: readonly ChangedConnection[]): void {
    for (const one of changed) this.#byEffect.get(one.effect)?.push(one);
  }

  worstFirst(): readonly ChangedConnection[] {
    return new Array<ChangedConnection>().concat(...this.#byEffect.values());
  }
}

/** How many connections are not decided, and by which facts. */
class UnknownConnections {
  count = 0;
  readonly #facts = new Map<string, { readonly fact: MissingFact; connections: number }>();

  add(connections: NonEmpty<Connection>, clients: number): void {
    const facts = connections.flatMap(({ outcome }) =>
      outcome.kind === 'unknown' ? outcome.missing : [],
    );
    if (facts.length > 0) this.count += clients;
    // One fact may be met as several values: what it says tells which it is.
    for (const [key, fact] of new Map(facts.map((one) => [JSON.stringify(one), one]))) {
      const known = this.#facts.get(key);
      if (known === undefined) this.#facts.set(key, { fact, connections: clients });
      else known.connections += clients;
    }
  }

  get facts(): Preflight['unknownFor'] {
    return [...this.#facts.values()].sort((left, right) => right.connections - left.connections);
  }
}

/** Webhooks decide what becomes of pods that do not run yet. */
function decidesConnections(fact: MissingFact): boolean {
  return hidesObjects(fact) && fact.kind !== 'MutatingWebhookConfiguration';
}

/** A server, and the clients that a change can concern there. */
interface Concerned {
  readonly server: HostPort;
  readonly groups: readonly ClientGroup[];
}

/** Pairs that a change can concern: every client of a concerned server, then the other servers of concerned clients. */
function* concerned(
  meshes: readonly [Mesh, Mesh],
  clients: readonly Client[],
  reach: ChangeReach,
): Steps<Iterable<Concerned>> {
  const [, mesh] = meshes;
  const [reached, others] = [reach.servers, (name: string) => !reach.servers(name)];
  const everybody = yield* clientGroups(meshes, clients);
  const reachedClients = yield* clientGroups(meshes, clients.filter(reach.client));
  return serversOfAll(mesh, [
    { groups: everybody, chosen: reached },
    { groups: reachedClients, chosen: others },
  ]);
}

interface Among {
  readonly groups: readonly ClientGroup[];
  readonly chosen: (namespace: string) => boolean;
}

/** Each server once, for several namespaces may define it. */
function* serversOfAll(mesh: Mesh, all: readonly Among[]): Iterable<Concerned> {
  const seen = new Set<string>();
  for (const { groups, chosen } of all) {
    if (groups.length === 0) continue;
    for (const { name } of namespacesOf(mesh)) {
      if (!chosen(name)) continue;
      for (const server of unseenServers(mesh, name, seen)) yield { server, groups };
    }
  }
}

function changedModes(before: Mesh, after: Mesh, workload: Workload): readonly ChangedMode[] {
  const was = findWorkload(before, workload.ref);
  if (was === undefined) return [];
  const old = workloadMtls(before, was);
  const now = workloadMtls(after, workload);
  const enforced = now.enforcement.kind !== 'not-enforced';
  const whole = { workload: workload.ref, before: old.mode, after: now.mode, enforced };
  // A port that only a policy names is listed as long as that policy is there: before the change, or after it.
  const named = new Set([...old.ports, ...now.ports].map(({ port }) => port));
  const ports = [...named].flatMap((port) => {
    const before = modeAt(old, port);
    const after = modeAt(now, port);
    return before === after ? [] : [{ workload: workload.ref, port, before, after, enforced }];
  });
  if (whole.before === whole.after) return ports;
  const apart = ports.filter((one) => one.before !== whole.before || one.after !== whole.after);
  return [whole, ...apart];
}

function modeAt({ mode, ports }: WorkloadMtls, asked: number): MutualTlsMode {
  return ports.find(({ port }) => port === asked)?.mode ?? mode;
}

/** Services in front of workloads, and hosts of ServiceEntries, which several may define. */
function unseenServers(mesh: Mesh, namespace: string, seen: Set<string>): readonly HostPort[] {
  const services = servicesIn(mesh, namespace).filter(
    (service) => workloadsBehind(mesh, service).length > 0,
  );
  const all = [...services.flatMap(hostPortsOfService), ...hostPortsOfEntries(mesh, namespace)];
  return all.filter(({ host, port }) => {
    const name = `${host}:${port}`;
    return !seen.has(name) && seen.add(name);
  });
}

function allClients(mesh: Mesh): readonly Client[] {
  const inside = [...allWorkloads(mesh)].map(({ ref }): Client => ({
    kind: 'workload',
    workload: ref,
  }));
  return [{ kind: 'outside' }, ...inside];
}

interface Comparison {
  readonly alike: Alike;
  readonly server: HostPort;
}

interface Compared {
  readonly changed: readonly ChangedConnection[];
  readonly is: NonEmpty<Connection>;
}

/** Compares the connections of clients that are alike: the first one is asked, and speaks for the others. */
function compareAll(before: Mesh, after: Mesh, { alike, server }: Comparison): Compared {
  const was = connect(before, alike[0], server);
  const is = connect(after, alike[0], server);
  const effect = effectOf(was, is);
  if (effect === undefined) return { changed: [], is };
  const changed = alike.map((client) => ({ client, server, effect, before: was, after: is }));
  return { changed, is };
}
