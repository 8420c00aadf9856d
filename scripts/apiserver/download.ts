// Downloads the published programs, where the network allows it.
import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { part } from './goBuild.ts';
import { versions } from './versions.ts';

const run = promisify(execFile);
/** Where the project's releases are; a mirror can be named in the environment. */
export const publishedReleases =
  'https://github.com/kubernetes-sigs/controller-tools/releases/download';
const firstByteMs = 10_000;
const wholeFileMs = 180_000;

const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
const platform = `${process.platform}-${architecture}`;

/**
 * The published archive of kube-apiserver and etcd is made once per Kubernetes minor version, so
 * its patch version may be older than the one that a build with Go gives.
 */
const envtest = `v${versions.kubernetes.split('.').slice(0, 2).join('.')}.0`;

/**
 * Downloads kube-apiserver or etcd into the file `target`, which is named as in the archive and
 * appears whole or not at all. Rejects when the network or the release does not allow it.
 * @param releases where the project's releases are
 */
export async function download(target: string, releases: string): Promise<void> {
  const url = `${releases}/envtest-${envtest}/envtest-${envtest}-${platform}.tar.gz`;
  const archive = await get(url);
  await verify(url, archive);
  await unpack(archive, target);
}

/** Downloads Istio's custom resource definitions into the file `target`. */
export async function downloadCrds(target: string): Promise<void> {
  const file = 'kubernetes/customresourcedefinitions.gen.yaml';
  const text = await get(
    `https://raw.githubusercontent.com/istio/api/v${versions.istioApi}/${file}`,
  );
  await writeFile(part(target), text);
  await rename(part(target), target);
}

async function unpack(archive: Uint8Array, target: string): Promise<void> {
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

async function verify(url: string, bytes: Uint8Array): Promise<void> {
  const published = (await get(`${url}.sha512`)).toString('utf8').trim().split(/\s+/)[0];
  if (createHash('sha512').update(bytes).digest('hex') !== published) {
    throw new Error(`${url} does not have its published SHA-512 sum`);
  }
}

async function get(url: string): Promise<Buffer> {
  const giveUp = new AbortController();
  const early = setTimeout(() => {
    giveUp.abort(new Error(`${url} did not answer`));
  }, firstByteMs);
  const late = setTimeout(() => {
    giveUp.abort(new Error(`${url} took too long`));
  }, wholeFileMs);
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
