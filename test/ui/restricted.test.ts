import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../support/until.ts';
import { openWorkbench } from './workbench.ts';
import type { Workbench } from './workbench.ts';

/** A kubeconfig whose credential plugin leaves a trace, in a folder whose settings name it. */
function trap(folder: string, trace: string): void {
  const script = `require('fs').writeFileSync(${JSON.stringify(trace)}, 'ran')`;
  const plugin = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', script],
    interactiveMode: 'Never',
  };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'trap',
    contexts: [{ name: 'trap', context: { cluster: 'trap', user: 'trap' } }],
    clusters: [{ name: 'trap', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'trap', user: { exec: plugin } }],
  };
  const file = join(folder, 'kubeconfig.json');
  writeFileSync(file, JSON.stringify(kubeconfig));
  mkdirSync(join(folder, '.vscode'));
  const settings = { 'istioMtls.kubeconfig': file, 'istioMtls.context': 'trap' };
  writeFileSync(join(folder, '.vscode', 'settings.json'), JSON.stringify(settings));
  writeFileSync(
    join(folder, 'namespace.yaml'),
    'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: foo\n',
  );
}

describe('a kubeconfig that an untrusted workspace names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-restricted-'));
  const workspaceFolder = join(folder, 'workspace');
  const trace = join(folder, 'trace');
  let workbench: Workbench;

  before(async () => {
    mkdirSync(workspaceFolder);
    trap(workspaceFolder, trace);
    workbench = await openWorkbench({
      workspaceFolder,
      env: { KUBECONFIG: join(folder, 'no-kubeconfig') },
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
      workspaceTrust: true,
    });
  });
  after(async () => {
    await workbench.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is not used by the view, by manifests or by commands', async () => {
    await workbench.openContainer('Istio Mutual TLS');
    await workbench.welcome(/Cluster access is off in Restricted Mode/);
    await workbench.openFile('namespace.yaml');
    assert.match(await workbench.editor.hover('Namespace'), /PERMISSIVE/);
    // Commands are answered in order: what the ones before could have started was started by now.
    await workbench.command('Istio Mutual TLS: Focus on Mesh View');
    assert.equal(existsSync(trace), false, 'the plugin ran');
  });

  it('is used once the person trusts the workspace', async () => {
    await workbench.command('Workspaces: Manage Workspace Trust');
    await workbench.page
      .locator('.workspace-trust-buttons-row .monaco-button', { hasText: 'Trust' })
      .first()
      .click();
    await workbench.openContainer('Istio Mutual TLS');
    await until('the trace of the plugin', () =>
      Promise.resolve(existsSync(trace) ? true : undefined),
    );
  });
});
