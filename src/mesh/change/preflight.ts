import type { Mesh } from '../model/mesh.ts';
import { allWorkloads, findWorkload, servicesIn, workloadsBehind } from '../model/mesh.ts';
import type { Service } from '../model/objects.ts';
import type { NonEmpty, WorkloadRef } from '../model/reference.ts';
import type { Workload } from '../model/workload.ts';
import type { Client, Connection, Server } from '../mtls/connection.ts';
import { connect } from '../mtls/connection.ts';
import type { MutualTlsMode } from '../mtls/mode.ts';
import { workloadMtls } from '../mtls/workloadMtls.ts';

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

/** What a change means to one client of one server, the worst first. */
export type Effect =
  'newly-refused' | 'no-longer-encrypted' | 'newly-answered' | 'newly-encrypted' | 'other';

/** A connection whose outcome changes. */
export interface ChangedConnection {
  readonly client: Client;
  readonly server: Server;
  readonly effect: Effect;
  readonly before: NonEmpty<Connection>;
  readonly after: NonEmpty<Connection>;
}

/** Who changes if the mesh becomes another one. */
export interface Preflight {
  readonly modes: readonly ChangedMode[];
  /** Newly refused connections first. */
  readonly connections: readonly ChangedConnection[];
  /** Present when there were more pairs of client and server than were looked at. */
  readonly truncated?: { readonly checked: number; readonly of: number };
}

/** Pairs of client and server port that are compared at most; about a second of work. */
const pairLimit = 40_000;

/**
 * Compares two meshes: whose mode changes, and which connections among known workloads end
 * differently. Clients are all workloads and one outside the mesh, unless they are given. Only
 * Services in front of workloads whose mode changed are looked at, or in namespaces of such workloads,
 * because clients follow the namespace's mode (R146).
 */
export function preflight(before: Mesh, after: Mesh, clients?: readonly Client[]): Preflight {
  const modes = [...allWorkloads(after)].flatMap((workload) =>
    changedModes(before, after, workload),
  );
  const servers = changedServers(after, modes);
  const asking = clients ?? allClients(after);
  const connections: ChangedConnection[] = [];
  let checked = 0;
  for (const server of servers) {
    for (const client of asking) {
      if (checked >= pairLimit) break;
      checked++;
      const changed = compare(before, after, { client, server });
      if (changed !== undefined) connections.push(changed);
    }
  }
  const of = servers.length * asking.length;
  return {
    modes,
    connections: connections.sort((left, right) => rank(left) - rank(right)),
    ...(checked < of ? { truncated: { checked, of } } : {}),
  };
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

function changedServers(mesh: Mesh, modes: readonly ChangedMode[]): readonly Server[] {
  const namespaces = new Set(modes.map(({ workload }) => workload.namespace));
  return [...namespaces].flatMap((namespace) =>
    servicesIn(mesh, namespace)
      .filter((service) => workloadsBehind(mesh, service).length > 0)
      .flatMap(serverPorts),
  );
}

function serverPorts(service: Service): readonly Server[] {
  const host = `${service.name}.${service.namespace}.svc.cluster.local`;
  return service.ports
    .filter(({ protocol }) => protocol === 'TCP')
    .map(({ port }) => ({ host, port }));
}

function allClients(mesh: Mesh): readonly Client[] {
  const inside = [...allWorkloads(mesh)].map(({ ref }): Client => ({
    kind: 'workload',
    workload: ref,
  }));
  return [{ kind: 'outside' }, ...inside];
}

interface Pair {
  readonly client: Client;
  readonly server: Server;
}

function compare(
  before: Mesh,
  after: Mesh,
  { client, server }: Pair,
): ChangedConnection | undefined {
  const was = connect(before, client, server);
  const is = connect(after, client, server);
  const effect = effectOf(was, is);
  return effect === undefined ? undefined : { client, server, effect, before: was, after: is };
}

/** The most serious difference between two sets of endpoints; undefined if they are alike. */
function effectOf(before: NonEmpty<Connection>, after: NonEmpty<Connection>): Effect | undefined {
  const was = outcomesOf(before);
  const is = outcomesOf(after);
  if (was.size === is.size && [...was].every((kind) => is.has(kind))) return undefined;
  if (is.has('refused') && (!was.has('refused') || is.size === 1)) return 'newly-refused';
  if (was.has('refused') && (!is.has('refused') || was.size === 1)) return 'newly-answered';
  if (is.has('plaintext') && !was.has('plaintext')) return 'no-longer-encrypted';
  if (was.has('plaintext') && !is.has('plaintext')) return 'newly-encrypted';
  return 'other';
}

type OutcomeKind = Connection['outcome']['kind'];

function outcomesOf(connections: NonEmpty<Connection>): ReadonlySet<OutcomeKind> {
  return new Set(connections.map(({ outcome }) => outcome.kind));
}

const effects: readonly Effect[] = [
  'newly-refused',
  'no-longer-encrypted',
  'newly-answered',
  'newly-encrypted',
  'other',
];

function rank({ effect }: ChangedConnection): number {
  return effects.indexOf(effect);
}
