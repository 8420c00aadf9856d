import type { Preparation } from '../suites/suite.ts';
import { installDebianPackages } from './debianPackages.ts';
import { programOnPath } from './programOnPath.ts';

/** What runs in pods, of the demo mesh and of the API server suite, is the machine's own curl: makes sure that there is one. */
export async function prepareCurl(signal: AbortSignal): Promise<Preparation> {
  const isThere = (): boolean => programOnPath(['curl', 'curl.exe']) !== undefined;
  if (isThere()) return { kind: 'ready' };
  const tried = await installDebianPackages(['curl'], signal);
  if (isThere()) return { kind: 'ready' };
  const why = `These tests run the machine's own curl, and there is none. ${tried} Install curl and run again.`;
  return { kind: 'missing', why };
}
