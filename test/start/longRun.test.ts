import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inProject } from '../../scripts/project.ts';
import { textAt } from '../../src/demo/objects/json.ts';
import { until } from '../support/until.ts';
import { Client, exitCode, policy, readAll } from '../integration/demo/client.ts';
import { installDesktopVsCode } from './support/desktopVsCode.ts';
import { commandOf } from './support/processTree.ts';
import { started } from './support/started.ts';
import type { Started } from './support/started.ts';

const onLinux = { skip: process.platform === 'linux' ? false : 'reads /proc' };

const policies = '/apis/security.istio.io/v1/namespaces/foo/peerauthentications';
const sleep = '/apis/apps/v1/namespaces/foo/deployments/sleep';

/** As many as a mesh view in a few windows keeps open. */
const watches = 60;
/** With 300 s for each, an hour of the demo's time. */
const watchesInAnHour = 12;
/** More changes than the demo remembers: from then on its memory must not grow. */
const changesRemembered = 2_000;
const allowedGrowth = 6 * 1024 * 1024;

describe('npm start for an hour, with sixty watches, probes and writes', onLinux, () => {
  it('is alive at its end, uses no more memory than before, and leaves nothing behind', async (t) => {
    const { start, kubeconfig, heapUsed } = await startFast(t);
    const agent = new Agent({ keepAlive: true });
    t.after(() => {
      agent.destroy();
    });
    const client = new Client({ kubeconfig }, agent);
    const firstRevision = await revisionOf(client);
    const done = { watches: false, probes: 0 };
    const busy = [writing(client, done), probing(client, done)];
    // What fails on the way ends the test where it is waited for.
    for (const work of busy) work.catch(() => undefined);
    await until(
      'a full history',
      async () => (await revisionOf(client)) > firstRevision + changesRemembered || undefined,
      60_000,
    );
    const before = await heapUsed();
    await Promise.all(Array.from({ length: watches }, () => watching(client)));
    done.watches = true;
    await Promise.all(busy);
    const grown = (await heapUsed()) - before;
    t.diagnostic(
      `${done.probes} probes, ${(await revisionOf(client)) - firstRevision} changes, ${Math.round(grown / 1024)} KiB more`,
    );
    assert.ok(grown < allowedGrowth, `The demo's memory grew by ${grown} bytes.`);
    assert.ok(done.probes > 0);
    await start.endsBy(() => process.kill(-start.pid, 'SIGINT'));
  });
});

interface FastStart {
  readonly start: Started;
  readonly kubeconfig: string;
  /** Bytes of the demo's process that are in use after a collection. */
  readonly heapUsed: () => Promise<number>;
}

async function startFast(t: TestContext): Promise<FastStart> {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-long-'));
  const vsCode = installDesktopVsCode();
  const heapFile = join(folder, 'heap');
  const preload = pathToFileURL(inProject('test/start/support/fastHour.mjs')).href;
  const fast = { NODE_OPTIONS: `--import=${preload}`, ISTIO_MTLS_HEAP_FILE: heapFile };
  const start = await started({ env: { ...vsCode.env, ...fast } });
  t.after(async () => {
    await start.dispose();
    vsCode.dispose();
    rmSync(folder, { recursive: true });
  });
  const launch = await until('the launch', () => Promise.resolve(vsCode.launch()));
  const demo = start.family().find((pid) => commandOf(pid).includes('demoProcess')) ?? 0;
  return {
    start,
    kubeconfig: readFileSync(join(dirname(launch.args.at(-1) ?? ''), 'kubeconfig'), 'utf8'),
    heapUsed: async () => {
      rmSync(heapFile, { force: true });
      process.kill(demo, 'SIGUSR2');
      return until('the use of memory', () =>
        Promise.resolve(existsSync(heapFile) ? Number(readFileSync(heapFile, 'utf8')) : undefined),
      );
    },
  };
}

async function revisionOf(client: Client): Promise<number> {
  return Number(textAt((await client.get(policies)).body, 'metadata', 'resourceVersion'));
}

/** One watch after the other, each until the server ends it. */
async function watching(client: Client): Promise<void> {
  for (let opened = 0; opened < watchesInAnHour; opened += 1) {
    const path = `${policies}?watch=1&allowWatchBookmarks=true&timeoutSeconds=300`;
    const events = (await readAll(await client.open('GET', path))).trimEnd().split('\n');
    assert.match(events.at(-1) ?? '', /^\{"type":"BOOKMARK"/);
  }
}

interface Progress {
  watches: boolean;
  probes: number;
}

/** Policies that come, change and go, and now and then a roll-out. */
async function writing(client: Client, done: Progress): Promise<void> {
  for (let round = 0; !done.watches; round += 1) {
    for (const mode of ['STRICT', 'PERMISSIVE']) {
      const { code } = await client.apply(`${policies}/p`, policy('p', { mtls: { mode } }));
      assert.ok(code === 200 || code === 201, String(code));
    }
    assert.equal((await client.call('DELETE', `${policies}/p`)).code, 200);
    if (round % 100 > 0) continue;
    const annotations = { round: String(round) };
    const template = { metadata: { annotations } };
    assert.equal((await client.merge(sleep, { spec: { template } })).code, 200);
  }
}

/** From a pod that no roll-out replaces. */
async function probing(client: Client, done: Progress): Promise<void> {
  const command = ['curl', '-s', '-o', '/dev/null', 'http://httpbin.foo:8000/ip'];
  while (!done.watches) {
    const executed = await client.exec('bar/sleep', command);
    assert.equal(exitCode(executed), 0, JSON.stringify(executed));
    done.probes += 1;
  }
}
