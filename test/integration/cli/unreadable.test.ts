import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { exitCodes } from '../../../src/cli/exitCode.ts';
import { run } from '../../../src/cli/run.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { at } from '../../reference/json.ts';
import { runCli } from './runCli.ts';
import { runHere } from './runHere.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istio-mtls-unreadable-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return path;
}

function policyIn(namespace: string, mode: string): string {
  return [
    'apiVersion: security.istio.io/v1',
    'kind: PeerAuthentication',
    `metadata: { name: default, namespace: ${namespace} }`,
    `spec: { mtls: { mode: ${mode} } }`,
    '',
  ].join('\n');
}

const broken = 'kind: Namespace\nmetadata:\n  name: foo\n bar: [\n';

describe('a file that cannot be read among many', { concurrency: 2 }, () => {
  test('leaves the answer about the others, names the one, and has an exit code of its own', async () => {
    await file('many/a.yaml', policyIn('a', 'STRICT'));
    const path = await file('many/b.yaml', broken);
    await file('many/c.yaml', policyIn('c', 'DISABLE'));
    const args = ['effective', '-f', join(folder, 'many')];
    const { exitCode, stdout, stderr } = await runHere(args);
    assert.equal(exitCode, exitCodes.partial);
    assert.match(stdout, /^a +STRICT/m);
    assert.match(stdout, /^c +DISABLE/m);
    const [named = '', summary] = stderr.split('\n');
    assert.match(named, new RegExp(`^${path}:4:\\d+: error: `));
    assert.match(summary ?? '', /answered without one part of the input/);
    const json = await runHere([...args, '-o', 'json']);
    assert.deepEqual(at(JSON.parse(json.stdout), 'unread'), [/^\S+/.exec(named)?.[0].slice(0, -1)]);
  });

  test('makes no difference look like none', async () => {
    await file('before/a.yaml', policyIn('a', 'STRICT'));
    await file('after/a.yaml', policyIn('a', 'STRICT'));
    await file('after/b.yaml', broken);
    const args = ['diff', '-f', join(folder, 'before'), '-f', join(folder, 'after')];
    assert.equal((await runHere(args)).exitCode, exitCodes.partial);
  });

  test('alone leaves no answer', async () => {
    const { exitCode, stdout, stderr } = await runHere([
      'effective',
      '-f',
      await file('b', broken),
    ]);
    const none = /Nothing was answered/.test(stderr) || stderr.includes('nothing in here');
    assert.deepEqual({ exitCode, stdout, none }, { exitCode: 2, stdout: '', none: true });
  });
});

describe('a file in another encoding', { concurrency: 2 }, () => {
  const text = policyIn('foo', 'DISABLE');
  const little = Buffer.from(text, 'utf16le');
  const rows = [
    ['UTF-16 with a mark, as PowerShell writes', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 with the greater half first', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-16 without a mark', little],
  ] as const;
  for (const [what, bytes] of rows) {
    test(`${what} is read`, async () => {
      const path = await file(`${what}.yaml`, bytes);
      const { exitCode, stdout, stderr } = await runHere(['effective', '-f', path]);
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
      assert.match(stdout, /^foo +DISABLE/m);
    });
  }

  test('that is none of Unicode is named, not passed over', async () => {
    const path = await file('latin1.yaml', Buffer.from(`# caf\u00e9\n${text}`, 'latin1'));
    const { exitCode, stdout, stderr } = await runHere(['effective', '-f', path]);
    assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: '' });
    assert.match(stderr, /latin1\.yaml: error: this is no text in UTF-8 or UTF-16\.$/m);
  });
});

test('a link to a pipe in a folder is named and not waited on', async () => {
  await file('piped/a.yaml', policyIn('a', 'STRICT'));
  await promisify(execFile)('mkfifo', [join(folder, 'pipe')]);
  await symlink(join(folder, 'pipe'), join(folder, 'piped', 'b.yaml'));
  const { exitCode, stdout, stderr } = await runHere(['effective', '-f', join(folder, 'piped')]);
  assert.equal(exitCode, 0);
  assert.match(stdout, /^a +STRICT/m);
  assert.match(stderr, /b\.yaml: warning: this leads to a pipe or a device and was skipped\.$/m);
});

