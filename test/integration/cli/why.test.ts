import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { startDemo, type Demo } from '../../../src/demo/demo.ts';
import type { Json } from '../../../src/demo/objects/json.ts';
import { at, list } from '../../reference/json.ts';
import { Client } from '../demo/client.ts';
import { cliJson, runCli } from './runCli.ts';

describe('istio-mtls why', () => {
  let demo: Demo | undefined;
  let folder = '';
  let context = '';
  let env: Readonly<Record<string, string>> = {};

  before(async () => {
    demo = await startDemo({ meshes: ['tutorial'] });
    folder = await mkdtemp(join(tmpdir(), 'istio-mtls-why-'));
    await writeFile(join(folder, 'config'), demo.kubeconfig);
    env = { KUBECONFIG: join(folder, 'config') };
    context = /^current-context: (.*)$/m.exec(demo.kubeconfig)?.[1] ?? '';
    const body = parse(await readFile('test/fixtures/policies/foo-strict.yaml', 'utf8')) as Json;
    const path = '/apis/security.istio.io/v1/namespaces/foo/peerauthentications';
    const { code } = await new Client(demo).call('POST', `${path}?fieldManager=somebody`, { body });
    assert.equal(code, 201);
  });
  after(async () => {
    await demo?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  test('names the object, the field, the manager and the time, whom else it refuses, and what helps', async () => {
    const asked = ['why', '--context', context, '--from', 'legacy/sleep', '--to', 'foo/httpbin'];
    const document = await cliJson([...asked, '--since', '1h'], { env });
    const [connection] = list(at(document, 'connections'));
    assert.equal(at(connection, 'refused'), true);
    assert.equal(at(connection, 'changedSince'), true);
    const [culprit] = list(at(connection, 'decidedBy'));
    assert.equal(at(culprit, 'object', 'namespace'), 'foo');
    assert.equal(at(culprit, 'field'), 'spec.mtls.mode');
    assert.equal(at(culprit, 'manager'), 'somebody');
    const refused = list(at(culprit, 'refuses')).map((one) => at(one, 'from'));
    assert.ok(refused.includes('legacy/sleep'));
    assert.ok(!refused.includes('bar/sleep'));
    assert.equal(at(culprit, 'remedy', 'value'), 'PERMISSIVE');
  });

  test('says of what is not refused that no change of mTLS explains it', async () => {
    const asked = ['why', '--context', context, '--from', 'bar/sleep', '--to', 'httpbin.foo:8000'];
    const { exitCode, stdout } = await runCli(asked, { env });
    assert.equal(exitCode, 0);
    assert.match(stdout, /Mutual TLS between the two proxies/);
    assert.match(stdout, /No change of mTLS explains this/);
  });

  test('asks which is meant where a name is not enough', async () => {
    const asked = ['why', '--context', context, '--from', 'sleep', '--to', 'foo/httpbin'];
    const { exitCode, stderr } = await runCli(asked, { env });
    assert.equal(exitCode, 2);
    assert.match(stderr, /write one of .*legacy\/sleep/);
  });

  test('takes a length of time and nothing else', async () => {
    const asked = ['why', '--context', context, '--from', 'legacy/sleep', '--to', 'foo/httpbin'];
    const { exitCode, stderr } = await runCli([...asked, '--since', 'yesterday'], { env });
    assert.equal(exitCode, 2);
    assert.match(stderr, /--since takes a length of time/);
  });
});
