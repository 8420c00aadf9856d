import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { after, afterEach, describe, mock, test } from 'node:test';
import type { Pace } from '../../../../src/sources/cluster/backoff.ts';
import type { Fault } from './scriptedServer.ts';
import { quickPace, startFaultyCluster, type FaultyCluster } from './faultyCluster.ts';
import { untilHolds } from '../../../support/until.ts';

const clusters: FaultyCluster[] = [];

async function start(patienceMs?: number, pace?: Pace): Promise<FaultyCluster> {
  const cluster = await startFaultyCluster(patienceMs, pace);
  clusters.push(cluster);
  return cluster;
}

afterEach(async () => {
  for (const cluster of clusters.splice(0)) await cluster.dispose();
});
after(() => {
  mock.restoreAll();
});

/** Random numbers that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

interface FaultRow {
  readonly name: string;
  readonly fault: Fault;
  /** What a cluster that was synced is then. */
  readonly then?: 'synced';
}

/** Faults that hit a request of any kind; each is survived when it stops. */
const faults: readonly FaultRow[] = [
  { name: 'connections are reset before any answer', fault: { kind: 'cut', afterBytes: 0 } },
  { name: 'connections are reset in mid-answer', fault: { kind: 'cut', afterBytes: 30 } },
  { name: 'answers end too early', fault: { kind: 'truncated', afterBytes: 30 } },
  { name: 'the server accepts and never answers', fault: { kind: 'never-answers' } },
  // A watch that was accepted and is quiet is what a quiet cluster looks like.
  { name: 'answers begin and never go on', fault: { kind: 'half-open' }, then: 'synced' },
  { name: 'every answer is 429', fault: { kind: 'status', status: 429 } },
  { name: 'every answer is 500', fault: { kind: 'status', status: 500 } },
  { name: 'every answer is 503', fault: { kind: 'status', status: 503 } },
  { name: 'every answer is a page of HTML', fault: { kind: 'garbage', body: '<html>' } },
  { name: 'every answer is empty', fault: { kind: 'garbage', body: '' } },
  { name: 'every answer is JSON of another kind', fault: { kind: 'garbage', body: '[{"a":1}]' } },
];

describe('a cluster that never answered well', () => {
  for (const { name, fault } of faults) {
    test(`${name}: it is failed, and synced once that stops`, async () => {
      const cluster = await start(150);
      cluster.server.script = () => fault;
      const failed = await cluster.until('failed');
      assert.match('cause' in failed ? failed.cause : '', /^[A-Z].*[.)a-z]$/s);
      cluster.server.script = () => undefined;
      await cluster.until('synced');
      await cluster.untilEqual();
    });
  }
});

describe('a cluster that was synced', () => {
  for (const { name, fault, then = 'stale' } of faults) {
    test(`${name}: it is ${then} and keeps its objects, and synced once that stops`, async () => {
      const cluster = await start(150);
      await cluster.untilEqual();
      await cluster.until('synced');
      const began = Date.now();
      cluster.server.script = () => fault;
      for (const socket of cluster.server.sockets) socket.resetAndDestroy();
      const status = await cluster.until(then);
      assert.ok(status.kind !== 'stale' || status.since >= began);
      assert.equal([...cluster.source.snapshot().objects].length, 1_128);
      cluster.server.store.put('pods', 'while-away', 'foo');
      cluster.server.store.remove('pods', 'pod-7', 'foo');
      cluster.server.script = () => undefined;
      await cluster.until('synced');
      await cluster.untilEqual();
    });
  }
});

test('a server that falls silent in mid-watch is stale, and synced when it speaks again', async () => {
  const cluster = await start(150);
  await cluster.until('synced');
  cluster.server.silent = true;
  await cluster.until('stale');
  cluster.server.store.put('pods', 'unheard', 'foo');
  cluster.server.silent = false;
  await cluster.until('synced');
  await cluster.untilEqual();
});

test('a watch that is silently dead is replaced, and what happened meanwhile is not lost', async () => {
  const cluster = await start(200);
  await cluster.until('synced');
  cluster.server.script = ({ verb }) => (verb === 'watch' ? { kind: 'half-open' } : undefined);
  for (const socket of cluster.server.sockets) socket.destroy();
  cluster.server.store.put('peerauthentications', 'unseen', 'foo');
  cluster.server.script = () => undefined;
  await cluster.untilEqual();
});

