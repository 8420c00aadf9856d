import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { binariesAtHand, cacheFolder } from '../../../../scripts/apiserver/binaries.ts';
import { versions } from '../../../../scripts/apiserver/versions.ts';

const crds = `istio-${versions.istioApi}-crds.yaml`;

interface Row {
  readonly name: string;
  readonly cached: readonly string[];
  /** Programs in the folder that KUBEBUILDER_ASSETS names. */
  readonly assets?: readonly string[];
  readonly atHand: boolean;
}

const rows: readonly Row[] = [
  { name: 'not on a fresh machine', cached: [], atHand: false },
  { name: 'when all is cached', cached: ['kube-apiserver', 'etcd', crds], atHand: true },
  { name: 'not without etcd', cached: ['kube-apiserver', crds], atHand: false },
  { name: 'not without the CRDs', cached: ['kube-apiserver', 'etcd'], atHand: false },
  {
    name: 'when KUBEBUILDER_ASSETS names the programs',
    cached: [crds],
    assets: ['kube-apiserver', 'etcd'],
    atHand: true,
  },
];

describe('the API server suite is at hand', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'istio-mtls-at-hand-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(where: string, names: readonly string[]): void {
    mkdirSync(where, { recursive: true });
    for (const name of names) writeFileSync(join(where, name), '', { mode: 0o755 });
  }

  for (const { name, cached, assets = [], atHand } of rows) {
    it(name, async () => {
      const env = { XDG_CACHE_HOME: folder, KUBEBUILDER_ASSETS: join(folder, 'assets') };
      write(cacheFolder(env), cached);
      write(env.KUBEBUILDER_ASSETS, assets);
      assert.equal(await binariesAtHand(env), atHand);
    });
  }

  it('not when the cache is of another version of Kubernetes', async () => {
    const env = { XDG_CACHE_HOME: folder };
    write(join(cacheFolder(env), '..', '1.0.0'), ['kube-apiserver', 'etcd', crds]);
    assert.equal(await binariesAtHand(env), false);
  });
});
