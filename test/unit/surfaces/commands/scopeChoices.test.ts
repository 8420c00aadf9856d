import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import { scopeChoices } from '../../../../src/surfaces/commands/scopeChoices.ts';
import { policy, tutorialMesh } from '../tree/tutorialMesh.ts';

function lines(mesh: Mesh): readonly string[] {
  return scopeChoices(mesh).map(({ label, description }) => `${label}: ${description}`);
}

describe('the scopes that a command asks for from the palette', () => {
  it('say what their rows in the tree say', () => {
    assert.deepEqual(lines(tutorialMesh(policy('foo/default', '{ mtls: { mode: STRICT } }'))), [
      'The whole mesh: mesh · PERMISSIVE · namespaces differ · default',
      'foo: STRICT · sidecar',
      'legacy: not in mesh',
      'wave: PERMISSIVE · default · ambient',
      'foo/httpbin: Deployment · STRICT · from namespace · sidecar',
      'foo/sleep: Deployment · STRICT · from namespace · sidecar',
      'wave/echo: Deployment · PERMISSIVE · default · ambient',
      'legacy/sleep: Deployment · not in mesh',
    ]);
  });

  it('name no mode where it is unknown', () => {
    const missing = [{ kind: 'PeerAuthentication', namespace: '', why: 'forbidden' }] as const;
    for (const line of lines({ ...tutorialMesh(), missing })) {
      assert.match(line, /unknown \(no permission to list PeerAuthentication\)$/);
    }
  });
});
