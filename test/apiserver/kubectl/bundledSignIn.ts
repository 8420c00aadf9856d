import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { bundleOptions } from '../../../scripts/bundles.ts';
import type * as SignIn from './signIn.ts';

/** {@link SignIn} made into a file of the folder in the way in which the product's bundles are made. */
export async function bundledSignIn(folder: string): Promise<typeof SignIn> {
  const file = join(folder, 'signIn.cjs');
  await esbuild.build(bundleOptions({ entry: 'test/apiserver/kubectl/signIn.ts', file }, true));
  return createRequire(import.meta.url)(file) as typeof SignIn;
}
