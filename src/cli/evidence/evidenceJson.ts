import type { Caller, Evidence, ObservedCaller, Preflight } from '../../mesh/index.ts';
import { callerWords, evidenceLines, rankRefusals, refKey } from '../../mesh/index.ts';

type Connections = Preflight['connections'];

/** What the document says of who is refused, by what was observed: the contract of `diff --evidence`. */
export function evidenceJson(
  checked: Preflight,
  evidence: Evidence,
): Readonly<Record<string, unknown>> {
  const { observed, notSeen, noEvidence } = rankRefusals(checked, evidence);
  return {
    refused: {
      observed: observed.map(observedJson),
      notSeen: byNamespace(notSeen),
      noEvidence: byNamespace(noEvidence),
    },
    evidence: {
      from: time(evidence.asked.from),
      to: time(evidence.asked.to),
      sources: evidence.sources.map(({ kind, where, window, heard, blindSpots }) => ({
        kind,
        where,
        from: time(window.from),
        to: time(window.to),
        heard: [...heard.keys()].sort(),
        blindSpots: blindSpots.map((spot) => spot.kind),
      })),
      absent: evidence.absent.map(({ kind, why }) => ({ kind, why: why.kind })),
      text: evidenceLines(evidence),
    },
  };
}

function observedJson(one: ObservedCaller): unknown {
  const { caller, server, count, unit, lastSeen, sources, connections } = one;
  return {
    from: callerJson(caller),
    to: refKey(server),
    count,
    unit,
    lastSeen: lastSeen === undefined ? null : time(lastSeen),
    sources,
    calls: [...new Set(connections.map((each) => `${each.server.host}:${each.server.port}`))],
  };
}

function callerJson(caller: Caller): unknown {
  const name = caller.kind === 'workload' ? refKey(caller.workload) : callerWords(caller);
  return { kind: caller.kind, name };
}

/** How many connections start in each namespace; null for clients outside the mesh. */
function byNamespace(connections: Connections): readonly unknown[] {
  const counts = new Map<string | null, number>();
  for (const { client } of connections) {
    const namespace = client.kind === 'outside' ? null : client.workload.namespace;
    counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  return [...counts]
    .map(([namespace, count]) => ({ namespace, connections: count }))
    .sort((left, right) => right.connections - left.connections);
}

function time(ms: number): string {
  return new Date(ms).toISOString();
}
