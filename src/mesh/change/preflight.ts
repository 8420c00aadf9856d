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
  readonly before: NonEmpty<Connection>;
  readonly after: NonEmpty<Connection>;
}

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
  /** Present when there were more pairs of client and server than were looked at. */
  readonly truncated?: {
    readonly checked: number;
    readonly of: number;
    /** Namespaces whose servers were all compared, of all that are concerned. */
    readonly namespaces: { readonly checked: number; readonly of: number };
  };
}

/** Comparisons of a client's call of a server port that are made at most; about a second of work. */
const stepLimit = 40_000;

/** What it costs to find out whether a group of clients is told apart at a server, in comparisons. */
const groupingSteps = 0.25;

/**
 * Compares two meshes: whose mode changes, and which connections among known workloads end
 * differently. Clients are all workloads and one outside the mesh, unless they are given. Only those
 * whom the change can reach are compared, and clients that nothing tells apart are compared once.
 */
export function preflight(
  before: Mesh,
  after: Mesh,
  clients: readonly Client[] = allClients(after),
  limit = stepLimit,
): Preflight {
  const modes = [...allWorkloads(after)].flatMap((workload) =>
    changedModes(before, after, workload),
  );
  const connections: ChangedConnection[] = [];
  const unknown = new UnknownConnections();
  const progress = new Progress([before, after], limit);
  for (const one of concerned([before, after], clients, changeReach(before, after, modes))) {
    for (const alike of progress.take(one)) {
      const { changed, is } = compareAll(before, after, { alike, server: one.server });
      connections.push(...changed);
      unknown.add(is, alike.length);
    }
  }
  return {
    modes,
    connections: connections.sort((left, right) => rank(left) - rank(right)),
    unknown: unknown.count,
    unknownFor: unknown.facts,
    missing: after.missing.filter(decidesConnections),
    ...progress.truncated,
  };
}

/** How many connections are not decided, and by which facts. */
class UnknownConnections {
  count = 0;
  readonly #facts = new Map<MissingFact, number>();

  add(connections: NonEmpty<Connection>, clients: number): void {
    const facts = connections.flatMap(({ outcome }) =>
      outcome.kind === 'unknown' ? outcome.missing : [],
    );
    if (facts.length > 0) this.count += clients;
    for (const fact of new Set(facts))
      this.#facts.set(fact, (this.#facts.get(fact) ?? 0) + clients);
  }

  get facts(): Preflight['unknownFor'] {
    return [...this.#facts]
      .map(([fact, connections]) => ({ fact, connections }))
      .sort((left, right) => right.connections - left.connections);
  }
}

/** How far a comparison came that has a limit. */
class Progress {
  readonly #meshes: readonly [Mesh, Mesh];
  readonly #limit: number;
  readonly #pairs = { checked: 0, of: 0 };
  readonly #namespaces = { all: new Set<string>(), cut: new Set<string>() };
  #steps = 0;

  constructor(meshes: readonly [Mesh, Mesh], limit: number) {
    this.#meshes = meshes;
    this.#limit = limit;
  }

  /** The comparisons that there is room for at one server, out of those for all its clients. */
  take({ server, namespace, groups }: Concerned): readonly Alike[] {
    const clients = groups.reduce((sum, group) => sum + group.clients.length, 0);
    this.#pairs.of += clients;
    this.#namespaces.all.add(namespace);
    if (this.#steps >= this.#limit) return this.#cut(namespace);
    const alike = alikeAt(this.#meshes, server, groups);
    this.#steps += Math.ceil(groups.length * groupingSteps) + alike.length;
    this.#pairs.checked += clients;
    return alike;
  }

  get truncated(): Pick<Preflight, 'truncated'> {
    const { all, cut } = this.#namespaces;
    if (cut.size === 0) return {};
    const namespaces = { checked: all.size - cut.size, of: all.size };
    return { truncated: { ...this.#pairs, namespaces } };
  }

  #cut(namespace: string): readonly Alike[] {
    this.#namespaces.cut.add(namespace);
    return [];
  }
}

/** Webhooks decide what becomes of pods that do not run yet. */
function decidesConnections(fact: MissingFact): boolean {
  return hidesObjects(fact) && fact.kind !== 'MutatingWebhookConfiguration';
}

/** A server, and the clients that a change can concern there. */
interface Concerned {
  readonly server: HostPort;
  readonly namespace: string;
  readonly groups: readonly ClientGroup[];
}

/** Pairs that a change can concern: every client of a concerned server, then the other servers of concerned clients. */
function* concerned(
  meshes: readonly [Mesh, Mesh],
  clients: readonly Client[],
  reach: ChangeReach,
): Iterable<Concerned> {
  const [, mesh] = meshes;
  const namespaces = namespacesOf(mesh).map(({ name }) => name);
  const seen = new Set<string>();
  const everybody = clientGroups(meshes, clients);
  const among = function* (
    groups: readonly ClientGroup[],
    chosen: readonly string[],
  ): Iterable<Concerned> {
    for (const namespace of chosen) {
      for (const server of unseenServers(mesh, namespace, seen))
        yield { server, namespace, groups };
    }
  };
  yield* among(everybody, namespaces.filter(reach.servers));
  const others = clients.filter(reach.client);
  if (others.length === 0) return;
  yield* among(
    clientGroups(meshes, others),
    namespaces.filter((name) => !reach.servers(name)),
  );
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

function rank({ effect }: ChangedConnection): number {
  return effects.indexOf(effect);
}
