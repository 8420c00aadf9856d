import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { at, list } from '../../reference/json.ts';
import { difference } from '../../../src/cli/diff.ts';
import { printed } from '../../../src/cli/printAnswer.ts';
import {
  reviews,
  strictWorkload,
  tutorialMesh,
  withPolicies,
} from '../../unit/surfaces/tree/tutorialMesh.ts';
import { cliJson, runCli } from './runCli.ts';

const tutorial = 'test/fixtures/tutorial';
const policies = 'test/fixtures/policies';

describe('istio-mtls explain', { concurrency: 4 }, () => {
  test('names the deciding field and why every other policy lost', async () => {
    const document = await cliJson([
      'explain',
      '-f',
      tutorial,
      '-f',
      `${policies}/ports.json`,
      'Deployment/foo/httpbin:8080',
    ]);
    const [explained] = list(at(document, 'explanations'));
    assert.equal(at(explained, 'mode'), 'DISABLE');
    assert.equal(at(explained, 'from', 'field'), 'spec.portLevelMtls["8080"].mode');
    assert.deepEqual(
      list(at(explained, 'ignored')).map((one) => [at(one, 'name'), at(one, 'reason')]),
      [['young', 'older-policy-wins']],
    );
  });

  test('explains namespaces and the mesh too', async () => {
    const { stdout } = await runCli([
      'explain',
      '-f',
      tutorial,
      '-f',
      `${policies}/mesh-strict.yaml`,
      'mesh',
      'Namespace/foo',
    ]);
    assert.match(stdout, /^mesh: STRICT\n.*istio-system\/default/);
    assert.match(stdout, /^Namespace\/foo: STRICT\n.*istio-system\/default/m);
  });

  test('says of policies, rules and Services what the editor says', async () => {
    const inputs = ['-f', tutorial, '-f', `${policies}/bar-httpbin-strict.yaml`];
    const targets = [
      'PeerAuthentication/bar/httpbin',
      'destinationrule/bar/httpbin',
      'Service/bar/httpbin:8000',
    ];
    const { exitCode, stdout, stderr } = await runCli(['explain', ...inputs, ...targets]);
    assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
    assert.match(stdout, /^PeerAuthentication\/bar\/httpbin:\n {2}STRICT: /);
    assert.match(
      stdout,
      /^destinationrule\/bar\/httpbin:\n {2}ISTIO_MUTUAL: clients with a sidecar/m,
    );
    assert.match(stdout, /^Service\/bar\/httpbin:8000:\n {2}STRICT: the pods behind httpbin/m);
    assert.match(stdout, /Clients without a proxy: refused \(legacy\/httpbin, legacy\/sleep\)/);
    const document = await cliJson(['explain', ...inputs, ...targets]);
    assert.equal(at(document, 'explanations', 0, 'target'), targets[0]);
    assert.match(String(at(document, 'explanations', 0, 'text', 0)), /^STRICT: /);
  });

  for (const [target, sentence] of [
    ['PeerAuthentication/bar/nobody', 'There is no PeerAuthentication bar/nobody.'],
    ['Deployment/bar/httpbim', 'There is no workload Deployment/bar/httpbim.'],
    ['Fish/bar/httpbin', 'There is no workload Fish/bar/httpbin, but there is bar/httpbin.'],
  ] as const) {
    test(`${target}, which is not there, is one sentence and exit code 2`, async () => {
      const { exitCode, stderr } = await runCli(['explain', '-f', tutorial, target]);
      assert.deepEqual({ exitCode, stderr }, { exitCode: 2, stderr: `istio-mtls: ${sentence}\n` });
    });
  }

  test('a namespace that nobody mentions is one sentence and exit code 2', async () => {
    const { exitCode, stderr } = await runCli(['explain', '-f', tutorial, 'Namespace/nowhere']);
    assert.deepEqual(
      { exitCode, stderr },
      { exitCode: 2, stderr: 'istio-mtls: There is no namespace nowhere.\n' },
    );
  });
});

describe('istio-mtls diff', { concurrency: 4 }, () => {
  test('says whose mode and whose connection changes, and ends with 1', async () => {
    const { exitCode, stdout } = await runCli([
      'diff',
      '-f',
      tutorial,
      '-f',
      'test/fixtures/tutorial-strict',
      '-o',
      'json',
    ]);
    const document: unknown = JSON.parse(stdout);
    assert.equal(exitCode, 1);
    assert.deepEqual(
      list(at(document, 'modes')).find((one) => at(one, 'of') === 'Deployment/foo/httpbin'),
      { of: 'Deployment/foo/httpbin', before: 'PERMISSIVE', after: 'STRICT' },
    );
    const broken = list(at(document, 'connections')).filter(
      (one) => at(one, 'after', 0, 'outcome') === 'refused',
    );
    assert.deepEqual(
      broken.map((one) => at(one, 'from')),
      ['outside', 'legacy/httpbin', 'legacy/sleep'],
    );
  });

  test('a mesh does not differ from itself, and ends with 0', async () => {
    const { exitCode, stdout } = await runCli(['diff', '-f', tutorial, '-f', tutorial]);
    assert.deepEqual(
      { exitCode, stdout },
      { exitCode: 0, stdout: 'No mode and no outcome changes.\n' },
    );
  });

  test('compares the hosts of ServiceEntries, too', async () => {
    const api =
      '{ apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: { namespace: foo, name: api }, spec: { hosts: [api.example.com], location: MESH_EXTERNAL, resolution: DNS, ports: [{ number: 443, name: http, protocol: HTTP }] } }';
    const rule = (mode: string): string =>
      `{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { namespace: foo, name: api }, spec: { host: api.example.com, trafficPolicy: { tls: { mode: ${mode} } } } }`;
    const before = tutorialMesh(api, rule('SIMPLE'));
    const after = withPolicies(before, rule('DISABLE'));
    const answer = await difference({ before, after }, undefined, new AbortController().signal);
    assert.equal(answer.changed, true);
    assert.match(
      [...printed(answer, 'table')].join(''),
      /^foo\/sleep +api\.example\.com:443 +tls +plaintext$/m,
    );
  });

  test('a template that had to be skipped leaves it undecided, and ends with 4', async () => {
    const template = 'kind: PeerAuthentication\nmetadata: {name: {{ .Values.name }}}\n';
    const { exitCode, stderr } = await runCli(['diff', '-f', tutorial, '-f', '-'], {
      stdin: `${await readFile(`${tutorial}/namespaces.yaml`, 'utf8')}---\n${template}`,
    });
    const same = await runCli(['diff', '-f', `${tutorial}/namespaces.yaml`, '-f', '-'], {
      stdin: `${await readFile(`${tutorial}/namespaces.yaml`, 'utf8')}---\n${template}`,
    });
    assert.deepEqual([exitCode, same.exitCode], [1, 4]);
    assert.match(stderr, /<stdin>:\d+:1: warning: this document has template braces/);
  });

  test('lists a connection that more of the endpoints refuse, with their share', async () => {
    const before = tutorialMesh(...reviews, strictWorkload('r1'));
    const after = withPolicies(before, strictWorkload('r2'));
    const { signal } = new AbortController();
    const answer = await difference({ before, after }, undefined, signal);
    assert.match(
      [...printed(answer, 'table')].join(''),
      /legacy\/sleep +reviews\.foo\S*:8000 +plaintext \(2\/3\) or refused by server \(1\/3\) +plaintext \(1\/3\) or refused by server \(2\/3\)/,
    );
  });
});
