import type { Evidence, ObservedCalls } from '../../src/mesh/evidence/evidence.ts';
import type { WorkloadRef } from '../../src/mesh/model/reference.ts';
import { refKey } from '../../src/mesh/model/reference.ts';
import type { Mesh } from '../../src/mesh/snapshot/mesh.ts';
import { allWorkloads } from '../../src/mesh/snapshot/mesh.ts';
import { meshOf, namespace, pod, service } from './meshNotation.ts';

/** 200 namespaces, of which every tenth has a workload without a proxy: many may call in plaintext, four do. */
export function twoHundredNamespaces(): Mesh {
  const names = Array.from({ length: 200 }, (_, index) => `team-${String(index).padStart(3, '0')}`);
  return meshOf(
    names.flatMap((name, index) => [
      namespace(name),
      pod(`${name}/web`, 'sidecar'),
      service(`${name}/web`),
      ...(index % 10 === 0 ? [pod(`${name}/batch`, 'none')] : []),
    ]),
  );
}

const HOUR = 3_600_000;
const now = Date.parse('2026-06-01T12:00:00Z');

/** Who really calls in plaintext, and how often. */
export const realCallers = [
  { from: 'team-000/batch', to: 'team-001/web', count: 1120 },
  { from: 'team-010/batch', to: 'team-001/web', count: 150 },
  { from: 'team-020/batch', to: 'team-103/web', count: 40 },
  { from: 'team-030/batch', to: 'team-199/web', count: 2 },
] as const;

function workload(text: string): WorkloadRef {
  const [namespace = '', name = ''] = text.split('/');
  return { kind: 'Pod', namespace, name };
}

/** What a Prometheus says of it that heard of all servers but those of the last namespace but one. */
export function evidenceOfRealCallers(of: Mesh): Evidence {
  const window = { from: now - 24 * HOUR, to: now };
  const calls = realCallers.map(({ from, to, count }): ObservedCalls => ({
    caller: { kind: 'workload', workload: workload(from) },
    server: workload(to),
    wire: 'plaintext',
    count,
    unit: 'requests',
    lastSeen: now - HOUR / 2,
    source: 'prometheus',
  }));
  const heard = [...allWorkloads(of)]
    .filter(({ ref }) => ref.namespace !== 'team-198')
    .map(({ ref }) => refKey(ref));
  const where = 'Service istio-system/prometheus';
  return {
    asked: window,
    sources: [
      {
        kind: 'prometheus',
        where,
        window,
        blindSpots: [],
        heard: new Map(heard.map((key) => [key, window])),
      },
    ],
    absent: [],
    calls,
  };
}
