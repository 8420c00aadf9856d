import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ExecResult } from '../../src/actions/exec.ts';
import {
  createMisbehavingServer,
  type MisbehavingServer,
} from './environment/misbehavingServer.ts';
import { startKubelet, type Kubelet } from './environment/kubelet.ts';
import { createNamespace, createPod } from './environment/objects.ts';
import { openProduct, type Product } from './environment/openProduct.ts';
import { programPaths } from './environment/programPaths.ts';
import { waitFor } from '../support/kubernetes/waitFor.ts';
import { startTestCluster, type TestCluster } from './environment.ts';

const { kubelet: path } = programPaths();
const skip = path === undefined && 'there is no Go to build the stand-in for the kubelet with';

describe('a command in a pod', { skip }, () => {
  let cluster: TestCluster;
  let kubelet: Kubelet;
  let product: Product;
  let server: MisbehavingServer;

  before(async () => {
    cluster = await startTestCluster({ istio: false });
    kubelet = await newKubelet();
    server = await createMisbehavingServer();
    await createNamespace(cluster.admin, 'foo');
    await createPod(cluster.admin, 'foo', 'sleep');
    const pair = await cluster.certificateOf({ name: 'operator', group: 'system:masters' });
    product = await openProduct(cluster, { credential: { kind: 'certificate', pair } });
  });

  after(async () => {
    try {
      product.dispose();
    } finally {
      await server.dispose();
      await kubelet.dispose();
      await cluster.dispose();
    }
  });

  const exits: readonly { readonly name: string; readonly path: string; readonly code: number }[] =
    [
      { name: 'an answer', path: '/ok', code: 0 },
      { name: 'a server that closes without a word', path: '/empty', code: 52 },
      { name: 'a server that resets the connection', path: '/reset', code: 56 },
      { name: 'a server that never answers', path: '/silent', code: 28 },
    ];
  for (const { name, path: at, code } of exits) {
    test(`curl meets ${name}: exit code ${code}`, async () => {
      const result = await curl(`${server.url}${at}`);
      assert.ok(result.kind === 'exited', JSON.stringify(result));
      assert.equal(result.code, code);
      if (code === 0) assert.equal(result.stdout, 'hello');
      else assert.match(result.stderr, new RegExp(`^curl: \\(${code}\\) `));
    });
  }

  test('curl cannot resolve the host: exit code 6', async () => {
    const result = await curl('http://nowhere.invalid/');
    assert.ok(result.kind === 'exited' && result.code === 6, JSON.stringify(result));
  });

  test('curl is refused the connection: exit code 7', async () => {
    const result = await curl(`http://127.0.0.1:${server.closedPort}/`);
    assert.ok(result.kind === 'exited' && result.code === 7, JSON.stringify(result));
  });

  test('the words of the command are passed on as they are', async () => {
    const words = ['$HOME', '; echo x', '"', "'", '', 'ä\n%', '--', '&x=1#'];
    const result = await run(['printf', '[%s]', ...words]);
    assert.ok(result.kind === 'exited');
    assert.equal(result.stdout, words.map((word) => `[${word}]`).join(''));
  });

  test('output and errors come separately and in full', async () => {
    const script = 'for i in $(seq 1 20000); do echo out $i; done; echo err >&2; exit 3';
    const result = await run(['sh', '-c', script]);
    assert.ok(result.kind === 'exited');
    assert.equal(result.code, 3);
    assert.equal(result.stdout.trimEnd().split('\n').length, 20_000);
    assert.equal(result.stderr, 'err\n');
  });

  test('an executable that the container does not have is told from a failing one', async () => {
    const result = await run(['no-such-program']);
    assert.deepEqual(result, { kind: 'executable-missing', executable: 'no-such-program' });
    const failing = await run(['sh', '-c', 'exit 127']);
    assert.equal(failing.kind, 'exited');
  });

  test('a container that the pod does not have', async () => {
    const result = await run(['true'], { container: 'other' });
    assert.equal(result.kind, 'container-not-found', JSON.stringify(result));
  });

  test('a pod that does not exist', async () => {
    const result = await run(['true'], { pod: 'gone' });
    assert.equal(result.kind, 'pod-not-found', JSON.stringify(result));
  });

  test('a pod that is killed in the middle: its process ends with 137', async () => {
    const running = run(['sleep', '30']);
    await waitFor('the command to run', 5_000, async () => {
      return (await kubelet.killPod('foo', 'sleep')) === 1;
    });
    const result = await running;
    assert.ok(result.kind === 'exited', JSON.stringify(result));
    assert.equal(result.code, 137);
  });

  test('a node that dies in the middle: no status, not a success', async () => {
    const running = run(['sh', '-c', 'echo begun; sleep 3']);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await kubelet.die();
    const result = await running;
    kubelet = await newKubelet();
    assert.deepEqual(result, { kind: 'no-status', stdout: 'begun\n', stderr: '' });
  });

  test('a command that takes longer than its limit, and one that is cancelled', async () => {
    const began = Date.now();
    const seconds = 30;
    const timedOut = await run(['sleep', String(seconds)], {}, { timeoutMs: 300 });
    assert.equal(timedOut.kind, 'timed-out');
    const cancel = AbortSignal.timeout(300);
    const cancelled = await run(['sleep', String(seconds)], {}, { signal: cancel });
    assert.equal(cancelled.kind, 'cancelled');
    assert.ok(Date.now() - began < seconds * 1000, 'it waited for the command');
  });

  test('a node that cannot be reached is one sentence', async () => {
    await kubelet.die();
    const result = await run(['true']);
    kubelet = await newKubelet();
    assert.ok(result.kind === 'failed', JSON.stringify(result));
    assert.match(result.cause, /connection refused/);
  });

  test('fifty commands at once keep their answers apart', async () => {
    const numbers = Array.from({ length: 50 }, (_, index) => String(index));
    const results = await Promise.all(numbers.map((number) => run(['echo', number])));
    const answers = results.map((one) => (one.kind === 'exited' ? one.stdout.trim() : one.kind));
    assert.deepEqual(answers, numbers);
  });

  function newKubelet(): Promise<Kubelet> {
    const { files, admin } = cluster;
    return startKubelet({ path: path ?? '', files, admin, env: {} });
  }

  function curl(url: string): Promise<ExecResult> {
    return run(['curl', '-sS', '--max-time', '1', url]);
  }

  function run(
    command: readonly string[],
    where: { readonly pod?: string; readonly container?: string } = {},
    limits: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<ExecResult> {
    return product.cluster.actions.exec(
      { namespace: 'foo', pod: 'sleep', container: 'main', command, ...where },
      { timeoutMs: 15_000, signal: product.signal, ...limits },
    );
  }
});
