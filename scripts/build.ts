// npm run build [-- --minify]    bundles the product into dist/
// npm run watch                  the same, again on every change

import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import type { Metafile } from 'esbuild';
import { bundleOptions, clientFile, presentBundles, programFile } from './bundles.ts';
import { thirdPartyNotices } from './notices.ts';
import { inProject } from './project.ts';
import { stopRequested } from './processes.ts';

/** The notices of the extension, and those of the command line. */
const noticesFile = 'dist/THIRD_PARTY_NOTICES.txt';
export const programNoticesFile = 'dist/cli.THIRD_PARTY_NOTICES.txt';
const pagesFile = 'dist/findings.json';

/** Bundles everything into dist/, with the notices of what the bundles contain. Rejects with esbuild's messages. */
export async function build(options: { readonly minify: boolean }): Promise<void> {
  const present = presentBundles();
  const results = await Promise.all(
    present.map((bundle) => esbuild.build(bundleOptions(bundle, options.minify))),
  );
  const metafiles = results.flatMap(({ metafile }) => metafile ?? []);
  writeNotices(metafiles);
  for (const { file, program } of present) {
    if (program === true) chmodSync(inProject(file), 0o755);
  }
  writeFindingPages();
  removeAllBut([
    noticesFile,
    programNoticesFile,
    pagesFile,
    ...metafiles.flatMap(({ outputs }) => Object.keys(outputs)),
  ]);
}

/** Each package names what its own files hold. The command line holds the cluster client, too. */
function writeNotices(metafiles: readonly Metafile[]): void {
  const makes = (file: string, { outputs }: Metafile): boolean => Object.hasOwn(outputs, file);
  const ofExtension = metafiles.filter((each) => !makes(programFile, each));
  const ofProgram = metafiles.filter((each) => makes(programFile, each) || makes(clientFile, each));
  writeFileSync(inProject(noticesFile), thirdPartyNotices(ofExtension));
  writeFileSync(inProject(programNoticesFile), thirdPartyNotices(ofProgram));
}

/** The pages of findings in one file: the editor shows them, and a package of many small files is larger. */
function writeFindingPages(): void {
  const folder = inProject('docs/findings');
  const pages = readdirSync(folder).map((file) => [
    file.replace(/\.md$/, ''),
    readFileSync(join(folder, file), 'utf8'),
  ]);
  writeFileSync(inProject(pagesFile), JSON.stringify(Object.fromEntries(pages)));
}

/** What an earlier build left in dist/ must not get into the package. */
function removeAllBut(files: readonly string[]): void {
  for (const name of readdirSync(inProject('dist'))) {
    if (!files.includes(`dist/${name}`)) rmSync(inProject('dist', name), { recursive: true });
  }
}

/** What keeps bundling until it is disposed of. */
export interface Watch {
  dispose(): Promise<void>;
}

/** Bundles everything into dist/, and again whenever a source changes. Resolves when the first bundles are there. */
export async function watch(): Promise<Watch> {
  const contexts = await Promise.all(
    presentBundles().map((bundle) =>
      esbuild.context({ ...bundleOptions(bundle, false), logLevel: 'info' }),
    ),
  );
  await Promise.all(contexts.map((context) => context.rebuild()));
  writeFindingPages();
  await Promise.all(contexts.map((context) => context.watch()));
  return {
    dispose: async () => {
      await Promise.all(contexts.map((context) => context.dispose()));
    },
  };
}

async function watchUntilStopped(): Promise<void> {
  const stopped = stopRequested();
  const watching = await watch();
  stopped.addEventListener('abort', () => {
    void watching.dispose();
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      minify: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
    },
  });
  try {
    if (values.watch) await watchUntilStopped();
    else await build({ minify: values.minify });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
