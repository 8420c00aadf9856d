import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programNoticesFile } from './build.ts';
import { oldestNode, programFile } from './bundles.ts';
import { run } from './processes.ts';
import { commandLinePackageFile, inProject, outFolder } from './project.ts';

const limitMs = 60_000;

/** What is in the package, each with the file of the checkout that it is a copy of. */
const contents: Readonly<Record<string, string>> = {
  'istio-mtls.js': programFile,
  'README.md': 'docs/command-line.md',
  LICENSE: 'LICENSE',
  'THIRD_PARTY_NOTICES.txt': programNoticesFile,
};

/**
 * Makes {@link commandLinePackageFile} of what was built: the package `istio-mtls` for npm, with one program and no
 * dependency. Throws an Error with what npm said if it refuses.
 */
export async function packageCommandLine(): Promise<void> {
  const folder = join(outFolder, 'npm');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, from] of Object.entries(contents))
    copyFileSync(inProject(from), join(folder, name));
  const manifest = manifestOfPackage();
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const args = ['pack', '--ignore-scripts', '--silent', `--pack-destination=${outFolder}`];
  const [npm, before] = npmProgram();
  const ending = await run(npm, [...before, ...args], { cwd: folder, timeoutMs: limitMs });
  if (ending.kind !== 'exited' || ending.code !== 0)
    throw new Error(`npm pack: ${ending.kind}\n${ending.output}`);
  renameSync(join(outFolder, `${manifest.name}-${manifest.version}.tgz`), commandLinePackageFile);
}

/** The npm that runs this script, which on Windows is no program that can be started by its name; else the one on the PATH. */
export function npmProgram(): readonly [string, readonly string[]] {
  const script = process.env['npm_execpath'];
  return script === undefined ? ['npm', []] : [process.execPath, [script]];
}

interface ProjectManifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly repository: unknown;
  readonly bugs: unknown;
  readonly homepage: string;
  readonly keywords: readonly string[];
}

/** What both packages say alike comes from the extension's manifest: name, version, addresses. */
function manifestOfPackage(): ProjectManifest {
  const manifest = JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as ProjectManifest;
  const { name, version, license, repository, bugs, homepage, keywords } = manifest;
  const own = {
    description:
      'Tells what the mutual-TLS mode of anything in an Istio mesh really is, and what becomes of a connection.',
    bin: { [name]: 'istio-mtls.js' },
    files: Object.keys(contents),
    engines: { node: `>=${oldestNode}` },
  };
  return { name, version, license, repository, bugs, homepage, keywords, ...own };
}
