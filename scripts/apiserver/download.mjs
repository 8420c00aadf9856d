// Downloads the published programs, where the network allows it.
import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { versions } from './versions.mjs';

const run = promisify(execFile);
const releases = 'https://github.com/kubernetes-sigs/controller-tools/releases/download';
const firstByteMs = 10_000;
const wholeFileMs = 180_000;

const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch] ?? process.arch;
const platform = `${process.platform}-${architecture}`;

/**
 * The published archive of kube-apiserver and etcd is made once per Kubernetes minor version, so
 * its patch version may be older than the one that a build with Go gives.
 */
const envtest = `v${versions.kubernetes.split('.').slice(0, 2).join('.')}.0`;

/**
 * Downloads kube-apiserver or etcd into `target`.
 * @param {string} target the file to write, named as in the archive; it appears whole or not at all
 * @param {string} [base] where the project's releases are
 * @throws when the network or the release does not allow it
 */
export async function download(target, base = releases) {
  const url = `${base}/envtest-${envtest}/envtest-${envtest}-${platform}.tar.gz`;
  const archive = await get(url);
  await verify(url, archive);
  await unpack(archive, target);
}

async function unpack(archive, target) {
  const folder = await mkdtemp(join(dirname(target), 'unpack-'));
  try {
    const file = join(folder, 'archive.tar.gz');
    await writeFile(file, archive);
    await run('tar', ['-xzf', file, '-C', folder], { timeout: 60_000 });
    await rename(join(folder, 'controller-tools', 'envtest', basename(target)), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function verify(url, bytes) {
  const published = (await get(`${url}.sha512`)).toString('utf8').trim().split(/\s+/)[0];
  if (createHash('sha512').update(bytes).digest('hex') !== published) {
    throw new Error(`${url} does not have its published SHA-512 sum`);
  }
}

async function get(url) {
  const giveUp = new AbortController();
  const early = setTimeout(() => giveUp.abort(new Error(`${url} did not answer`)), firstByteMs);
  const late = setTimeout(() => giveUp.abort(new Error(`${url} took too long`)), wholeFileMs);
  try {
    const response = await fetch(url, { signal: giveUp.signal });
    clearTimeout(early);
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } finally {
    clearTimeout(early);
    clearTimeout(late);
  }
}
