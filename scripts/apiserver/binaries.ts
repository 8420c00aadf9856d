import { createHash } from 'node:crypto';
import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ProgramPaths } from '../../test/apiserver/environment/programPaths.ts';
import { download, downloadCrds, publishedReleases } from './download.ts';
import { goBuild, goBuildKubelet, goFetchCrds, goVersion, kubeletFolder } from './goBuild.ts';
import { versions, type ProgramName } from './versions.ts';

/** Where the programs are, or in one sentence why one of them cannot be had. */
export type Search =
  | { readonly kind: 'found'; readonly paths: ProgramPaths; readonly sources: string }
  | { readonly kind: 'missing'; readonly why: string };

/** Takes one line about progress. */
export type Tell = (line: string) => void;

interface FoundProgram {
  readonly path: string;
  readonly source: string;
}

/** Where to look, and whom to tell about it. */
interface Place {
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  readonly tell: Tell;
}

class Missing extends Error {}

/**
 * Finds kube-apiserver and etcd in the order of preference `KUBEBUILDER_ASSETS`, cache folder,
 * published download, build with Go; Istio's custom resource definitions and the stand-in for the
 * kubelet come from the cache, a download, or through Go. Where there is no Go there is no such stand-in.
 * `ENVTEST_RELEASES` in the environment names a mirror of the download.
 */
export async function findBinaries(
  tell: Tell,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Search> {
  try {
    const cache = cacheFolder(env);
    const place: Place = { cache, env, tell };
    await mkdir(cache, { recursive: true });
    const apiServer = await findProgram('kube-apiserver', place);
    const etcd = await findProgram('etcd', place);
    const kubelet = await findKubelet(place);
    const paths = { apiServer: apiServer.path, etcd: etcd.path, crds: await findCrds(cache) };
    return {
      kind: 'found',
      paths: kubelet === undefined ? paths : { ...paths, kubelet },
      sources: `kube-apiserver from ${apiServer.source}, etcd from ${etcd.source}`,
    };
  } catch (error) {
    if (error instanceof Missing) return { kind: 'missing', why: error.message };
    throw error;
  }
}

/** `~/.cache/istio-mtls-envtest/<Kubernetes version>`, or below XDG_CACHE_HOME. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_CACHE_HOME: base = '' } = env;
  const folder = base === '' ? join(homedir(), '.cache') : base;
  return join(folder, 'istio-mtls-envtest', versions.kubernetes);
}

async function findProgram(name: ProgramName, { cache, env, tell }: Place): Promise<FoundProgram> {
  const { KUBEBUILDER_ASSETS: assets = '', ENVTEST_RELEASES: releases = publishedReleases } = env;
  if (assets !== '' && (await allows(join(assets, name), constants.X_OK))) {
    return { path: join(assets, name), source: 'KUBEBUILDER_ASSETS' };
  }
  const path = join(cache, name);
  if (await allows(path, constants.X_OK)) return { path, source: 'the cache' };
  try {
    await download(path, releases);
    return { path, source: 'the published download' };
  } catch (error) {
    tell(`${name}: no download (${reason(error)})`);
  }
  return buildProgram(name, path, { env, tell });
}

async function buildProgram(
  name: ProgramName,
  path: string,
  { env, tell }: Omit<Place, 'cache'>,
): Promise<FoundProgram> {
  const go = await goVersion(env);
  if (go === undefined) {
    throw new Missing(
      `${name} is neither in KUBEBUILDER_ASSETS nor at ${path}, cannot be downloaded, and there is no Go to build it with.`,
    );
  }
  tell(`${name}: building with ${go}, once; kube-apiserver takes many minutes`);
  await orMissing(`${name} could not be built`, goBuild(name, path));
  return { path, source: `a build with ${go}` };
}

/** The stand-in is built again whenever its source changes. */
async function findKubelet({ cache, env, tell }: Place): Promise<string | undefined> {
  const source = createHash('sha256');
  for (const file of ['main.go', 'go.mod'])
    source.update(await readFile(join(kubeletFolder, file)));
  const path = join(cache, `kubelet-${source.digest('hex').slice(0, 12)}`);
  if (await allows(path, constants.X_OK)) return path;
  if ((await goVersion(env)) === undefined) return undefined;
  tell('the stand-in for the kubelet: building');
  await orMissing('the stand-in for the kubelet could not be built', goBuildKubelet(path));
  return path;
}

async function findCrds(cache: string): Promise<string> {
  const path = join(cache, `istio-${versions.istioApi}-crds.yaml`);
  if (await allows(path, constants.R_OK)) return path;
  const fetched = downloadCrds(path).catch(() => goFetchCrds(path));
  await orMissing("Istio's custom resource definitions could not be fetched", fetched);
  return path;
}

async function orMissing(what: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw new Missing(`${what}: ${reason(error)}`);
  }
}

/** The last line of what a program wrote, or the innermost message. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('stderr' in error && typeof error.stderr === 'string' && error.stderr.trim() !== '') {
    return error.stderr.trim().split('\n').at(-1) ?? '';
  }
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function allows(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