describe('what once ended in a crash', { concurrency: 2 }, () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  test('deeply nested lists in JSON hold nothing', async () => {
    const { exitCode, stderr } = await runHere(['effective', '-f', await file('deep.json', deep)]);
    assert.equal(exitCode, 0);
    assert.match(stderr, /deep\.json: warning: there is nothing in here/);
  });

  const nine = (name: string): string => Array.from({ length: 9 }, () => name).join(', ');
  const bomb = ['a', 'b', 'c', 'd', 'e']
    .map(
      (name, index, all) =>
        `${name}: &${name} [${nine(index === 0 ? 'x' : `*${all[index - 1] ?? ''}`)}]`,
    )
    .join('\n');
  const meshConfigs = [
    ['an alias without an anchor', 'trustDomain: *nobody\n', /anchor/],
    ['aliases that multiply', `${bomb}\n`, /alias/],
  ] as const;
  for (const [what, text, says] of meshConfigs) {
    test(`a mesh config with ${what} is refused in one sentence`, async () => {
      const path = await file(`${what}.yaml`, text);
      const args = ['effective', '-f', 'test/fixtures/tutorial', '--mesh-config', path];
      const { exitCode, stdout, stderr } = await runHere(args);
      assert.deepEqual({ exitCode, stdout }, { exitCode: 2, stdout: '' });
      assert.match(stderr, says);
      assert.match(stderr, /^istio-mtls: .*\.yaml.*\n$/);
    });
  }

  for (const field of ['toString', '__proto__', 'constructor']) {
    test(`a mesh config with the field ${field} is read, for it is one that nobody knows`, async () => {
      const path = await file(`${field}.yaml`, `${field}: { rootNamespace: other }\n`);
      const args = ['effective', '-f', 'test/fixtures/tutorial', '--mesh-config', path];
      const { exitCode, stdout } = await runHere(args);
      assert.equal(exitCode, 0);
      assert.match(stdout, /^Root namespace: istio-system$/m);
    });
  }

  const kubeconfigs = [
    ['a token with a line end', 'https://127.0.0.1:1', '"a\\nb"'],
    ['a token in Cyrillic', 'https://127.0.0.1:1', '"\u0430\u0431"'],
    ['a server that is no web address', 'javascript:alert(1)', 'abc'],
  ] as const;
  for (const [what, server, token] of kubeconfigs) {
    test(`a kubeconfig with ${what} is refused in one sentence, without the token`, async () => {
      const lines = [
        'apiVersion: v1',
        'kind: Config',
        `clusters: [{ name: c, cluster: { server: "${server}" } }]`,
        'contexts: [{ name: c, context: { cluster: c, user: u } }]',
        `users: [{ name: u, user: { token: ${token} } }]`,
      ];
      const KUBECONFIG = await file(what, `${lines.join('\n')}\n`);
      const { exitCode, stderr } = await runCli(['effective', '--context', 'c'], {
        env: { KUBECONFIG },
      });
      assert.equal(exitCode, exitCodes.cluster);
      assert.match(
        stderr,
        /^istio-mtls: The kubeconfig's server or credentials cannot be used: .*\n$/,
      );
      assert.ok(!stderr.includes('\u0430\u0431'));
    });
  }
});

test('a defect of the program itself ends in one sentence and a code that means nothing else', async () => {
  const said: string[] = [];
  const terminal: Terminal = {
    write: () => {
      throw new TypeError('nobody foresaw this\n    at all');
    },
    complain: (sentence) => said.push(sentence),
    progress: () => undefined,
    readStandardInput: () => Promise.resolve(new Uint8Array()),
    signal: new AbortController().signal,
  };
  const exitCode = await run(['effective', '-f', 'test/fixtures/tutorial'], terminal);
  assert.equal(exitCode, exitCodes.crashed);
  assert.notEqual(exitCode, exitCodes.changed);
  assert.deepEqual(said, [
    'istio-mtls: This is a defect of istio-mtls, and no answer: TypeError: nobody foresaw this.',
  ]);
});
