import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startDemo, type Demo } from '../../../src/demo/demo.ts';
import { at, list } from '../../reference/json.ts';
import { startDemoProxy } from '../../support/demoProxy.ts';
import { startDenyingDemo } from '../../support/denyingDemo.ts';
import { cliJson, runCli } from './runCli.ts';

const strictFoo = 'test/fixtures/policies/foo-strict.yaml';

describe('istio-mtls on a cluster', () => {
  let demo: Demo | undefined;
  let folder = '';
  let kubeconfig = '';
  let context = '';

  before(async () => {
    demo = await startDemo({ meshes: ['tutorial'] });
    folder = await mkdtemp(join(tmpdir(), 'istio-mtls-cluster-'));
    kubeconfig = join(folder, 'config');
    await writeFile(kubeconfig, demo.kubeconfig);
    context = /^current-context: (.*)$/m.exec(demo.kubeconfig)?.[1] ?? '';
  });
  after(async () => {
    await demo?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  test('effective reads a context of the kubeconfig, and files are laid over it', async () => {
    const input = { env: { KUBECONFIG: kubeconfig } };
    const args = ['effective', '--context', context, '--namespace', 'foo'];
    assert.equal((await runCli(args, input)).stderr, '');
    const modes = async (more: readonly string[]): Promise<readonly unknown[]> =>
      list(at(await cliJson([...args, ...more], input), 'namespaces')).map((one) =>
        at(one, 'mode'),
      );
    assert.deepEqual(await modes([]), ['PERMISSIVE']);
    assert.deepEqual(await modes(['-f', strictFoo]), ['STRICT']);
  });

  test('diff says what applying a file to the cluster would change, and changes nothing', async () => {
    const input = { env: { KUBECONFIG: kubeconfig } };
    for (let round = 0; round < 2; round++) {
      const args = ['diff', '--context', context, '-f', strictFoo, '-n', 'foo'];
      const document = await cliJson(args, input);
      const refused = list(at(document, 'connections')).filter(
        (one) => at(one, 'after', 0, 'outcome') === 'refused',
      );
      assert.ok(refused.some((one) => at(one, 'from') === 'legacy/sleep'));
      assert.ok(!refused.some((one) => at(one, 'from') === 'bar/sleep'));
    }
  });

  test('diff reads the cluster once for both of its sides', async () => {
    assert.ok(demo);
    const proxy = await startDemoProxy(demo);
    try {
      const path = join(folder, 'recorded');
      await writeFile(path, proxy.kubeconfig);
      const args = ['diff', '--context', context, '-f', strictFoo, '-n', 'foo'];
      const { exitCode } = await runCli(args, { env: { KUBECONFIG: path } });
      assert.equal(exitCode, 1);
      const lists = proxy.received
        .map(({ request }) => request.url ?? '')
        .filter((url) => url.includes('limit=') && !url.includes('watch='))
        .map((url) => url.split('?')[0]);
      assert.ok(lists.includes('/api/v1/pods'));
      assert.deepEqual(lists, [...new Set(lists)]);
    } finally {
      await proxy.dispose();
    }
  });

  test('a server that is not there: one sentence and exit code 3', async () => {
    const path = join(folder, 'nowhere');
    await writeFile(
      path,
      (demo?.kubeconfig ?? '').replace(/server: .*/, 'server: https://127.0.0.1:1'),
    );
    const { exitCode, stdout, stderr } = await runCli(['effective', '--context', context], {
      env: { KUBECONFIG: path },
    });
    assert.deepEqual({ exitCode, stdout }, { exitCode: 3, stdout: '' });
    assert.match(stderr, /^istio-mtls: .*127\.0\.0\.1:1.*\n$/);
  });
});

/** A demo mesh in which one kind may not be listed. */
async function withDenied(
  resource: string,
  check: (
    context: string,
    input: { readonly env: { readonly KUBECONFIG: string } },
  ) => Promise<void>,
): Promise<void> {
  const demo = await startDenyingDemo([{ verb: 'list', resource }], { meshes: ['tutorial'] });
  const folder = await mkdtemp(join(tmpdir(), 'istio-mtls-denied-'));
  try {
    const kubeconfig = join(folder, 'config');
    await writeFile(kubeconfig, demo.kubeconfig);
    const context = /^current-context: (.*)$/m.exec(demo.kubeconfig)?.[1] ?? '';
    await check(context, { env: { KUBECONFIG: kubeconfig } });
  } finally {
    await demo.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

test('policies that may not be read make no green answer', async () => {
  await withDenied('peerauthentications', async (context, input) => {
    const same = ['diff', '--context', context, '-f', 'test/fixtures/tutorial/namespaces.yaml'];
    const { exitCode, stdout } = await runCli(same, input);
    assert.equal(exitCode, 4, stdout);
    assert.match(stdout, /^No change is seen, but not everything could be read\./);
    const document = await cliJson(['effective', '--context', context, '-n', 'foo'], input);
    const [workload] = list(at(document, 'workloads'));
    assert.equal(at(workload, 'missing', 0, 'kind'), 'PeerAuthentication');
    const told = await runCli(['explain', '--context', context, 'Namespace/foo'], input);
    assert.match(told.stdout, /^Namespace\/foo: PERMISSIVE\?\n {2}You may not read/);
    assert.doesNotMatch(told.stdout, /No policy sets a mode/);
    assert.equal(at(document, 'namespaces', 0, 'missing', 0, 'kind'), 'PeerAuthentication');
  });
});

test('without pods the mode is known, but not what is accepted on the wire', async () => {
  await withDenied('pods', async (context, input) => {
    const args = ['effective', '--context', context, '-n', 'foo'];
    const document = await cliJson(args, input);
    const httpbin = list(at(document, 'workloads')).find((one) => at(one, 'name') === 'httpbin');
    assert.equal(at(httpbin, 'mode'), 'PERMISSIVE');
    assert.equal(at(httpbin, 'missing', 0, 'kind'), 'Pod');
    assert.equal(at(httpbin, 'ports', '8080', 'missing', 0, 'kind'), 'Pod');
    const { stdout, stderr } = await runCli(args, input);
    assert.match(stdout, /^foo\/httpbin +PERMISSIVE +Istio’s default +mutual-tls, plaintext\? /m);
    assert.match(stderr, /warning: You may not read Pod objects/);
  });
});
