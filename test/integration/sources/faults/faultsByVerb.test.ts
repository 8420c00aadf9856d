import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClusterStatus } from '../../../../src/sources/cluster/clusterStatus.ts';
import { quickPace, startFaultyCluster } from './faultyCluster.ts';
import type { FaultyCluster } from './faultyCluster.ts';
import type { Asked, Fault } from './scriptedServer.ts';

interface FaultRow {
  readonly verb: Asked['verb'];
  readonly fault: Fault;
  /** What a cluster that was synced is meanwhile. */
  readonly then: ClusterStatus['kind'];
}

const faults: readonly Fault[] = [
  { kind: 'cut', afterBytes: 0 },
  { kind: 'cut', afterBytes: 300 },
  { kind: 'truncated', afterBytes: 300 },
  { kind: 'never-answers' },
  { kind: 'half-open' },
  { kind: 'status', status: 429, retryAfterSeconds: 1 },
  { kind: 'status', status: 500 },
  { kind: 'garbage', body: '{"type":"ADDED","object":' },
];

const rows: readonly FaultRow[] = (['list', 'watch'] as const).flatMap((verb) =>
  faults.map((fault): FaultRow => {
    // A watch that was accepted and is quiet is what a quiet cluster looks like.
    const isQuiet = verb === 'watch' && fault.kind === 'half-open';
    return { verb, fault, then: isQuiet ? 'synced' : 'stale' };
  }),
);

/** Breaks every connection, and makes what was known too old to go on from if a list is to be asked for. */
function breakConnections({ server }: FaultyCluster, verb: Asked['verb']): void {
  server.store.put('pods', 'while-away', 'foo');
  server.store.remove('pods', 'pod-7', 'foo');
  if (verb === 'list') server.store.compact();
  for (const socket of server.sockets) socket.resetAndDestroy();
}

describe('while other requests go well,', { concurrency: 4 }, () => {
  for (const { verb, fault, then } of rows) {
    test(`a ${verb} that meets ${JSON.stringify(fault)} leaves the cluster ${then}, and it recovers by itself`, async (t) => {
      const cluster = await startFaultyCluster(150);
      t.after(() => cluster.dispose());
      await cluster.until('synced');
      cluster.server.script = (asked) => (asked.verb === verb ? fault : undefined);
      breakConnections(cluster, verb);
      await cluster.until(then);
      cluster.server.script = () => undefined;
      await cluster.until('synced');
      await cluster.untilEqual();
    });
  }
});

test('a server that says when to come back is left alone until then', async (t) => {
  const patient = { ...quickPace, maxMs: 5_000 };
  const cluster = await startFaultyCluster(2_000, patient);
  t.after(() => cluster.dispose());
  await cluster.until('synced');
  const refusedAt: number[] = [];
  const returnedAt: number[] = [];
  cluster.server.script = ({ verb, plural }) => {
    if (verb !== 'watch' || plural !== 'pods') return undefined;
    (refusedAt.length === 0 ? refusedAt : returnedAt).push(performance.now());
    return refusedAt.length > 0 && returnedAt.length === 0
      ? { kind: 'status', status: 429, retryAfterSeconds: 1 }
      : undefined;
  };
  for (const socket of cluster.server.sockets) socket.resetAndDestroy();
  await cluster.until('stale');
  cluster.server.store.put('pods', 'while-away', 'foo');
  await cluster.untilEqual();
  const [refused = 0] = refusedAt;
  const [returned = 0] = returnedAt;
  // The own wait after one or two failures would have been 10 ms at most.
  assert.ok(returned - refused >= 990, `came back after ${(returned - refused).toFixed(0)} ms`);
});
