// Builds a Prometheus with Go, through whatever module proxy Go is configured with.
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTimeoutMs, go, moduleFolder, part } from '../apiserver/goBuild.ts';

/** The last release that can be built from modules alone: later ones need some that are not published as such. */
export const prometheusVersion = '0.309.1';
const modulePath = 'github.com/prometheus/prometheus';

/** Finds targets in clouds; half an hour of building for nothing that a test asks. */
const discoveryImport = /^\s*_ "github\.com\/prometheus\/prometheus\/plugins".*$/m;

/**
 * Builds the program's own `main` package, without the discovery of targets in clouds, into the file `target`. The file
 * appears whole or not at all.
 */
export async function buildPrometheus(target: string, signal?: AbortSignal): Promise<void> {
  const source = await moduleFolder(modulePath, `v${prometheusVersion}`, signal);
  const folder = await mkdtemp(join(tmpdir(), 'istio-mtls-build-prometheus-'));
  try {
    await copyModule(source, folder);
    await copyMain(join(source, 'cmd', 'prometheus'), join(folder, 'main'));
    const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', part(target), './main'];
    await go(args, { cwd: folder, timeout: buildTimeoutMs, signal });
    await rename(part(target), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A module of its own with the versions of all others that the release was made with. */
async function copyModule(source: string, folder: string): Promise<void> {
  const published = await readFile(join(source, 'go.mod'), 'utf8');
  const own = published.replace(/^module .*$/m, 'module prometheus-suite');
  const itself = `\nrequire ${modulePath} v${prometheusVersion}\n`;
  await writeFile(join(folder, 'go.mod'), own + itself);
  await copyFile(join(source, 'go.sum'), join(folder, 'go.sum'));
}

async function copyMain(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const name of await readdir(from)) {
    if (!name.endsWith('.go') || name.endsWith('_test.go')) continue;
    const text = await readFile(join(from, name), 'utf8');
    await writeFile(join(to, name), text.replace(discoveryImport, ''));
  }
}
