import type { Mesh } from '../snapshot/mesh.ts';
import {
  allWorkloads,
  destinationRulesIn,
  findWorkload,
  namespacesOf,
  objectsIn,
  servicesIn,
  workloadsBehind,
} from '../snapshot/mesh.ts';
import type { NonEmpty, WorkloadRef } from '../model/reference.ts';
import { refKey } from '../model/reference.ts';
import type { Workload } from '../snapshot/workload.ts';
import type { Client, Connection, HostPort } from '../connection/connection.ts';
import { connect } from '../connection/connection.ts';
import type { MissingFact } from '../model/explanation.ts';
import { hidesObjects } from '../known/missing.ts';
import type { MutualTlsMode } from '../model/mode.ts';
import { hostPortsOfEntries, hostPortsOfService } from '../connection/hostPorts.ts';
import { workloadMtls } from '../server/workloadMtls.ts';
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
  /** Facts that no comparison could use, because they could not be read. */
  readonly missing: readonly MissingFact[];
  /** Present when there were more pairs of client and server than were looked at. */
  readonly truncated?: { readonly checked: number; readonly of: number };
}

/** Pairs of client and server port that are compared at most; about a second of work. */
const pairLimit = 40_000;

/**
 * Compares two meshes: whose mode changes, and which connections among known workloads end
 * differently. Clients are all workloads and one outside the mesh, unless they are given. Only those
 * whom the change can reach are compared, and clients that nothing tells apart are compared once.
 */
export function preflight(
  before: Mesh,
  after: Mesh,
  clients: readonly Client[] = allClients(after),
  limit = pairLimit,
): Preflight {
  const modes = [...allWorkloads(after)].flatMap((workload) =>
    changedModes(before, after, workload),
  );
  const groups = alikeClients([before, after], clients);
  const connections: ChangedConnection[] = [];
  const pairs = { checked: 0, of: 0 };
  let unknown = 0;
  let comparisons = 0;
  for (const comparison of concerned(after, groups, changeReach(before, after, modes))) {
    pairs.of += comparison.alike.length;
    if (comparisons++ >= limit) continue;
    pairs.checked += comparison.alike.length;
    const compared = compareAll(before, after, comparison);
    connections.push(...compared.changed);
    unknown += compared.unknown;
  }
  return {
    modes,
    connections: connections.sort((left, right) => rank(left) - rank(right)),
    unknown,
    missing: after.missing.filter(decidesConnections),
    ...(pairs.checked < pairs.of ? { truncated: pairs } : {}),
  };
}

/** Webhooks decide what becomes of pods that do not run yet. */
function decidesConnections(fact: MissingFact): boolean {
  return hidesObjects(fact) && fact.kind !== 'MutatingWebhookConfiguration';
}

/** Pairs that a change can concern: every client of a concerned server, then the other servers of concerned clients. */
function* concerned(
  mesh: Mesh,
  groups: readonly Alike[],
  reach: ChangeReach,
): Iterable<Comparison> {
  const namespaces = namespacesOf(mesh).map(({ name }) => name);
  const seen = new Set<string>();
  for (const namespace of namespaces.filter(reach.servers)) {
    for (const to of unseenServers(mesh, namespace, seen))
      for (const alike of groups) yield { alike, server: to };
  }
  const clients = groups.filter(([client]) => reach.client(client));
  if (clients.length === 0) return;
  for (const namespace of namespaces.filter((name) => !reach.servers(name))) {
    for (const server of unseenServers(mesh, namespace, seen))
      for (const alike of clients) yield { alike, server };
  }
}

type Alike = NonEmpty<Client>;

/** Clients in groups of which every server sees the same. */
function alikeClients(meshes: readonly [Mesh, Mesh], clients: readonly Client[]): readonly Alike[] {
  const groups = new Map<string, [Client, ...Client[]]>();
  for (const client of clients) {
    const key =
      client.kind === 'outside'
        ? ''
        : meshes.map((mesh) => clientKey(mesh, client.workload)).join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [client]);
    else group.push(client);
  }
  return [...groups.values()];
}

/** What rules and proxies tell clients apart by: namespace, data plane, capture, and labels where rules select by them. */
function clientKey(mesh: Mesh, ref: WorkloadRef): string {
  const workload = findWorkload(mesh, ref);
  if (workload === undefined) return refKey(ref);
  const pods = workload.variants.map(({ dataPlane, revision, shape }) => {
    const { annotations, redirect, hostNetwork, runsAsProxyUser } = shape;
    return [dataPlane, revision, annotations, redirect, hostNetwork, runsAsProxyUser];
  });
  const selects = selectsClients(mesh, ref.namespace) || selectsClients(mesh, mesh.rootNamespace);
  return JSON.stringify([ref.namespace, pods, selects ? refKey(ref) : '']);
}

/** Whether a DestinationRule or Sidecar of the namespace is for some clients only (R159). */
function selectsClients(mesh: Mesh, namespace: string): boolean {
  const { sidecars } = objectsIn(mesh, namespace);
  return [...destinationRulesIn(mesh, namespace), ...sidecars.values()].some(
    ({ workloadSelector }) => workloadSelector !== undefined,
  );
}

function changedModes(before: Mesh, after: Mesh, workload: Workload): readonly ChangedMode[] {
  const was = findWorkload(before, workload.ref);
  if (was === undefined) return [];
  const old = workloadMtls(before, was);
  const now = workloadMtls(after, workload);
  const enforced = now.enforcement.kind !== 'not-enforced';
  const whole = { workload: workload.ref, before: old.mode, after: now.mode, enforced };
  const ports = now.ports.flatMap(({ port, mode }) => {
    const mine = old.ports.find((one) => one.port === port)?.mode ?? old.mode;
    return mine === mode
      ? []
      : [{ workload: workload.ref, port, before: mine, after: mode, enforced }];
  });
  if (whole.before === whole.after) return ports;
  const apart = ports.filter((one) => one.before !== whole.before || one.after !== whole.after);
  return [whole, ...apart];
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
  readonly unknown: number;
}

/** Compares the connections of clients that are alike: the first one is asked, and speaks for the others. */
function compareAll(before: Mesh, after: Mesh, { alike, server: to }: Comparison): Compared {
  const was = connect(before, alike[0], to);
  const is = connect(after, alike[0], to);
  const unknown = is.some(({ outcome }) => outcome.kind === 'unknown') ? alike.length : 0;
  const effect = effectOf(was, is);
  if (effect === undefined) return { changed: [], unknown };
  const changed = alike.map((client) => ({ client, server: to, effect, before: was, after: is }));
  return { changed, unknown };
}

function rank({ effect }: ChangedConnection): number {
  return effects.indexOf(effect);
}
