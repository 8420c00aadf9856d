import { clientWire } from '../dataPlane/clientTls.ts';
import { endpointsOf } from '../dataPlane/destinations.ts';
import { hasSidecar, isExcludedPort, labelsOf, podAddress } from '../dataPlane/podFacts.ts';
import { serverMode } from '../dataPlane/serverMode.ts';
import type { KubeObject } from '../objects/json.ts';
import { listAt, textAt } from '../objects/json.ts';
import { pods, services } from '../objects/resources.ts';
import type { Storage, Subscription } from '../objects/storage.ts';
import type { Habit } from './habits.ts';
import { habits } from './habits.ts';

/** What a server's sidecar has to say of a call. */
export type Report = 'mutual_tls' | 'none' | 'refused';

/** A workload as telemetry names it. */
export interface Named {
  readonly namespace: string;
  readonly workload: string;
}

/** Calls that one sidecar reported of one caller. */
export interface Flow {
  /** Undefined where nothing on the caller's side says who it is. */
  readonly source: Named | undefined;
  /** Where the calls come from; undefined where the connection itself was not seen. */
  readonly address: string | undefined;
  readonly server: Named;
  readonly port: number;
  readonly report: Report;
  /** How many there were until a time, in milliseconds since 1970. */
  countAt(time: number): number;
}

const HOUR = 3_600_000;
/** The demo behaves as if it had been up for so long when it starts. */
const HISTORY_MS = 7 * 24 * HOUR;
/** Calls that were really made are kept up to this many. */
const MAX_CALLS = 10_000;

interface Segment {
  readonly report: Report;
  readonly from: number;
  to: number | undefined;
}

/** One habit towards one of the workloads behind a Service. */
interface Stream {
  readonly habit: Habit;
  readonly client: KubeObject;
  readonly server: KubeObject;
  readonly port: number;
  /** The part of the habit's calls that this workload gets. */
  readonly share: number;
  readonly segments: Segment[];
}

interface SeenCall {
  readonly at: number;
  readonly source: Named | undefined;
  readonly server: Named;
  readonly port: number;
  readonly report: Report;
}

/**
 * What the sidecars of the demo have counted: habits, whose calls are computed and not made, and the calls that really
 * cross the data plane. What becomes of a habit's calls follows from the policies of the moment, as the demo composes them.
 */
export class TrafficRecord {
  readonly #storage: Storage;
  readonly #now: () => number;
  readonly #since: number;
  readonly #streams = new Map<string, Stream>();
  readonly #calls: SeenCall[] = [];
  readonly #changes: Subscription;

