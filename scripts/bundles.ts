import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as esbuild from 'esbuild';
import type { BuildOptions, Plugin } from 'esbuild';
import { leanClient } from './leanClient.ts';
import { inProject } from './project.ts';

interface Bundle {
  readonly entry: string;
  readonly file: string;
  /**
   * The command line, a package of its own: one file with everything in it, started from a shell (so it needs a `#!` line
   * and the executable bit) on any Node that is still maintained.
   */
  readonly program?: true;
  /** Runs in a web page of the editor, and not in Node. */
  readonly page?: true;
}

/** The command line as one file. */
export const programFile = 'dist/cli.js';
/** What talks to clusters: beside the extension, and inside the command line. */
export const clientFile = 'dist/kube.js';

/** What the product consists of. `extension.js` stays small: the others beside it are loaded on first need. */
export const bundles: readonly Bundle[] = [
  { entry: 'src/extension.ts', file: 'dist/extension.js' },
  { entry: 'src/kube.ts', file: clientFile },
  { entry: 'src/demo/demo.ts', file: 'dist/demo.js' },
  { entry: 'src/surfaces/manifestFeatures.ts', file: 'dist/manifestFeatures.js' },
  { entry: 'src/surfaces/matrix/page/matrixPage.ts', file: 'dist/matrixPage.js', page: true },
  { entry: 'src/cli.ts', file: programFile, program: true },
];

/** The oldest Node that the command line runs on; its package says so as `engines`. */
export const oldestNode = 20;

/** Turns `import('./kube.ts')` in one bundle into loading the other bundle beside it. */
const loadOnFirstNeed: Plugin = {
  name: 'load-on-first-need',
  setup(build) {
    build.onResolve({ filter: /\/(kube|demo|manifestFeatures)\.[jt]s$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' || kind === 'require-call'
        ? { path: `./${basename(path).replace(/\.ts$/, '.js')}`, external: true }
        : undefined,
    );
  },
};

/**
 * Puts the cluster client into the command line, bundled on its own before: what a bundle imports on first need it keeps whole,
 * also the nine tenths of the client library that are never called. The client still runs on first need only.
 */
function clientInside(minify: boolean): Plugin {
  return {
    name: 'client-inside',
    setup(build) {
      build.onResolve({ filter: /\/kube\.ts$/ }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: clientFile, namespace: 'bundled' } : undefined,
      );
      build.onLoad({ filter: /^/, namespace: 'bundled' }, async () => {
        const { outputFiles } = await esbuild.build({
          ...commonOptions(minify),
          entryPoints: ['src/kube.ts'],
          target,
          plugins: [leanClient],
          sourcemap: false,
          write: false,
        });
        return { contents: outputFiles[0]?.text ?? '', loader: 'js', resolveDir: inProject() };
      });
    },
  };
}

const target = `node${oldestNode}`;

function commonOptions(minify: boolean): BuildOptions {
  return {
    absWorkingDir: inProject(),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    loader: { '.yaml': 'text' },
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    minify,
    sourcemap: !minify,
  };
}

/** How every bundle of the product is made. Node 22 is what the oldest supported VS Code brings. */
export function bundleOptions(bundle: Bundle, minify: boolean): BuildOptions {
  const { entry, file, program, page } = bundle;
  const options = { ...commonOptions(minify), entryPoints: [entry], outfile: file };
  if (page === true)
    return { ...options, platform: 'browser', format: 'iife', target: 'chrome128', external: [] };
  if (program !== true)
    return { ...options, target: 'node22', plugins: [loadOnFirstNeed, leanClient] };
  return {
    ...options,
    target,
    plugins: [clientInside(minify), leanClient],
    banner: { js: '#!/usr/bin/env node' },
  };
}

/** The bundles whose source is there. */
export function presentBundles(): readonly Bundle[] {
  return bundles.filter(({ entry }) => existsSync(inProject(entry)));
}
