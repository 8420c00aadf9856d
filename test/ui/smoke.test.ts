import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

const policy = `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: default
  namespace: foo
spec:
  mtls:
    mode: STRICT
`;

describe('the packaged extension, installed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-smoke-'));
  let workbench: Workbench;

  before(async () => {
    writeFileSync(join(folder, 'policy.yaml'), policy);
    workbench = await openWorkbench({
      workspaceFolder: folder,
      env: { KUBECONFIG: join(folder, 'no-kubeconfig') },
    });
  });
  after(async () => {
    await workbench.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has a view container of its own that offers the demo mesh where there is no kubeconfig', async () => {
    await workbench.openContainer('Istio mTLS');
    const offer = workbench.page.getByRole('button', { name: 'Start Demo Mesh' });
    await offer.waitFor();
  });

  it('explains a policy in a hover without a cluster', async () => {
    await workbench.openFile('policy.yaml');
    const hover = await workbench.editor.hover('PeerAuthentication');
    assert.match(hover, /STRICT/);
  });

  it('shows no notification that the user did not cause', async () => {
    assert.deepEqual(await workbench.notifications(), []);
  });
});
