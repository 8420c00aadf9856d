import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { cacheFolder, findBinaries } from '../../../../scripts/apiserver/binaries.ts';
import { versions } from '../../../../scripts/apiserver/versions.ts';

describe('where everything is cached but the stand-in for the kubelet, and there is no Go,', () => {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-kubelet-'));
  const env = { XDG_CACHE_HOME: folder, PATH: folder };
  mkdirSync(cacheFolder(env), { recursive: true });
  for (const name of ['kube-apiserver', 'etcd', `istio-${versions.istioApi}-crds.yaml`])
    writeFileSync(join(cacheFolder(env), name), '', { mode: 0o755 });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('a person can run the rest of the suite', async () => {
    const search = await findBinaries(() => undefined, env);
    assert.equal(search.kind === 'found' && search.paths.kubelet, undefined);
  });

  it('the suite fails where it was asked for in full, as .ci/run does', async () => {
    const search = await findBinaries(() => undefined, { ...env, REQUIRE_KUBELET: '1' });
    assert.ok(search.kind === 'missing', JSON.stringify(search));
    assert.match(search.why, /^There is no Go .* the kubelet with\.$/);
  });
});
