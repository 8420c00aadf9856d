import type { Mesh } from '../snapshot/mesh.ts';
import { refKey } from '../model/reference.ts';
import { callerAt, callerKey, workloadAt } from './callers.ts';
import type { ObservedCalls } from './evidence.ts';
import { latest } from './istioMetrics.ts';
import type { LoggedCall } from './proxyLog.ts';
import { readLogLine } from './proxyLog.ts';

/**
 * What the lines of proxies' logs say, by caller and server: addresses become the workloads whose pods have them. Calls of
 * servers that are no pod of the mesh are left out.
 */
export function callsOfLogs(mesh: Mesh, lines: Iterable<string>): readonly ObservedCalls[] {
  const calls = new Map<string, ObservedCalls>();
  for (const line of lines) {
    const logged = readLogLine(line);
    const added = logged && observed(mesh, logged);
    if (added === undefined) continue;
    const { caller, server, port, wire, cause, decidedBy } = added;
    const key = [callerKey(caller), refKey(server), port, wire, cause, decidedBy].join(' ');
    const known = calls.get(key);
    const lastSeen = latest([known?.lastSeen, added.lastSeen]);
    const count = (known?.count ?? 0) + 1;
    calls.set(key, { ...added, count, ...(lastSeen !== undefined && { lastSeen }) });
  }
  return [...calls.values()];
}

function observed(mesh: Mesh, logged: LoggedCall): ObservedCalls | undefined {
  const { from, to, wire, cause, decidedBy, at } = logged;
  const server = workloadAt(mesh, to.address);
  if (server === undefined) return undefined;
  return {
    caller: callerAt(mesh, from.address),
    server,
    port: to.port,
    wire,
    ...(cause !== undefined && { cause }),
    ...(decidedBy !== undefined && { decidedBy }),
    count: 1,
    unit: 'connections',
    ...(at !== undefined && { lastSeen: at }),
    source: 'logs',
  };
}
