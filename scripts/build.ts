// npm run build [-- --minify]    bundles the product into dist/
// npm run watch                  the same, again on every change

import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { bundleOptions, presentBundles } from './bundles.ts';
import { thirdPartyNotices } from './notices.ts';
import { inProject } from './project.ts';
import { stopRequested } from './processes.ts';

/** Bundles everything into dist/, with the notices of what the bundles contain. Rejects with esbuild's messages. */
export async function build(options: { readonly minify: boolean }): Promise<void> {
  rmSync(inProject('dist'), { recursive: true, force: true });
  mkdirSync(inProject('dist'));
  const metafiles = await Promise.all(
    presentBundles().map(async (bundle) => {
      const { metafile } = await esbuild.build(bundleOptions(bundle, options.minify));
      if (bundle.executable === true) chmodSync(inProject(bundle.file), 0o755);
      return metafile;
    }),
  );
  const notices = thirdPartyNotices(metafiles.filter((metafile) => metafile !== undefined));
  writeFileSync(inProject('dist', 'THIRD_PARTY_NOTICES.txt'), notices);
}

async function watch(): Promise<void> {
  const stopped = stopRequested();
  const contexts = await Promise.all(
    presentBundles().map((bundle) =>
      esbuild.context({ ...bundleOptions(bundle, false), logLevel: 'info' }),
    ),
  );
  await Promise.all(contexts.map((context) => context.watch()));
  stopped.addEventListener('abort', () => {
    void Promise.all(contexts.map((context) => context.dispose()));
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      minify: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
    },
  });
  if (values.watch) await watch();
  else await build({ minify: values.minify });
}
