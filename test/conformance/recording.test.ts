import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecording } from './recordedMesh.ts';

test('at least 2 000 meshes are recorded, over sidecars, ambient, ports, revisions and DestinationRules', () => {
  const meshes = [...readRecording('sidecar'), ...readRecording('ambient')];
  assert.ok(meshes.length >= 2_000);
  const objects = meshes.flatMap((mesh) => mesh.objects);
  const holding = (kind: string, text: string): number =>
    objects.filter((object) => object.kind === kind && JSON.stringify(object).includes(text)).length;
  assert.ok(holding('Pod', 'istio-proxy') > 1_000, 'sidecars');
  assert.ok(holding('Pod', '"ambient.istio.io/redirection":"enabled"') > 1_000, 'ambient pods');
  assert.ok(holding('PeerAuthentication', 'portLevelMtls') > 500, 'ports');
  assert.ok(holding('PeerAuthentication', '"istio.io/rev":"canary"') > 300, 'revisions');
  assert.ok(holding('DestinationRule', '"tls"') > 1_000, 'DestinationRules');
});
