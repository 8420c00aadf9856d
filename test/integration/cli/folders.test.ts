import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { at, list } from '../../reference/json.ts';
import { runCli, type CliInput } from './runCli.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istio-mtls-folders-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

function strictIn(namespace: string): string {
  return [
    'apiVersion: security.istio.io/v1',
    'kind: PeerAuthentication',
    `metadata: { name: default, namespace: ${namespace} }`,
    'spec: { mtls: { mode: STRICT } }',
    '',
  ].join('\n');
}

async function namespacesRead(path: string, input: CliInput = {}): Promise<readonly unknown[]> {
  const args = ['effective', '-f', path, '-o', 'json'];
  const { exitCode, stdout, stderr } = await runCli(args, input);
  assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
  return list(at(JSON.parse(stdout), 'namespaces')).map((one) => at(one, 'name'));
}

describe('istio-mtls -f FOLDER', { concurrency: 2 }, () => {
  test('reads a mounted ConfigMap, whose files and folder are symbolic links', async () => {
    const mounted = join(folder, 'mounted');
    await mkdir(join(mounted, '..2026_01_01'), { recursive: true });
    await writeFile(join(mounted, '..2026_01_01', 'foo.yaml'), strictIn('foo'));
    await symlink('..2026_01_01', join(mounted, '..data'));
    await symlink(join('..data', 'foo.yaml'), join(mounted, 'foo.yaml'));
    assert.deepEqual(await namespacesRead(mounted), ['foo']);
  });

  test('reads a folder that is linked from elsewhere, and ends where links go in circles', async () => {
    const elsewhere = join(folder, 'elsewhere');
    const linked = join(folder, 'linked');
    await mkdir(elsewhere);
    await mkdir(linked);
    await writeFile(join(elsewhere, 'bar.yaml'), strictIn('bar'));
    await symlink(elsewhere, join(linked, 'shared'));
    await symlink(linked, join(elsewhere, 'back'));
    assert.deepEqual(await namespacesRead(linked), ['bar']);
  });

  test('says which link leads nowhere', async () => {
    const dangling = join(folder, 'dangling');
    await mkdir(dangling);
    await symlink('gone.yaml', join(dangling, 'foo.yaml'));
    const { exitCode, stderr } = await runCli(['effective', '-f', dangling]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /dangling\/foo\.yaml: error: there is no such file or folder\.$/m);
  });

  test('reads more files than a process may have open', async () => {
    const large = join(folder, 'large');
    await mkdir(large);
    const names = Array.from({ length: 1_000 }, (_, index) => `n${String(index).padStart(4, '0')}`);
    for (const name of names) await writeFile(join(large, `${name}.yaml`), strictIn(name));
    assert.deepEqual(await namespacesRead(large, { openFiles: 200 }), names);
  });
});