  constructor(storage: Storage, now: () => number = Date.now) {
    this.#storage = storage;
    this.#now = now;
    this.#since = now() - HISTORY_MS;
    this.#judge(this.#since);
    this.#changes = storage.subscribe(() => {
      this.#judge(this.#now());
    });
  }

  /** A call that really arrived at a sidecar. */
  seen(server: KubeObject, port: number, report: Report, identity: string | undefined): void {
    const source = namedIdentity(identity);
    this.#calls.push({ at: this.#now(), source, server: namedPod(server), port, report });
    if (this.#calls.length > MAX_CALLS) this.#calls.shift();
  }

  get now(): number {
    return this.#now();
  }

  /** Since when the record reaches back, in milliseconds since 1970. */
  get since(): number {
    return this.#since;
  }

  flows(): readonly Flow[] {
    return [...this.#habitualFlows(), ...this.#seenFlows()];
  }

  dispose(): void {
    this.#changes.dispose();
  }

  *#habitualFlows(): Iterable<Flow> {
    for (const { habit, client, server, port, share, segments } of this.#streams.values()) {
      const address = podAddress(client);
      for (const report of new Set(segments.map((one) => one.report))) {
        const mine = segments.filter((one) => one.report === report);
        yield {
          source: report === 'mutual_tls' ? namedPod(client) : undefined,
          address,
          server: namedPod(server),
          port,
          report,
          countAt: (time) => Math.floor((habit.perHour * share * lasted(mine, time)) / HOUR),
        };
      }
    }
  }

  #seenFlows(): readonly Flow[] {
    const groups = new Map<string, SeenCall[]>();
    for (const call of this.#calls) {
      const key = JSON.stringify([call.source, call.server, call.port, call.report]);
      groups.set(key, [...(groups.get(key) ?? []), call]);
    }
    return [...groups.values()].flatMap((calls): Flow[] => {
      const [first] = calls;
      if (first === undefined) return [];
      const { source, server, port, report } = first;
      const countAt = (time: number): number => calls.filter(({ at }) => at <= time).length;
      return [{ source, address: undefined, server, port, report, countAt }];
    });
  }

  /** Finds out what becomes of each habit's calls from a time on. */
  #judge(at: number): void {
    const open = new Set<string>();
    for (const habit of habits) {
      for (const stream of streamsOf(this.#storage, habit)) {
        const key = `${habit.from} ${habit.to} ${namedPod(stream.server).workload}`;
        const known = this.#streams.get(key);
        const current = { ...stream, segments: known?.segments ?? [] };
        this.#streams.set(key, current);
        open.add(key);
        turn(current.segments, reportOf(this.#storage, current), at);
      }
    }
    for (const [key, { segments }] of this.#streams)
      if (!open.has(key)) turn(segments, undefined, at);
  }
}

/** Ends what was, and begins what is, unless it is the same. */
function turn(segments: Segment[], report: Report | undefined, at: number): void {
  const last = segments.at(-1);
  if (last?.to === undefined && last?.report === report) return;
  if (last?.to === undefined && last !== undefined) last.to = at;
  if (report !== undefined) segments.push({ report, from: at, to: undefined });
}

/** Milliseconds that segments lasted until a time. */
function lasted(segments: readonly Segment[], time: number): number {
  return segments.reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(to ?? time, time) - from),
    0,
  );
}

function streamsOf(storage: Storage, habit: Habit): readonly Stream[] {
  const [clientNamespace = '', app = ''] = habit.from.split('/');
  const [namespace = '', name = ''] = habit.to.split('/');
  const client = storage.list(pods, clientNamespace).find((pod) => labelsOf(pod)['app'] === app);
  const service = storage.get(services, namespace, name);
  if (client === undefined || service === undefined) return [];
  const endpoints = endpointsOf(storage, service, habit.port) ?? [];
  return endpoints.map(({ pod, port }) => ({
    habit,
    client,
    server: pod,
    port,
    share: 1 / endpoints.length,
    segments: [],
  }));
}

/** Undefined where no sidecar is there to report anything. */
function reportOf(storage: Storage, { habit, client, server, port }: Stream): Report | undefined {
  if (!hasSidecar(server) || isExcludedPort(server, 'Inbound', port)) return undefined;
  const [namespace = '', name = ''] = habit.to.split('/');
  const service = storage.get(services, namespace, name);
  const captured = hasSidecar(client) && !isExcludedPort(client, 'Outbound', habit.port);
  if (service !== undefined && captured) {
    const call = { client, service, servicePort: habit.port, endpoint: server, endpointPort: port };
    if (clientWire(storage, call) === 'istio-mutual') return 'mutual_tls';
  }
  return serverMode(storage, server, port) === 'STRICT' ? 'refused' : 'none';
}

/** In the demo, service accounts have the names of their workloads. */
function namedIdentity(identity: string | undefined): Named | undefined {
  const [, namespace, account] = /\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(identity ?? '') ?? [];
  return namespace === undefined || account === undefined
    ? undefined
    : { namespace, workload: account.replace(/^bookinfo-/, '') };
}

/** The name of a pod's workload: its ReplicaSet's without the hash. */
export function namedPod(pod: KubeObject): Named {
  const namespace = pod.metadata.namespace ?? '';
  const hash = labelsOf(pod)['pod-template-hash'];
  const [owner] = listAt(pod, 'metadata', 'ownerReferences');
  const name = textAt(owner, 'name') ?? pod.metadata.name;
  const end = hash === undefined ? '' : `-${hash}`;
  return {
    namespace,
    workload: end !== '' && name.endsWith(end) ? name.slice(0, -end.length) : name,
  };
}
