import { dirname, join } from 'node:path';

/** The checkout's folder. */
export const root = dirname(import.meta.dirname);

/** A path inside the checkout. */
export function inProject(...segments: readonly string[]): string {
  return join(root, ...segments);
}

/** What other programs on the machine are kept in: VS Code, its server. Not part of the checkout; may be deleted. */
export const cacheFolder = inProject('.vscode-test');

/** What test runs leave behind: bundled suites, results, pictures. Not part of the checkout; may be deleted. */
export const outFolder = inProject('out');

/** The packaged extension. */
export const packageFile = join(outFolder, 'istio-mtls.vsix');

/** The packaged command line. */
export const commandLinePackageFile = join(outFolder, 'istio-mtls-cli.tgz');
