import { prepareCurl } from './curl.ts';
import { installDebianPackages } from './debianPackages.ts';
import { programOnPath } from './programOnPath.ts';
import type { Preparation } from '../suites/suite.ts';

/** The shells besides bash that the command line can be completed in. */
const wanted = ['zsh', 'fish'] as const;

/** What the integration tests run of the machine: curl, and the shells where they can be had; tests of others are skipped. */
export async function prepareCurlAndShells(signal: AbortSignal): Promise<Preparation> {
  const missing = wanted.filter((shell) => programOnPath([shell]) === undefined);
  if (missing.length > 0) await installDebianPackages(missing, signal);
  return await prepareCurl(signal);
}
