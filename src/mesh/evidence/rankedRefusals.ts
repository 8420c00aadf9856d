import type { ChangedConnection, Preflight } from '../change/preflight.ts';
import type { NonEmpty, WorkloadRef } from '../model/reference.ts';
import { refKey } from '../model/reference.ts';
import { callerKey } from './callers.ts';
import type { Caller, Evidence, EvidenceKind, ObservedCalls, TimeWindow } from './evidence.ts';
import { latest } from './istioMetrics.ts';

/** Somebody who was seen to call in plaintext what will refuse it. */
export interface ObservedCaller {
  readonly caller: Caller;
  readonly server: WorkloadRef;
  /** By the source that saw most: several may have seen the same calls. */
  readonly count: number;
  readonly unit: 'requests' | 'connections' | 'calls';
  readonly lastSeen?: number;
  readonly sources: readonly EvidenceKind[];
  /** What it may have called, by the connections that are predicted to be refused; of somebody unnamed, all that it may be. */
  readonly connections: readonly ChangedConnection[];
}

/** Connections that a change refuses, by what was observed of them. Each is in one of the three lists. */
export interface RankedRefusals {
  /** What is refused already, whoever refuses it: no change makes it so. */
  readonly already: readonly ObservedCalls[];
  /** Those who call most first. */
  readonly observed: readonly ObservedCaller[];
  /** Possible, but the server's side was heard and did not report it. */
  readonly notSeen: readonly ChangedConnection[];
  /** Nothing was read that would tell: no source, or none that heard of the server. */
  readonly noEvidence: readonly ChangedConnection[];
  /** What the silence of `notSeen` covers: the least of what is known of any of its servers. */
  readonly silence?: TimeWindow;
}

/** Sorts what a change refuses by whether anybody was seen to use it. */
export function rankRefusals(
  { connections, modes }: Preflight,
  evidence: Evidence,
): RankedRefusals {
  const refused = connections.filter(({ effect }) => effect === 'newly-refused');
  const strict = modes.filter(({ after, enforced }) => after === 'STRICT' && enforced);
  const servers = new Set([
    ...strict.map(({ workload }) => refKey(workload)),
    ...refused.flatMap(refusingServers),
  ]);
  const plaintext = evidence.calls.filter(
    ({ wire, server }) => wire === 'plaintext' && servers.has(refKey(server)),
  );
  const observed = [...groupsOf(plaintext)].map((calls) => callerOf(calls, refused, plaintext));
  const used = new Set(observed.flatMap((one) => one.connections));
  const rest = refused.filter((connection) => !used.has(connection));
  const heard = (connection: ChangedConnection): boolean =>
    refusingServers(connection).every((key) => evidence.sources.some((one) => one.heard.has(key)));
  const notSeen = rest.filter(heard);
  const silence = silenceOf(notSeen, evidence);
  return {
    already: evidence.calls.filter(({ wire }) => wire === 'refused'),
    observed: observed.sort(byWeight),
    notSeen,
    noEvidence: rest.filter((connection) => !heard(connection)),
    ...(silence !== undefined && { silence }),
  };
}

function byWeight(left: ObservedCaller, right: ObservedCaller): number {
  const [one, other] = [left, right].map(
    ({ caller, server }) => callerKey(caller) + refKey(server),
  );
  return right.count - left.count || ((one ?? '') < (other ?? '') ? -1 : 1);
}

/** The servers that a change makes refuse plaintext: nothing else needs to be observed. */
export function refusingWorkloads({ connections, modes }: Preflight): readonly WorkloadRef[] {
  const strict = modes.filter(({ after }) => after === 'STRICT');
  const refusing = connections
    .filter(({ effect }) => effect === 'newly-refused')
    .flatMap(({ after }) => after.flatMap(({ workload }) => workload ?? []));
  const all = [...strict.map(({ workload }) => workload), ...refusing];
  return [...new Map(all.map((ref) => [refKey(ref), ref])).values()];
}

/** The workloads behind the server that refuse afterwards, by `refKey`. */
function refusingServers({ after }: ChangedConnection): readonly string[] {
  return after.flatMap(({ outcome, workload }) =>
    outcome.kind === 'refused' && workload !== undefined ? [refKey(workload)] : [],
  );
}

/** Calls of one caller of one server, whoever saw them. */
function groupsOf(calls: readonly ObservedCalls[]): Iterable<NonEmpty<ObservedCalls>> {
  const groups = new Map<string, [ObservedCalls, ...ObservedCalls[]]>();
  for (const one of calls) {
    const key = `${callerKey(one.caller)} ${refKey(one.server)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups.values();
}

function callerOf(
  calls: NonEmpty<ObservedCalls>,
  refused: readonly ChangedConnection[],
  plaintext: readonly ObservedCalls[],
): ObservedCaller {
  const [first] = calls;
  const { caller, server } = first;
  const units = new Set(calls.map(({ unit }) => unit));
  const sources = [...new Set(calls.map(({ source }) => source))];
  const counts = sources.map((source) =>
    calls.filter((one) => one.source === source).reduce((sum, { count }) => sum + count, 0),
  );
  const lastSeen = latest(calls.map((one) => one.lastSeen));
  return {
    caller,
    server,
    count: Math.max(...counts),
    unit: units.size === 1 ? first.unit : 'calls',
    ...(lastSeen !== undefined && { lastSeen }),
    sources,
    connections: refused.filter(
      (connection) =>
        refusingServers(connection).includes(refKey(server)) &&
        mayBe(connection, caller, plaintext),
    ),
  };
}

/** Whether the client of a connection may be the caller: somebody unnamed may be any that was not named itself. */
function mayBe(
  { client }: ChangedConnection,
  caller: Caller,
  plaintext: readonly ObservedCalls[],
): boolean {
  const key = client.kind === 'workload' ? refKey(client.workload) : undefined;
  switch (caller.kind) {
    case 'workload':
      return key === refKey(caller.workload);
    case 'no-proxy':
    case 'unknown':
      return !plaintext.some((one) => callerKey(one.caller) === key);
    case 'outside':
      return client.kind === 'outside';
    case 'named':
      return false;
  }
}

/** The shortest of what is covered of the servers that were heard, each by the source that covers most of it. */
function silenceOf(
  connections: readonly ChangedConnection[],
  { sources }: Evidence,
): TimeWindow | undefined {
  const windows = new Set<TimeWindow>();
  for (const key of new Set(connections.flatMap(refusingServers))) {
    const known = longest(sources.flatMap(({ heard }) => heard.get(key) ?? []));
    if (known !== undefined) windows.add(known);
  }
  return [...windows].toSorted((left, right) => lengthOf(left) - lengthOf(right))[0];
}

/** The window that covers most. */
export function longest(windows: readonly TimeWindow[]): TimeWindow | undefined {
  return windows.toSorted((left, right) => lengthOf(right) - lengthOf(left))[0];
}

function lengthOf({ from, to }: TimeWindow): number {
  return to - from;
}
