// Builds the programs of the suite with Go, through whatever module proxy Go is configured with.
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { goPrograms, versions, type GoProgram, type ProgramName } from './versions.ts';

const run = promisify(execFile);

/** Where the stand-in for the kubelet has its source. */
export const kubeletFolder = fileURLToPath(new URL('kubelet', import.meta.url));

/** kube-apiserver takes 15 minutes on two busy cores from an empty build cache. */
export const buildTimeoutMs = 40 * 60_000;
export const moduleTimeoutMs = 5 * 60_000;

/** The installed Go's version, such as `go1.26.0`, or undefined where there is no Go. */
export async function goVersion(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    return (await run('go', ['env', 'GOVERSION'], { timeout: 20_000, env })).stdout.trim();
  } catch {
    return undefined;
  }
}

/** Builds one program into the file `target`, in a throw-away module. The file appears whole or not at all. */
export async function goBuild(
  name: ProgramName,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const program = goPrograms[name];
  const folder = await mkdtemp(join(tmpdir(), `istio-mtls-build-${name}-`));
  try {
    await writeFile(join(folder, 'go.mod'), await throwAwayModule(program, signal));
    await writeFile(
      join(folder, 'tools.go'),
      `//go:build tools\n\npackage tools\n\nimport _ "${program.package}"\n`,
    );
    await go(['mod', 'tidy'], { cwd: folder, timeout: moduleTimeoutMs, signal });
    await go(
      [
        'build',
        '-trimpath',
        '-ldflags',
        ['-s -w', ...program.linkerFlags].join(' '),
        '-o',
        part(target),
        program.package,
      ],
      { cwd: folder, timeout: buildTimeoutMs, signal },
    );
    await rename(part(target), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Builds the stand-in for the kubelet, whose source is in this folder, into `target`. */
export async function goBuildKubelet(target: string, signal?: AbortSignal): Promise<void> {
  await go(['build', '-mod=readonly', '-trimpath', '-o', part(target), '.'], {
    cwd: kubeletFolder,
    timeout: buildTimeoutMs,
    signal,
  });
  await rename(part(target), target);
}

/** Copies Istio's custom resource definitions out of the Go module that publishes them. */
export async function goFetchCrds(target: string, signal?: AbortSignal): Promise<void> {
  const folder = await moduleFolder('istio.io/api', `v${versions.istioApi}`, signal);
  await copyFile(join(folder, 'kubernetes', 'customresourcedefinitions.gen.yaml'), part(target));
  await rename(part(target), target);
}

/** A name of our own for a file that is not complete yet: two runs may build at the same time. */
export function part(target: string): string {
  return `${target}.${process.pid}.part`;
}

async function throwAwayModule(program: GoProgram, signal?: AbortSignal): Promise<string> {
  const folder = await moduleFolder(program.module, program.version, signal);
  const published = await readFile(join(folder, 'go.mod'), 'utf8');
  const local =
    program.localModulesAs === undefined
      ? []
      : [...published.matchAll(/^\s*(?:replace )?(\S+) => \.{1,2}\//gm)].map(([, path]) => path);
  const goLine = /^go .*$/m.exec(published)?.[0] ?? 'go 1.26.0';
  return [
    'module apiserver-suite',
    goLine,
    `require ${program.module} ${program.version}`,
    ...local.map((path) => `replace ${path} => ${path} ${program.localModulesAs}`),
    '',
  ].join('\n');
}

/** Where Go keeps a module, after fetching it if need be. */
export async function moduleFolder(
  path: string,
  version: string,
  signal?: AbortSignal,
): Promise<string> {
  const { stdout } = await go(['mod', 'download', '-json', `${path}@${version}`], {
    cwd: tmpdir(),
    timeout: moduleTimeoutMs,
    signal,
  });
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

export interface GoOptions {
  readonly cwd: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

/** Runs Go in module mode, without C. */
export function go(
  args: readonly string[],
  options: GoOptions,
): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod -buildvcs=false' };
  return run('go', args, { ...options, env, maxBuffer: 64 * 1024 * 1024 });
}
