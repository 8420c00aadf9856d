import { constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { prometheusVariable } from '../../test/prometheus/realPrometheus.ts';
import { allows, Missing, orMissing, userCache } from '../apiserver/binaries.ts';
import { goVersion } from '../apiserver/goBuild.ts';
import type { Preparation } from '../suites/suite.ts';
import { buildPrometheus, prometheusVersion } from './build.ts';

/** `~/.cache/istio-mtls-prometheus/<version>/prometheus`, or below XDG_CACHE_HOME. */
function cachedPrometheus(): string {
  return join(userCache(process.env), 'istio-mtls-prometheus', prometheusVersion, 'prometheus');
}

export function prometheusAtHand(): Promise<boolean> {
  return allows(cachedPrometheus(), constants.X_OK);
}

/** Finds or builds the Prometheus, and hands it to the tests. Where it is not there and cannot be built, the suite is skipped. */
export async function preparePrometheus(signal: AbortSignal): Promise<Preparation> {
  const path = cachedPrometheus();
  const env = { [prometheusVariable]: path };
  if (await prometheusAtHand()) return { kind: 'ready', env, note: 'Prometheus from the cache' };
  const version = await goVersion(process.env);
  if (version === undefined)
    return { kind: 'skipped', why: 'There is no Prometheus at hand, and no Go to build one with.' };
  console.log(`prometheus: building with ${version}, once; it takes some minutes`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await orMissing('Prometheus could not be built', buildPrometheus(path, signal));
  } catch (error) {
    // Its modules are many, and not every proxy has all of them.
    if (error instanceof Missing)
      return { kind: 'skipped', why: error.message.replace(/\.?\s*$/, '.') };
    throw error;
  }
  return { kind: 'ready', env, note: `Prometheus from a build with ${version}` };
}
