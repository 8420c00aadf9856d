import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { leanClient } from './leanClient.ts';
import { inProject } from './project.ts';

interface Bundle {
  readonly entry: string;
  readonly file: string;
  /** Started from a shell, so it needs a `#!` line and the executable bit. */
  readonly executable?: true;
}

/** What the product consists of. `extension.js` stays small: the others are loaded on first need. */
export const bundles: readonly Bundle[] = [
  { entry: 'src/extension.ts', file: 'dist/extension.js' },
  { entry: 'src/kube.ts', file: 'dist/kube.js' },
  { entry: 'src/demo/demo.ts', file: 'dist/demo.js' },
  { entry: 'src/surfaces/manifestFeatures.ts', file: 'dist/manifestFeatures.js' },
  { entry: 'src/cli.ts', file: 'dist/cli.js', executable: true },
];

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

/** How every bundle of the product is made. Node 22 is what the oldest supported VS Code brings. */
export function bundleOptions(bundle: Bundle, minify: boolean): BuildOptions {
  const needsHashBang =
    bundle.executable === true && !readFileSync(inProject(bundle.entry), 'utf8').startsWith('#!');
  return {
    absWorkingDir: inProject(),
    entryPoints: [bundle.entry],
    outfile: bundle.file,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['vscode'],
    loader: { '.yaml': 'text' },
    plugins: [loadOnFirstNeed, leanClient],
    banner: needsHashBang ? { js: '#!/usr/bin/env node' } : {},
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    minify,
    sourcemap: !minify,
  };
}

/** The bundles whose source is there. */
export function presentBundles(): readonly Bundle[] {
  return bundles.filter(({ entry }) => existsSync(inProject(entry)));
}
