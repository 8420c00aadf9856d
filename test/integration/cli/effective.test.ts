import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { at, list } from '../../reference/json.ts';
import { cliJson, runCli } from './runCli.ts';

const tutorial = 'test/fixtures/tutorial';
const policies = 'test/fixtures/policies';

function workload(document: unknown, namespace: string, name: string): unknown {
  return list(at(document, 'workloads')).find(
    (one) => at(one, 'namespace') === namespace && at(one, 'name') === name,
  );
}

describe('istio-mtls effective', { concurrency: 4 }, () => {
  test('the JSON contract, version 1: every field of a mesh, a namespace and a workload', async () => {
    const files = [
      `${tutorial}/namespaces.yaml`,
      `${tutorial}/foo.yaml`,
      `${policies}/mesh-strict.yaml`,
      `${policies}/ports.json`,
    ];
    const document = await cliJson(['effective', ...files.flatMap((file) => ['-f', file])]);
    const fromMesh = {
      kind: 'policy',
      namespace: 'istio-system',
      name: 'default',
      field: 'spec.mtls.mode',
    };
    const fromOld = { ...fromMesh, namespace: 'foo', name: 'old' };
    assert.equal(at(document, 'version'), 1);
    assert.equal(at(document, 'rootNamespace'), 'istio-system');
    assert.deepEqual(at(document, 'mesh'), { mode: 'STRICT', from: fromMesh });
    assert.deepEqual(list(at(document, 'namespaces'))[1], {
      name: 'foo',
      mode: 'STRICT',
      from: fromMesh,
      uniform: false,
      dataPlane: 'sidecar',
    });
    assert.deepEqual(workload(document, 'foo', 'httpbin'), {
      namespace: 'foo',
      kind: 'Deployment',
      name: 'httpbin',
      dataPlane: 'sidecar',
      mode: 'STRICT',
      from: fromOld,
      accepts: ['mutual-tls'],
      ports: {
        8080: {
          mode: 'DISABLE',
          from: { ...fromOld, field: 'spec.portLevelMtls["8080"].mode' },
          accepts: ['plaintext'],
        },
      },
      ignored: [
        { namespace: 'foo', name: 'young', reason: 'older-policy-wins' },
        { namespace: 'istio-system', name: 'default', reason: 'overridden' },
      ],
    });
  });

  test('a STRICT workload without a proxy accepts plaintext all the same (R63)', async () => {
    const document = await cliJson([
      'effective',
      '-f',
      tutorial,
      '-f',
      `${policies}/mesh-strict.yaml`,
    ]);
    const { mode, accepts, dataPlane } = workload(document, 'legacy', 'httpbin') as Record<
      string,
      unknown
    >;
    assert.deepEqual(
      { mode, accepts, dataPlane },
      { mode: 'STRICT', accepts: ['plaintext'], dataPlane: 'none' },
    );
  });

  test('--namespace shows one namespace and still lets the root namespace decide', async () => {
    const document = await cliJson([
      'effective',
      '-f',
      tutorial,
      '-f',
      `${policies}/mesh-strict.yaml`,
      '--namespace',
      'foo',
    ]);
    assert.deepEqual(
      list(at(document, 'namespaces')).map((one) => [at(one, 'name'), at(one, 'mode')]),
      [['foo', 'STRICT']],
    );
    assert.deepEqual(
      new Set(list(at(document, 'workloads')).map((one) => at(one, 'namespace'))),
      new Set(['foo']),
    );
  });

  test('--root-namespace and --mesh-config override what the input says', async () => {
    const asRoot = await cliJson([
      'effective',
      '-f',
      tutorial,
      '-f',
      `${policies}/foo-strict.yaml`,
      '--root-namespace',
      'foo',
    ]);
    assert.equal(at(asRoot, 'mesh', 'mode'), 'STRICT');
    const args = [
      'effective',
      '-f',
      tutorial,
      '-f',
      `${policies}/foo-strict.yaml`,
      '--mesh-config',
      'test/fixtures/mesh-config.yaml',
    ];
    assert.equal(at(await cliJson(args), 'rootNamespace'), 'foo');
  });

  test('standard input, JSON, and the last of two objects of one name counts', async () => {
    const policy = (mode: string): unknown => ({
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'default', namespace: 'foo' },
      spec: { mtls: { mode } },
    });
    const stdin = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [policy('STRICT'), policy('DISABLE')],
    });
    const document = await cliJson(['effective', '-f', `${tutorial}/foo.yaml`, '-f', '-'], {
      stdin,
    });
    assert.equal(at(workload(document, 'foo', 'httpbin'), 'mode'), 'DISABLE');
  });

  test('the table names mode, deciding policy and what is accepted', async () => {
    const { stdout, exitCode } = await runCli([
      'effective',
      '-f',
      tutorial,
      '-f',
      `${policies}/mesh-strict.yaml`,
    ]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^\(mesh\) +STRICT +istio-system\/default/m);
    assert.match(stdout, /^legacy\/httpbin +STRICT +istio-system\/default +plaintext +none$/m);
  });

  test('YAML output carries the same document', async () => {
    const { stdout } = await runCli(['effective', '-f', `${tutorial}/foo.yaml`, '-o', 'yaml']);
    assert.match(stdout, /^version: 1\nrootNamespace: istio-system\nmesh:\n {2}mode: PERMISSIVE\n/);
  });
});
