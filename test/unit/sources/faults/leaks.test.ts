import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openClusterSource } from '../../../../src/sources/cluster/clusterSource.ts';
import {
  eventually,
  openScripted,
  quickPace,
  startFaultyCluster,
  type FaultyCluster,
} from './faultyCluster.ts';
import { startScriptedServer } from './scriptedServer.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of heap in use, garbage aside. */
async function heap(): Promise<number> {
  // Twice, with a turn between: finalizers make garbage of their own.
  collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, 20));
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
  await eventually('all connections to be closed', () => {
    assert.equal(server.sockets.size, 0);
  });
});

async function openAndClose(url: string, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const transport = openScripted(url, 1_000);
    const source = openClusterSource({ transport, namespace: 'foo', pace: quickPace });
    // From the first moment to long after everything is loaded.
    await new Promise((resolve) => setTimeout(resolve, i % 20));
    source.dispose();
    transport.close();
  }
}

function resources(kind: string): number {
  return process.getActiveResourcesInfo().filter((name) => name === kind).length;
}