test('sockets that are killed at random lose nothing and double nothing', async () => {
  const cluster = await start();
  const random = seeded(7);
  cluster.server.script = () =>
    random() < 0.5 ? { kind: 'cut', afterBytes: Math.floor(random() * 4_000) } : undefined;
  for (let i = 0; i < 300; i += 1) {
    churn(cluster, random);
    if (random() < 0.2) oneOf([...cluster.server.sockets], random)?.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  cluster.server.script = () => undefined;
  await cluster.until('synced');
  await cluster.untilEqual();
});

test('who may list but not watch sees the last list, is told so, and gets a new one from time to time', async () => {
  const cluster = await start();
  cluster.server.script = ({ verb }) =>
    verb === 'watch' ? { kind: 'status', status: 403 } : undefined;
  const status = await cluster.until('stale');
  assert.match('cause' in status ? status.cause : '', /may list \w+ but not watch them/);
  await cluster.untilEqual();
  cluster.server.store.put('pods', 'new', 'foo');
  cluster.server.store.remove('pods', 'pod-3', 'foo');
  await cluster.untilEqual();
  cluster.server.script = () => undefined;
  await cluster.until('synced');
});

test('compaction while the connection is lost leads to a new list', async () => {
  const cluster = await start();
  await cluster.until('synced');
  cluster.server.script = () => ({ kind: 'status', status: 503 });
  for (const socket of cluster.server.sockets) socket.resetAndDestroy();
  await cluster.until('stale');
  cluster.server.store.put('pods', 'new', 'foo');
  cluster.server.store.remove('pods', 'pod-3', 'foo');
  cluster.server.store.compact();
  cluster.server.script = () => undefined;
  await cluster.until('synced');
  await cluster.untilEqual();
});

test('compaction between two pages of a list begins the list again', async () => {
  const cluster = await start();
  let pages = 0;
  cluster.server.script = ({ verb, plural }) => {
    if (verb !== 'list' || plural !== 'pods') return undefined;
    pages += 1;
    if (pages === 2) cluster.server.store.compact();
    return undefined;
  };
  await cluster.until('synced');
  await cluster.untilEqual();
  assert.ok(pages > 3, `${pages} pages`);
});

test('a server that finds every watch too old is asked less and less often, and not taken for up to date', async () => {
  const watched: number[] = [];
  const cluster = await start(400, { ...quickPace, maxMs: 60_000 });
  await cluster.until('synced');
  cluster.server.script = ({ verb, plural }) => {
    if (verb !== 'watch') return undefined;
    if (plural === 'services') watched.push(performance.now());
    return { kind: 'status', status: 410 };
  };
  for (const socket of cluster.server.sockets) socket.resetAndDestroy();
  await cluster.until('stale');
  const told = cluster.statuses.length;
  await untilHolds('the eighth watch', () => {
    assert.ok(watched.length >= 8);
  });
  const waits = watched.slice(1).map((at, index) => at - (watched[index] ?? 0));
  // After the seventh failure, half of 5 ms * 2^6 at least.
  assert.ok((waits[6] ?? 0) >= 160, waits.join(', '));
  const kinds = cluster.statuses.slice(told).map(({ kind }) => kind);
  assert.equal(kinds.includes('synced'), false);
});

test('a storm of 429 is not answered with a storm of requests', async () => {
  const cluster = await start();
  await cluster.until('synced');
  const before = cluster.server.requests;
  cluster.server.script = () => ({ kind: 'status', status: 429, retryAfterSeconds: 1 });
  for (const socket of cluster.server.sockets) socket.resetAndDestroy();
  await new Promise((resolve) => setTimeout(resolve, 400));
  // The longest wait is 40 ms here, so that each of the 18 kinds asks at most about 12 times.
  const asked = cluster.server.requests - before;
  assert.ok(asked > 18 && asked < 18 * 16, `${asked} requests`);
});

for (const skewMs of [-86_400_000, 86_400_000]) {
  test(`a server clock that is off by ${skewMs / 3_600_000} h changes nothing`, async () => {
    const cluster = await start();
    cluster.server.skewMs = skewMs;
    await cluster.until('synced');
    for (const socket of cluster.server.sockets) socket.resetAndDestroy();
    cluster.server.store.put('pods', 'new', 'foo');
    await cluster.untilEqual();
    await cluster.until('synced');
  });

  test(`an own clock that jumps by ${skewMs / 3_600_000} h changes nothing`, async (t) => {
    const cluster = await start();
    await cluster.until('synced');
    const real = Date.now.bind(Date);
    const jump = t.mock.method(Date, 'now', () => real() + skewMs);
    for (const socket of cluster.server.sockets) socket.resetAndDestroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    jump.mock.restore();
    cluster.server.store.put('pods', 'new', 'foo');
    await cluster.until('synced');
    await cluster.untilEqual();
  });
}

test('nothing is left that could ask after dispose, whenever it comes', async () => {
  for (const requests of [0, 1, 3, 10, 20, 30, 40]) {
    const timersBefore = waitingTimers();
    const cluster = await start();
    await untilHolds('so many requests', () => {
      assert.ok(cluster.server.requests >= requests);
    });
    cluster.source.dispose();
    cluster.transport.close();
    await untilHolds('all connections, waits and calls to end', () => {
      assert.equal(cluster.server.sockets.size, 0);
      assert.equal(getEventListeners(cluster.transport.closed, 'abort').length, 0);
      assert.ok(waitingTimers() <= timersBefore, `${waitingTimers()} timers`);
    });
  }
});

function waitingTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

function churn({ server }: FaultyCluster, random: () => number): void {
  const name = `pod-${Math.floor(random() * 1_200)}`;
  if (random() < 0.3) server.store.remove('pods', name, 'foo');
  else server.store.put('pods', name, 'foo');
  if (random() < 0.1) server.store.put('peerauthentications', `policy-${name}`, 'foo');
  if (random() < 0.02) server.store.compact();
}

function oneOf<T>(list: readonly T[], random: () => number): T | undefined {
  return list[Math.floor(random() * list.length)];
}
