// Finds the programs of the API server suite: node scripts/apiserver/binaries.mjs
import { createHash } from 'node:crypto';
import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { download } from './download.mjs';
import { goBuild, goBuildKubelet, goFetchCrds, goVersion, kubeletFolder } from './goBuild.mjs';
import { programNames, versions } from './versions.mjs';

/** Thrown when a program can be had in no way; the message is one sentence for the user. */
export class ProgramsMissing extends Error {}

/**
 * Finds kube-apiserver and etcd in the order of preference `KUBEBUILDER_ASSETS`, cache folder,
 * published download, build with Go; Istio's custom resource definitions and the stand-in for the
 * kubelet come from the cache or through Go.
 * @param {(line: string) => void} tell progress, one line at a time
 * @returns {Promise<{apiServer: string, etcd: string, kubelet: string | undefined, crds: string,
 *   source: string}>} paths; no kubelet where there is no Go to build it with
 * @throws {ProgramsMissing}
 */
export async function findPrograms(tell) {
  const cache = cacheFolder(process.env);
  await mkdir(cache, { recursive: true });
  const found = {};
  for (const name of programNames) found[name] = await findProgram(name, cache, tell);
  return {
    apiServer: found['kube-apiserver'].path,
    etcd: found['etcd'].path,
    kubelet: await findKubelet(cache, tell),
    crds: await findCrds(cache),
    source: programNames.map((name) => `${name} from ${found[name].source}`).join(', '),
  };
}

/** `~/.cache/istio-mtls-envtest/<Kubernetes version>`, or below XDG_CACHE_HOME. */
export function cacheFolder(env) {
  const base = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'istio-mtls-envtest', versions.kubernetes);
}

async function findProgram(name, cache, tell) {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets && (await executable(join(assets, name)))) {
    return { path: join(assets, name), source: 'KUBEBUILDER_ASSETS' };
  }
  const path = join(cache, name);
  if (await executable(path)) return { path, source: 'the cache' };
  try {
    await download(path);
    return { path, source: 'the published download' };
  } catch (error) {
    tell(`${name}: no download (${error.message})`);
  }
  return buildProgram(name, path, tell);
}

async function buildProgram(name, path, tell) {
  const go = await goVersion();
  if (go === undefined) {
    throw new ProgramsMissing(
      `${name} is neither in KUBEBUILDER_ASSETS nor in ${path}, cannot be downloaded, and there is no Go to build it with.`,
    );
  }
  tell(`${name}: building with ${go}, once; kube-apiserver takes many minutes`);
  await orMissing(`${name} could not be built`, goBuild(name, path));
  return { path, source: `a build with ${go}` };
}

/** The stand-in is built again whenever its source changes. */
async function findKubelet(cache, tell) {
  const source = createHash('sha256');
  for (const file of ['main.go', 'go.mod'])
    source.update(await readFile(join(kubeletFolder, file)));
  const path = join(cache, `kubelet-${source.digest('hex').slice(0, 12)}`);
  if (await executable(path)) return path;
  if ((await goVersion()) === undefined) return undefined;
  tell('the stand-in for the kubelet: building');
  await orMissing('the stand-in for the kubelet could not be built', goBuildKubelet(path));
  return path;
}

async function findCrds(cache) {
  const path = join(cache, `istio-${versions.istioApi}-crds.yaml`);
  if (!(await readable(path))) {
    await orMissing("Istio's custom resource definitions could not be fetched", goFetchCrds(path));
  }
  return path;
}

async function orMissing(what, work) {
  try {
    await work;
  } catch (error) {
    const text = String(error.stderr || error.message).trim();
    throw new ProgramsMissing(`${what}: ${text.slice(text.lastIndexOf('\n') + 1)}`);
  }
}

async function executable(path) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function readable(path) {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { source } = await findPrograms((line) => console.error(line));
    console.log(source);
  } catch (error) {
    if (!(error instanceof ProgramsMissing)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
