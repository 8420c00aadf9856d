// npm run package    bundles the product and packages it: out/istio-mtls.vsix for VS Code, out/istio-mtls-cli.tgz for npm

import { mkdirSync, readFileSync } from 'node:fs';
import { build } from './build.ts';
import { packageCommandLine } from './packageCommandLine.ts';
import { run } from './processes.ts';
import { commandLinePackageFile, inProject, outFolder, packageFile } from './project.ts';
import { isPreRelease } from './release/releaseRules.ts';

const limitMs = 120_000;

/** Bundles the checkout and makes {@link packageFile} of it. Throws an Error with what the packager said if it refuses. */
export async function packageExtension(): Promise<void> {
  await build({ minify: true });
  mkdirSync(outFolder, { recursive: true });
  const vsce = inProject('node_modules', '@vscode', 'vsce', 'vsce');
  // The bundles hold the dependencies. Links in the README stay as they are written.
  const options = ['--no-dependencies', '--no-rewrite-relative-links', `--out=${packageFile}`];
  const kind = isPreRelease(versionOfProject()) ? ['--pre-release'] : [];
  const ending = await run(process.execPath, [vsce, 'package', ...options, ...kind], {
    cwd: inProject(),
    timeoutMs: limitMs,
  });
  if (ending.kind !== 'exited' || ending.code !== 0) {
    throw new Error(`vsce package: ${ending.kind}\n${ending.output}`);
  }
}

function versionOfProject(): string {
  const manifest = JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}

if (import.meta.main) {
  await packageExtension();
  await packageCommandLine();
  console.log(packageFile);
  console.log(commandLinePackageFile);
}
