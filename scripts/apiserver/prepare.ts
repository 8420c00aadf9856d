import { programsVariable } from '../../test/apiserver/environment/programPaths.ts';
import { prepareCurl } from '../machine/curl.ts';
import type { Preparation } from '../suites/suite.ts';
import { findBinaries } from './binaries.ts';

/** Finds, downloads or builds what the API server suite runs against, and hands it to the tests. */
export async function prepareApiServer(signal: AbortSignal): Promise<Preparation> {
  const curl = await prepareCurl(signal);
  if (curl.kind === 'missing') return curl;
  const search = await findBinaries(console.log, process.env, signal);
  if (search.kind === 'missing') return search;
  const env = { [programsVariable]: JSON.stringify(search.paths) };
  return { kind: 'ready', env, note: search.sources };
}
