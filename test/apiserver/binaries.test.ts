import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { cacheFolder, findBinaries } from '../../scripts/apiserver/binaries.ts';
import { versions } from '../../scripts/apiserver/versions.ts';
import { programPaths } from './environment/programPaths.ts';

const run = promisify(execFile);
const names = ['kube-apiserver', 'etcd'];
const folders: string[] = [];
let folder = '';
let env: NodeJS.ProcessEnv;
let archive: Buffer;
/** What the mirror says that the archive's sum is. */
let published = '';

const mirror = createServer((request, response) => {
  response.end(request.url?.endsWith('.sha512') === true ? published : archive);
});

before(async () => {
  await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
  archive = await packPrograms();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istio-mtls-binaries-'));
  folders.push(folder);
  const releases = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
  // No program is on the PATH, Go neither.
  env = { XDG_CACHE_HOME: folder, PATH: folder, ENVTEST_RELEASES: releases };
  published = '';
  await mkdir(cacheFolder(env), { recursive: true });
  await copyFile(
    programPaths().crds,
    join(cacheFolder(env), `istio-${versions.istioApi}-crds.yaml`),
  );
});
after(async () => {
  await new Promise((resolve) => mirror.close(resolve));
  for (const each of folders) await rm(each, { recursive: true });
});

test('KUBEBUILDER_ASSETS comes first', async () => {
  const assets = join(folder, 'assets');
  await writePrograms(assets);
  await writePrograms(cacheFolder(env));
  const search = await findBinaries(() => undefined, { ...env, KUBEBUILDER_ASSETS: assets });
  assert.ok(search.kind === 'found');
  assert.equal(search.paths.apiServer, join(assets, 'kube-apiserver'));
  assert.match(search.sources, /^kube-apiserver from KUBEBUILDER_ASSETS/);
});

test('the cache comes second', async () => {
  await writePrograms(cacheFolder(env));
  const search = await findBinaries(() => undefined, env);
  assert.ok(search.kind === 'found');
  assert.equal(search.sources, 'kube-apiserver from the cache, etcd from the cache');
  assert.equal(search.paths.kubelet, undefined);
});

test('the published download comes third, and is cached', async () => {
  published = `${createHash('sha512').update(archive).digest('hex')}  envtest.tar.gz\n`;
  const search = await findBinaries(() => undefined, env);
  assert.ok(search.kind === 'found', JSON.stringify(search));
  assert.match(search.sources, /etcd from the published download$/);
  assert.equal(await readFile(search.paths.etcd, 'utf8'), '#!/bin/sh\n# etcd\n');
  const again = await findBinaries(() => undefined, env);
  assert.ok(again.kind === 'found' && again.sources.endsWith('etcd from the cache'));
});

test('a download with another sum than the published one is not used', async () => {
  const told: string[] = [];
  const search = await findBinaries((line) => told.push(line), env);
  assert.equal(search.kind, 'missing');
  assert.match(told.join('\n'), /does not have its published SHA-512 sum/);
});

test('without Go and without a download there is one sentence', async () => {
  const search = await findBinaries(() => undefined, {
    ...env,
    ENVTEST_RELEASES: 'http://127.0.0.1:1',
  });
  assert.ok(search.kind === 'missing');
  assert.match(
    search.why,
    /^kube-apiserver is neither in .*, and there is no Go to build it with\.$/,
  );
});

async function writePrograms(where: string): Promise<void> {
  await mkdir(where, { recursive: true });
  for (const name of names) {
    await writeFile(join(where, name), `#!/bin/sh\n# ${name}\n`, { mode: 0o755 });
  }
}

/** An archive as the project publishes it. */
async function packPrograms(): Promise<Buffer> {
  const content = await mkdtemp(join(tmpdir(), 'istio-mtls-archive-'));
  await writePrograms(join(content, 'controller-tools', 'envtest'));
  const file = join(content, 'archive.tar.gz');
  await run('tar', ['-czf', file, '-C', content, 'controller-tools']);
  const bytes = await readFile(file);
  await rm(content, { recursive: true });
  return bytes;
}
