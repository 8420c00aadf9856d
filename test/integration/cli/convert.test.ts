import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { at, list } from '../../reference/json.ts';
import { cliJson, runCli } from './runCli.ts';
import { runHere } from './runHere.ts';

const old = ['-f', 'test/fixtures/legacy/policies.yaml'];
const tutorial = ['-f', 'test/fixtures/tutorial'];
const ignored =
  /^test\/fixtures\/legacy\/policies\.yaml:3:7: warning: Istio has ignored MeshPolicy/m;

describe('istio-mtls convert', () => {
  test('prints policies to apply, in whose place what they cannot say stands in comments', async () => {
    const { exitCode, stdout, stderr } = await runCli(['convert', ...old, ...tutorial]);
    assert.equal(exitCode, 0);
    assert.match(stderr, ignored);
    const objects = parseAllDocuments(stdout).map((document) => document.toJS() as unknown);
    assert.deepEqual(
      objects.map((object) => [
        at(object, 'metadata', 'namespace'),
        at(object, 'metadata', 'name'),
      ]),
      [
        ['istio-system', 'default'],
        ['foo', 'default'],
        ['bar', 'httpbin'],
        ['bar', 'httpbin'],
      ],
    );
    assert.deepEqual(at(objects[2], 'spec'), {
      selector: { matchLabels: { app: 'httpbin' } },
      portLevelMtls: { 8080: { mode: 'STRICT' } },
    });
    assert.deepEqual(
      [at(objects[3], 'kind'), at(objects[3], 'spec')],
      [
        'RequestAuthentication',
        {
          selector: { matchLabels: { app: 'httpbin' } },
          jwtRules: [{ issuer: 'https://issuer.example' }],
        },
      ],
    );
    assert.match(stdout, /^# Policies as Istio 1\.4 and 1\.5 took them/);
    assert.match(
      stdout,
      /^# Policy bar\/httpbin sets origins, principalBinding: the RequestAuthentication refuses wrong tokens/m,
    );
    assert.match(stdout, /^# +issuer: https:\/\/issuer\.example$/m);
  });

  test('its policies are taken by the program itself, and make every port what it was', async () => {
    const { stdout } = await runCli(['convert', ...old, ...tutorial]);
    const effective = await cliJson(['effective', ...tutorial, '-f', '-'], { stdin: stdout });
    const found = list(at(effective, 'workloads')).map((one) => [
      at(one, 'namespace'),
      at(one, 'name'),
      at(one, 'ports', '8080', 'mode'),
    ]);
    const httpbin = found.filter(([, name]) => name === 'httpbin');
    assert.deepEqual(httpbin, [
      ['bar', 'httpbin', 'STRICT'],
      ['foo', 'httpbin', 'STRICT'],
      ['legacy', 'httpbin', 'PERMISSIVE'],
    ]);
  });

  test('as a table compares each Service port under Istio 1.4, 1.5 and converted', async () => {
    const { stdout } = await runCli(['convert', ...old, ...tutorial, '-o', 'table']);
    assert.match(stdout, /^SERVICE PORT +WORKLOAD +ISTIO 1\.4 +ISTIO 1\.5 +CONVERTED$/m);
    assert.match(stdout, /^bar\/httpbin:8000 +httpbin +STRICT +STRICT +STRICT$/m);
    assert.match(stdout, /^legacy\/httpbin:8000 +httpbin +PERMISSIVE +PERMISSIVE +PERMISSIVE$/m);
  });

  test('as JSON carries policies, remarks and ports', async () => {
    const document = await cliJson(['convert', ...old, ...tutorial]);
    assert.equal(at(document, 'version'), 1);
    assert.equal(list(at(document, 'manifests')).length, 3);
    assert.equal(at(document, 'notes', 0, 'kind'), 'to-do-by-hand');
    assert.deepEqual(at(document, 'ports', 0), {
      service: 'bar/httpbin:8000',
      workload: 'Deployment/bar/httpbin',
      before: { '1.4': 'STRICT', '1.5': 'STRICT' },
      after: 'STRICT',
    });
  });

  test('says so when a target cannot be found in what was given', async () => {
    const { exitCode, stdout } = await runCli(['convert', ...old]);
    assert.equal(exitCode, 0);
    assert.match(
      stdout,
      /^# Policy bar\/httpbin targets the Service httpbin, which is not among the known ones\.$/m,
    );
  });

  test('-n is the namespace of policies that name none, whose comments all stay', async () => {
    const text = `# the first
apiVersion: authentication.istio.io/v1alpha1
kind: Policy
metadata:
  name: default # of the namespace
spec: { peers: [{ mtls: {} }] }
---
# the second
apiVersion: authentication.istio.io/v1alpha1
kind: Policy
metadata: { name: httpbin }
spec: { targets: [{ name: httpbin }], peers: [{ mtls: { mode: PERMISSIVE } }] }
`;
    const args = ['convert', ...tutorial, '-f', '-'];
    const { exitCode, stdout } = await runHere([...args, '-n', 'foo'], text);
    assert.equal(exitCode, 0);
    assert.deepEqual(stdout.split('\n').slice(0, 3), [
      '# the first',
      '# of the namespace',
      '# the second',
    ]);
    const objects = parseAllDocuments(stdout).map((document) => document.toJS() as unknown);
    const namespaces = objects.map((object) => at(object, 'metadata', 'namespace'));
    assert.deepEqual(namespaces, ['foo', 'foo']);
    assert.equal(at(objects[1], 'spec', 'mtls', 'mode'), 'PERMISSIVE');
    const assumed = await runHere(args, text);
    assert.match(
      assumed.stdout,
      /^# Policy default\/httpbin names no namespace: it is taken for one of namespace default\.$/m,
    );
  });

  test('without any old policy is one sentence and exit code 2', async () => {
    const { exitCode, stdout, stderr } = await runCli(['convert', ...tutorial]);
    assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: '' });
    assert.match(
      stderr,
      /^istio-mtls: There is no Policy or MeshPolicy of authentication\.istio\.io/,
    );
  });
});

test('an old policy among manifests decides nothing, and effective says so', async () => {
  const { exitCode, stdout, stderr } = await runCli(['effective', ...old, ...tutorial]);
  assert.equal(exitCode, 0);
  assert.match(stdout, /^\(mesh\) +PERMISSIVE +Istio’s default/m);
  assert.match(stdout, /^foo +PERMISSIVE +Istio’s default/m);
  assert.match(stderr, ignored);
});
