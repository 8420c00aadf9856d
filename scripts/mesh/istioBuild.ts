// Builds Istio's programs with Go, through whatever module proxy Go is configured with.
import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTimeoutMs, go, moduleFolder, moduleTimeoutMs, part } from '../apiserver/goBuild.ts';
import { inProject } from '../project.ts';
import { bootstrapInModule, istioPackages, versions, type IstioProgram } from './versions.ts';

/** Its go.mod says with which versions of other modules Istio is built. */
const recorder = inProject('test', 'conformance', 'recorder');

/** Builds one program of Istio into the file `target`, in a throw-away module. The file appears whole or not at all. */
export async function buildIstio(
  name: IstioProgram,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), `istio-mtls-build-${name}-`));
  const path = istioPackages[name];
  try {
    for (const file of ['go.mod', 'go.sum'])
      await writeFile(join(folder, file), await readFile(join(recorder, file)));
    const source = `//go:build tools\n\npackage tools\n\nimport _ "${path}"\n`;
    await writeFile(join(folder, 'tools.go'), source);
    await go(['mod', 'tidy'], { cwd: folder, timeout: moduleTimeoutMs, signal });
    const version = `-X istio.io/istio/pkg/version.buildVersion=${versions.istio}`;
    await go(['build', '-trimpath', '-ldflags', `-s -w ${version}`, '-o', part(target), path], {
      cwd: folder,
      timeout: buildTimeoutMs,
      signal,
    });
    await rename(part(target), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Copies the template of Envoy's bootstrap out of Istio's module. */
export async function copyBootstrap(target: string, signal?: AbortSignal): Promise<void> {
  const folder = await moduleFolder('istio.io/istio', versions.istioModule, signal);
  await copyFile(join(folder, bootstrapInModule), part(target));
  await rename(part(target), target);
}
