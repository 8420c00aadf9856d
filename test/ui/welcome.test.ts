import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-welcome-'));
const env = { KUBECONFIG: join(folder, 'no-kubeconfig') };
writeFileSync(
  join(folder, 'namespace.yaml'),
  'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: foo\n',
);
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('where there is no kubeconfig', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench({ workspaceFolder: folder, env });
    await workbench.openContainer('Istio Mutual TLS');
  });
  after(() => workbench.dispose());

  it('the view says what it looked for', async () => {
    await workbench.welcome(/No kubeconfig was found\. Set KUBECONFIG/);
  });

  it('a manifest explains itself without a cluster', async () => {
    await workbench.openFile('namespace.yaml');
    assert.match(await workbench.editor.hover('Namespace'), /PERMISSIVE/);
  });

  it('no notification comes that the user did not cause', async () => {
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('one click shows a mesh', async () => {
    await workbench.page.getByRole('button', { name: 'Start Demo Mesh' }).click();
    const mesh = workbench.tree('Mesh');
    await mesh.row('istio-mtls-demo', 'foo').reads('PERMISSIVE · Istio default');
  });

  it('Disconnect ends it and offers it again', async () => {
    await workbench.command('Istio mTLS: Disconnect');
    await workbench.page.getByRole('button', { name: 'Start Demo Mesh' }).waitFor();
  });
});

describe('in Restricted Mode', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench({ workspaceFolder: folder, env, workspaceTrust: true });
    await workbench.openContainer('Istio Mutual TLS');
  });
  after(() => workbench.dispose());

  it('the view says why it shows nothing and what works', async () => {
    await workbench.welcome(/Cluster access is off in Restricted Mode/);
    await workbench.page.getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
  });

  it('hovers work', async () => {
    await workbench.openFile('namespace.yaml');
    assert.match(await workbench.editor.hover('Namespace'), /PERMISSIVE/);
  });
});
