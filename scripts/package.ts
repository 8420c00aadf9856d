// npm run package    bundles the product and packages it: out/istio-mtls.vsix for VS Code, out/istio-mtls-cli.tgz for npm

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from './build.ts';
import { packageCommandLine } from './packageCommandLine.ts';
import { packedReadme, publishedAt } from './packedReadme.ts';
import { run } from './processes.ts';
import { commandLinePackageFile, inProject, outFolder, packageFile } from './project.ts';
import { isPreRelease } from './release/releaseRules.ts';

const limitMs = 120_000;

/** Bundles the checkout and makes {@link packageFile} of it. Throws an Error with what the packager said if it refuses. */
export async function packageExtension(): Promise<void> {
  await build({ minify: true });
  mkdirSync(outFolder, { recursive: true });
  const vsce = inProject('node_modules', '@vscode', 'vsce', 'vsce');
  const { version, repository } = manifestOfProject();
  const readme = join(outFolder, 'README.md');
  const published = publishedAt(repository.url, version);
  writeFileSync(readme, packedReadme(readFileSync(inProject('README.md'), 'utf8'), published));
  // The bundles hold the dependencies, and the README has links that need no rewriting.
  const options = ['--no-dependencies', '--no-rewrite-relative-links', `--out=${packageFile}`];
  options.push(`--readme-path=${relative(inProject(), readme)}`);
  const kind = isPreRelease(version) ? ['--pre-release'] : [];
  const ending = await run(process.execPath, [vsce, 'package', ...options, ...kind], {
    cwd: inProject(),
    timeoutMs: limitMs,
  });
  if (ending.kind !== 'exited' || ending.code !== 0) {
    throw new Error(`vsce package: ${ending.kind}\n${ending.output}`);
  }
}

interface ProjectManifest {
  readonly version: string;
  readonly repository: { readonly url: string };
}

function manifestOfProject(): ProjectManifest {
  return JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as ProjectManifest;
}

if (import.meta.main) {
  await packageExtension();
  await packageCommandLine();
  console.log(packageFile);
  console.log(commandLinePackageFile);
}
