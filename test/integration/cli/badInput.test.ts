import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { exitCodes } from '../../../src/cli/exitCode.ts';
import { runCli } from './runCli.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istio-mtls-cli-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('istio-mtls with bad input', { concurrency: 4 }, () => {
  test('broken YAML: file, line and column, and no answer', async () => {
    const path = await file('broken.yaml', 'kind: Namespace\nmetadata:\n  name: foo\n bar: [\n');
    const { exitCode, stdout, stderr } = await runCli(['effective', '-f', path]);
    assert.equal(exitCode, 2);
    assert.equal(stdout, '');
    assert.match(stderr, new RegExp(`^${path}:4:\\d+: error: `));
  });

  test('broken JSON: file, line and column, and no answer', async () => {
    const path = await file(
      'broken.json',
      '{ "kind": "Namespace",\n  "metadata": { "name": "foo" ]\n}\n',
    );
    const { exitCode, stdout, stderr } = await runCli(['effective', '-f', path]);
    assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: '' });
    assert.match(stderr, new RegExp(`^${path}:\\d+:\\d+: error: `));
  });

  test('a policy with an unknown mode: the place, the answer without it, and exit code 2', async () => {
    const lines = [
      'apiVersion: security.istio.io/v1',
      'kind: PeerAuthentication',
      'metadata:',
      '  name: default',
      '  namespace: foo',
      'spec:',
      '  mtls:',
      '    mode: STRICTT',
    ];
    const path = await file('mode.yaml', `${lines.join('\n')}\n`);
    const { exitCode, stdout, stderr } = await runCli(['effective', '-f', path]);
    assert.equal(exitCode, 2);
    assert.match(stderr, new RegExp(`^${path}:8:11: error: .*STRICTT`));
    assert.match(stdout, /^foo +PERMISSIVE\?/m);
  });

  test('a policy with an unknown mode in JSON, as kubectl prints it: the line and column, too', async () => {
    const policy = {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'default', namespace: 'foo' },
      spec: { mtls: { mode: 'STRICTT' } },
    };
    const list = { apiVersion: 'v1', kind: 'List', items: [policy] };
    const path = await file('mode.json', JSON.stringify(list, undefined, 2));
    const { exitCode, stderr } = await runCli(['effective', '-f', path]);
    assert.equal(exitCode, 2);
    assert.match(stderr, new RegExp(`^${path}:14:19: error: .*STRICTT`));
  });

  test('a mesh config that cannot be read with certainty: why modes stand there with a question mark', async () => {
    const lines = [
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata: { name: istio, namespace: istio-system }',
      'data: { mesh: "rootNamespace: [istio-config]" }',
    ];
    const path = await file('config.yaml', `${lines.join('\n')}\n`);
    const { exitCode, stdout, stderr } = await runCli(['effective', '-f', path]);
    assert.equal(exitCode, 0);
    assert.match(
      stderr,
      /^.*:4:15: error: Istio cannot take this: rootNamespace is not the name of a namespace\.\nistio-mtls: warning: ConfigMap istio in istio-system is invalid .*\n$/,
    );
    assert.match(stdout, /^\(mesh\) +PERMISSIVE\?/m);
  });

  test('what an API server would refuse: the place, the answer without it, and exit code 2', async () => {
    const lines = [
      'apiVersion: security.istio.io/v1',
      'kind: PeerAuthentication',
      'metadata: { name: default, namespace: foo }',
      'spec: { mtls: { mode: STRICT }, portLevelMtls: { 8080: { mode: DISABLE } } }',
    ];
    const path = await file('ports.yaml', `${lines.join('\n')}\n`);
    const { exitCode, stdout, stderr } = await runCli(['effective', '-f', path]);
    assert.equal(exitCode, 2);
    assert.match(stderr, new RegExp(`^${path}:4:\\d+: error: portLevelMtls needs a selector`));
    assert.match(stdout, /^foo +PERMISSIVE\?/m);
  });

  for (const [what, text] of [
    [
      'a byte order mark before YAML',
      '\ufeffapiVersion: v1\r\nkind: Namespace\r\nmetadata: {name: foo}\r\n',
    ],
    [
      'a byte order mark before JSON',
      '\ufeff{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"foo"}}',
    ],
    [
      'a List of Lists',
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Namespace, metadata: {name: foo}}\n',
    ],
  ] as const) {
    test(`${what} hides nothing`, async () => {
      const path = await file(`${what.replaceAll(' ', '-')}.yaml`, text);
      const { exitCode, stdout, stderr } = await runCli(['effective', '-f', path]);
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
      assert.match(stdout, /^foo +PERMISSIVE/m);
    });
  }

  for (const [field, text, place] of [
    ['rootNamespace', 'trustDomain: td\nrootNamespace: 3\n', '2:16'],
    ['enableAutoMtls', 'enableAutoMtls: "no"\n', '1:17'],
  ] as const) {
    test(`a mesh config whose ${field} is of a wrong type: file, line and column, and no answer`, async () => {
      const path = await file(`${field}.yaml`, text);
      const args = ['effective', '-f', 'test/fixtures/tutorial', '--mesh-config', path];
      const { exitCode, stdout, stderr } = await runCli(args);
      assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: '' });
      assert.match(stderr, new RegExp(`${field}\\.yaml:${place}: ${field} is not `));
    });
  }

  test('a file that is not there, a folder without manifests, text that is no manifest', async () => {
    const missing = await runCli(['effective', '-f', join(folder, 'nothing.yaml')]);
    assert.equal(missing.exitCode, 2);
    assert.match(missing.stderr, /nothing\.yaml: there is no such file or folder\.\n$/);
    const readme = await runCli(['effective', '-f', await file('notes.txt', 'Hello\n')]);
    assert.equal(readme.exitCode, 0);
    assert.match(readme.stderr, /warning: there is nothing in here/);
  });

  test('a file without anything for Istio beside one that has something is named', async () => {
    const policies = await file(
      'policies.yaml',
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: foo}\n',
    );
    const empty = await file('forgotten.yaml', '# to be written\n');
    const { exitCode, stderr } = await runCli(['effective', '-f', policies, '-f', empty]);
    assert.equal(exitCode, 0);
    assert.equal(
      stderr,
      `${empty}: warning: there is nothing in here that Istio's mutual TLS depends on.\n`,
    );
  });

  test('a kubeconfig without the context: one sentence and exit code 3', async () => {
    const path = await file(
      'kubeconfig',
      'apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n',
    );
    const { exitCode, stderr } = await runCli(['effective', '--context', 'production'], {
      env: { KUBECONFIG: path },
    });
    assert.equal(exitCode, 3);
    assert.match(stderr, /^istio-mtls: .*production.*\n$/);
  });

  const tutorial = 'test/fixtures/tutorial';
  const mistyped = [
    ['effective', '-f', tutorial, '-n', 'fooo'],
    ['connect', '-f', tutorial, '--matrix', '-n', 'fooo'],
    ['diff', '-f', tutorial, '-f', 'test/fixtures/tutorial-strict', '-n', 'fooo'],
  ];
  for (const args of mistyped) {
    test(`a mistyped namespace is no green answer of ${args[0] ?? ''}`, async () => {
      assert.deepEqual(await runCli(args), {
        exitCode: 2,
        stdout: '',
        stderr: 'istio-mtls: There is no namespace fooo.\n',
      });
    });
  }

  test('diff -n NAMESPACE accepts a namespace that only one side has', async () => {
    const paths = ['-f', `${tutorial}/foo.yaml`, '-f', tutorial];
    const { exitCode, stderr } = await runCli(['diff', ...paths, '-n', 'bar', '--assume-injected']);
    assert.deepEqual({ exitCode, stderr }, { exitCode: 1, stderr: '' });
  });

  const usage = [
    { args: ['efective', '-f', '.'], says: /no command "efective"/ },
    { args: ['effective'], says: /-f PATH/ },
    { args: ['effective', '-f', '.', '-o', 'xml'], says: /table, json or yaml/ },
    {
      args: ['effective', '-f', '.', '--from', 'a/b'],
      says: /--from does not belong to effective/,
    },
    { args: ['effective', '-f', '.', '--frm', 'a/b'], says: /--frm/ },
    { args: ['connect', '-f', '.'], says: /--matrix/ },
    // As from a variable of a pipeline that is not set.
    {
      args: ['effective', '-f', '.', '--root-namespace', ''],
      says: /--root-namespace is empty/,
    },
    { args: ['effective', '--context', ''], says: /--context is empty/ },
    { args: ['connect', '-f', '.', '-f', '', '--matrix'], says: /--filename is empty/ },
    { args: ['diff', '-f', '.'], says: /-f BEFORE and -f AFTER/ },
    { args: ['explain', '-f', '.'], says: /KIND\/NAMESPACE\/NAME/ },
    { args: ['diff', '-f', '-', '-f', '-'], says: /-f - one time only/ },
    {
      args: ['explain', '-f', '.', '-n', 'foo', 'mesh'],
      says: /--namespace does not belong to explain/,
    },
    {
      args: ['connect', '-f', '.', '--from', 'a/b', '--to', 'c.d:80', '-n', 'a'],
      says: /--namespace narrows --matrix/,
    },
  ];
  for (const { args, says } of usage) {
    test(`istio-mtls ${args.join(' ')}: one sentence, a hint, exit code 2`, async () => {
      const { exitCode, stdout, stderr } = await runCli(args);
      assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: '' });
      assert.match(stderr, says);
      assert.match(stderr, /\nTry: istio-mtls .*--help\n$/);
    });
  }

  test('--help teaches, for the program and for each command', async () => {
    const { exitCode, stdout } = await runCli(['--help']);
    assert.equal(exitCode, 0);
    for (const command of ['effective', 'connect', 'explain', 'diff']) {
      assert.match(stdout, new RegExp(`istio-mtls ${command}`));
      const help = await runCli([command, '--help']);
      assert.match(help.stdout, /Usage: .*\n[^]*Exit codes:/);
      const listed = [...help.stdout.matchAll(/^ +(\d+) {2}\S/gm)].map(([, code]) => Number(code));
      assert.deepEqual(listed, Object.values(exitCodes));
    }
  });
});
