import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startDemo, type Demo } from '../../../src/demo/demo.ts';
import { at, list } from '../../reference/json.ts';
import { startDenyingDemo } from '../../support/denyingDemo.ts';
import { cliJson, runCli } from './runCli.ts';

describe('istio-mtls proxy', () => {
  let demo: Demo | undefined;
  let folder = '';
  let context = '';
  let env: Readonly<Record<string, string>> = {};

  before(async () => {
    demo = await startDemo({ meshes: ['tutorial'] });
    folder = await mkdtemp(join(tmpdir(), 'istio-mtls-proxy-'));
    await writeFile(join(folder, 'config'), demo.kubeconfig);
    env = { KUBECONFIG: join(folder, 'config') };
    context = /^current-context: (.*)$/m.exec(demo.kubeconfig)?.[1] ?? '';
  });
  after(async () => {
    await demo?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  test('prints the table of istioctl authn tls-check, from the running proxy', async () => {
    const args = ['proxy', '--context', context, 'foo/sleep'];
    const { exitCode, stdout } = await runCli(args, { env });
    const rows = stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
    const heading = ['HOST:PORT', 'STATUS', 'SERVER', 'CLIENT', 'AUTHN POLICY', 'DESTINATION RULE'];
    const row = (host: string): readonly string[] | undefined =>
      rows.find(([first]) => first === host);
    assert.deepEqual(row('HOST:PORT'), heading);
    assert.deepEqual(row('httpbin.foo.svc.cluster.local:8000'), [
      'httpbin.foo.svc.cluster.local:8000',
      'AUTO',
      'PERMISSIVE',
      'ISTIO_MUTUAL',
      'default',
      '-',
    ]);
    assert.deepEqual(row('httpbin.legacy.svc.cluster.local:8000')?.slice(1), [
      'AUTO',
      '-',
      'DISABLE',
      '-',
      '-',
    ]);
    assert.match(stdout, /acknowledged all that its control plane sent/);
    assert.equal(exitCode, 0);
  });

  test('gives programs the ports, hosts, certificates and acknowledgement of each proxy', async () => {
    const args = ['proxy', '--context', context, 'foo/httpbin', 'bar/sleep'];
    const document = await cliJson(args, { env });
    const [httpbin] = list(at(document, 'proxies'));
    assert.equal(at(httpbin, 'namespace'), 'foo');
    assert.equal(at(httpbin, 'differences'), 0);
    assert.ok(list(at(httpbin, 'ports')).some((one) => at(one, 'enforces') === 'PERMISSIVE'));
    const identity = at(httpbin, 'certificates', 'own', 0, 'identity');
    assert.equal(identity, 'spiffe://cluster.local/ns/foo/sa/httpbin');
    assert.equal(at(httpbin, 'acknowledgement', 'kind'), 'acknowledged');
    assert.deepEqual(at(document, 'unlikeRoots'), []);
  });

  test('says of a pod without a proxy that it has none', async () => {
    const { exitCode, stderr } = await runCli(['proxy', '--context', context, 'legacy/sleep'], {
      env,
    });
    assert.equal(exitCode, 2);
    assert.match(stderr, /legacy\/sleep has no running pod whose proxy can be asked/);
  });

  test('asks first whether it may, and says what right is missing', async () => {
    const denying = await startDenyingDemo([{ resource: 'pods/exec', namespace: 'foo' }], {
      meshes: ['tutorial'],
    });
    try {
      await writeFile(join(folder, 'denying'), denying.kubeconfig);
      const denied = { env: { KUBECONFIG: join(folder, 'denying') } };
      const { exitCode, stderr } = await runCli(
        ['proxy', '--context', context, 'foo/sleep'],
        denied,
      );
      assert.equal(exitCode, 3);
      assert.match(stderr, /may not run commands in pods of the namespace foo.*pods\/exec/);
    } finally {
      await denying.dispose();
    }
  });

  test('shows what is left where only istiod may not be asked', async () => {
    const denying = await startDenyingDemo([{ resource: 'pods/exec', namespace: 'istio-system' }], {
      meshes: ['tutorial'],
    });
    try {
      await writeFile(join(folder, 'denying'), denying.kubeconfig);
      const denied = { env: { KUBECONFIG: join(folder, 'denying') } };
      const { exitCode, stdout } = await runCli(
        ['proxy', '--context', context, 'foo/sleep'],
        denied,
      );
      assert.equal(exitCode, 0);
      assert.match(
        stdout,
        /last change is unknown: commands may not be run in the namespace istio-system/,
      );
      assert.match(stdout, /^httpbin\.foo\.svc\.cluster\.local:8000 +AUTO/m);
    } finally {
      await denying.dispose();
    }
  });

  test('wants a cluster', async () => {
    const { exitCode, stderr } = await runCli([
      'proxy',
      '-f',
      'test/fixtures/tutorial',
      'foo/sleep',
    ]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /A running proxy is in a cluster/);
  });
});
