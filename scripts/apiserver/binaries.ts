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
  readonly signal: AbortSignal | undefined;
}

/** Says in one sentence why a program cannot be had. */
export class Missing extends Error {}

/**
 * Finds kube-apiserver and etcd in the order of preference `KUBEBUILDER_ASSETS`, cache folder,
 * published download, build with Go; Istio's custom resource definitions and the stand-in for the
 * kubelet come from the cache, a download, or through Go. Where there is no Go there is no such stand-in, unless
 * `REQUIRE_KUBELET=1` in the environment makes that a failure.
 * `ENVTEST_RELEASES` in the environment names a mirror of the download.
 */
export async function findBinaries(
  tell: Tell,
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<Search> {
  try {
    const cache = cacheFolder(env);
    const place: Place = { cache, env, tell, signal };
    await mkdir(cache, { recursive: true });
    const apiServer = await findProgram('kube-apiserver', place);
    const etcd = await findProgram('etcd', place);
    const kubelet = await findKubelet(place);
    const paths = { apiServer: apiServer.path, etcd: etcd.path, crds: await findCrds(place) };
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
  return join(userCache(env), 'istio-mtls-envtest', versions.kubernetes);
}

/** `~/.cache`, or what XDG_CACHE_HOME names. */
export function userCache(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_CACHE_HOME: base = '' } = env;
  return base === '' ? join(homedir(), '.cache') : base;
}

/** Whether the suite can run at once: no program needs to be downloaded, or built for many minutes. */
export async function binariesAtHand(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const cache = cacheFolder(env);
  const programs = await Promise.all([
    installedProgram('kube-apiserver', { cache, env }),
    installedProgram('etcd', { cache, env }),
  ]);
  return !programs.includes(undefined) && (await allows(crdsFile(cache), constants.R_OK));
}

async function findProgram(name: ProgramName, place: Place): Promise<FoundProgram> {
  const installed = await installedProgram(name, place);
  if (installed !== undefined) return installed;
  const { ENVTEST_RELEASES: releases = publishedReleases } = place.env;
  const path = join(place.cache, name);
  try {
    await download(path, releases);
    return { path, source: 'the published download' };
  } catch (error) {
    place.tell(`${name}: no download (${reason(error)})`);
  }
  return buildProgram(name, path, place);
}

async function installedProgram(
  name: ProgramName,
  { cache, env }: Pick<Place, 'cache' | 'env'>,
): Promise<FoundProgram | undefined> {
  const { KUBEBUILDER_ASSETS: assets = '' } = env;
  if (assets !== '' && (await allows(join(assets, name), constants.X_OK))) {
    return { path: join(assets, name), source: 'KUBEBUILDER_ASSETS' };
  }
  const path = join(cache, name);
  return (await allows(path, constants.X_OK)) ? { path, source: 'the cache' } : undefined;
}

async function buildProgram(
  name: ProgramName,
  path: string,
  { env, tell, signal }: Place,
): Promise<FoundProgram> {
  const go = await goVersion(env);
  if (go === undefined) {
    throw new Missing(
      `${name} is neither in KUBEBUILDER_ASSETS nor at ${path}, cannot be downloaded, and there is no Go to build it with.`,
    );
  }
  tell(`${name}: building with ${go}, once; kube-apiserver takes many minutes`);
  await orMissing(`${name} could not be built`, goBuild(name, path, signal));
  return { path, source: `a build with ${go}` };
}

/** The stand-in is built again whenever its source changes. */
async function findKubelet({ cache, env, tell, signal }: Place): Promise<string | undefined> {
  const source = createHash('sha256');
  for (const file of ['main.go', 'go.mod'])
    source.update(await readFile(join(kubeletFolder, file)));
  const path = join(cache, `kubelet-${source.digest('hex').slice(0, 12)}`);
  if (await allows(path, constants.X_OK)) return path;
  if ((await goVersion(env)) === undefined) {
    if (env['REQUIRE_KUBELET'] !== '1') return undefined;
    throw new Missing('There is no Go to build the stand-in for the kubelet with.');
  }
  tell('the stand-in for the kubelet: building');
  await orMissing('the stand-in for the kubelet could not be built', goBuildKubelet(path, signal));
  return path;
}

function crdsFile(cache: string): string {
  return join(cache, `istio-${versions.istioApi}-crds.yaml`);
}

async function findCrds({ cache, signal }: Place): Promise<string> {
  const path = crdsFile(cache);
  if (await allows(path, constants.R_OK)) return path;
  const fetched = downloadCrds(path).catch(() => goFetchCrds(path, signal));
  await orMissing("Istio's custom resource definitions could not be fetched", fetched);
  return path;
}

/** Does the work; its failure is that something is missing. */
export async function orMissing(what: string, work: Promise<void>): Promise<void> {
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

/** Whether the file is there and may be used so (see `constants` of node:fs). */
export function allows(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
