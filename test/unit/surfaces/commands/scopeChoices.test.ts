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
      'The whole mesh: PERMISSIVE · Istio default',
      'foo: STRICT · set here',
      'legacy: not in mesh',
      'wave: PERMISSIVE · Istio default · ambient',
      'foo/httpbin: Deployment · STRICT · from namespace',
      'foo/sleep: Deployment · STRICT · from namespace',
      'wave/echo: Deployment · PERMISSIVE · Istio default · ambient',
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
