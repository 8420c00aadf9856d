import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { execInPod } from '../../../../src/actions/exec.ts';
import { openClusterSource } from '../../../../src/sources/cluster/clusterSource.ts';
import type { KubeTransport } from '../../../../src/sources/transport/transport.ts';
import {
  openScripted,
  quickPace,
  startFaultyCluster,
  type FaultyCluster,
} from './faultyCluster.ts';
import { startScriptedServer, type Fault } from './scriptedServer.ts';
import { turns, until, untilHolds } from '../../../support/until.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of heap in use, garbage aside. */
async function heap(): Promise<number> {
  // Twice, with a turn between: finalizers make garbage of their own.
  collectGarbage();
  await turns(20);
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('a thousand broken connections leave nothing behind', async (t) => {
  const cluster = await startFaultyCluster();
  t.after(() => cluster.dispose());
  await cluster.until('synced');
  await cycles(cluster.server, 100);
  await quiet(cluster);
  const before = { heap: await heap(), timers: resources('Timeout') };
  await cycles(cluster.server, 900);
  await quiet(cluster);
  const grown = (await heap()) - before.heap;
  assert.ok(grown < 1_000_000, `the heap grew by ${grown} bytes in 900 cycles`);
  assert.ok(resources('Timeout') <= before.timers + 2);
  assert.ok(cluster.server.sockets.size <= 40, `${cluster.server.sockets.size} sockets`);
  assert.ok(getEventListeners(cluster.transport.closed, 'abort').length <= 40);
});

/** Everything that can go wrong with an answer, in turn. */
const faults: readonly Fault[] = [
  { kind: 'cut', afterBytes: 0 },
  { kind: 'cut', afterBytes: 30 },
  { kind: 'truncated', afterBytes: 30 },
  { kind: 'never-answers' },
  { kind: 'half-open' },
  { kind: 'status', status: 429, retryAfterSeconds: 1 },
  { kind: 'status', status: 500 },
  { kind: 'garbage', body: '<html>' },
];

test('a thousand answers that went wrong in every way leave nothing behind', async (t) => {
  const cluster = await startFaultyCluster(150);
  t.after(() => cluster.dispose());
  await cluster.until('synced');
  await wrongAnswers(cluster, 100);
  const before = { heap: await heap(), timers: resources('Timeout') };
  await wrongAnswers(cluster, 1_000);
  const grown = (await heap()) - before.heap;
  assert.ok(grown < 1_000_000, `the heap grew by ${grown} bytes in 1 000 answers`);
  assert.ok(resources('Timeout') <= before.timers + 2);
  assert.ok(cluster.server.sockets.size <= 40, `${cluster.server.sockets.size} sockets`);
  assert.ok(getEventListeners(cluster.transport.closed, 'abort').length <= 40);
});

/** Lets so many requests meet the faults in turn, then waits until all is well again. */
async function wrongAnswers(cluster: FaultyCluster, count: number): Promise<void> {
  let met = 0;
  cluster.server.script = () => faults[met++ % faults.length];
  for (const socket of cluster.server.sockets) socket.resetAndDestroy();
  await until('all requests that meet a fault', () => met >= count, 120_000);
  cluster.server.script = () => undefined;
  await quiet(cluster);
}

/** Waits until all watches are open again and have proved themselves, which takes a second. */
async function quiet(cluster: FaultyCluster): Promise<void> {
  await cluster.until('synced');
  await cluster.untilEqual();
  await new Promise((resolve) => setTimeout(resolve, 1_200));
}

/** Cuts one connection after another; each is a watch that has to be opened anew. */
async function cycles(
  server: Awaited<ReturnType<typeof startScriptedServer>>,
  count: number,
): Promise<void> {
  for (let done = 0; done < count;) {
    const [socket] = server.sockets;
    if (socket !== undefined) {
      socket.resetAndDestroy();
      done += 1;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a hundred clusters that were opened and closed leave nothing behind', async (t) => {
  const server = await startScriptedServer();
  t.after(() => server.dispose());
  server.store.put('namespaces', 'foo');
  await openAndClose(server.url, 20);
  const before = await heap();
  await openAndClose(server.url, 80);
  const grown = (await heap()) - before;
  assert.ok(grown < 500_000, `the heap grew by ${grown} bytes in 80 cycles`);
  await untilHolds('all connections to be closed', () => {
    assert.equal(server.sockets.size, 0);
  });
});

async function openAndClose(url: string, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const transport = openScripted(url, 1_000);
    const source = openClusterSource({ transport, namespace: 'foo', pace: quickPace });
    // From the first moment to long after everything is loaded.
    await turns((i % 20) * 20);
    source.dispose();
    transport.close();
  }
}

test('a thousand commands whose connections broke leave nothing behind', async (t) => {
  const sockets = new Set<Socket>();
  let broken = 0;
  const server = createServer().on('upgrade', (request, socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    broken += 1;
    // Before any answer, and after the connection was accepted.
    if (broken % 2 === 0) socket.resetAndDestroy();
    else socket.write(accepted(request), () => socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = openScripted(
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    1_000,
  );
  t.after(async () => {
    transport.close();
    await new Promise((resolve) => server.close(resolve));
  });
  await commands(transport, 100);
  const before = await heap();
  await commands(transport, 900);
  const grown = (await heap()) - before;
  assert.equal(broken, 1_000);
  assert.ok(grown < 500_000, `the heap grew by ${grown} bytes in 900 cycles`);
  assert.equal(getEventListeners(transport.closed, 'abort').length, 0);
  await untilHolds('all connections to be closed', () => {
    assert.equal(sockets.size, 0);
  });
});

/** What a server answers that accepts a WebSocket. Source: RFC 6455, 4.2.2. */
function accepted({ headers }: IncomingMessage): string {
  const key = headers['sec-websocket-key'] ?? '';
  const proof = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  return [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Protocol: v5.channel.k8s.io',
    `Sec-WebSocket-Accept: ${proof.digest('base64')}`,
    '\r\n',
  ].join('\r\n');
}

async function commands(transport: KubeTransport, count: number): Promise<void> {
  const target = { namespace: 'foo', pod: 'sleep', container: 'main', command: ['curl'] };
  const { signal } = new AbortController();
  for (let done = 0; done < count; done += 20) {
    const results = await Promise.all(
      Array.from({ length: 20 }, () => execInPod(transport, target, { timeoutMs: 5_000, signal })),
    );
    for (const { kind } of results) assert.ok(kind === 'failed' || kind === 'no-status', kind);
  }
}

function resources(kind: string): number {
  return process.getActiveResourcesInfo().filter((name) => name === kind).length;
}
