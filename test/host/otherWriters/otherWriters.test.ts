import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { startDemo } from '../../../src/demo/demo.ts';
import type { Demo } from '../../../src/demo/demo.ts';
import { activate, row, rowReads, demoContext } from '../support/meshRows.ts';
import { OtherWriter } from '../support/otherWriter.ts';
import { answering, person } from '../support/person.ts';

describe('a cluster that others write to as well, reached through a kubeconfig', () => {
  const folder = mkdtempSync(join(tmpdir(), 'istio-mtls-others-'));
  const configuration = vscode.workspace.getConfiguration();
  let demo: Demo;
  let other: OtherWriter;

  before(async () => {
    await activate();
    demo = await startDemo({ meshes: ['tutorial'] });
    other = new OtherWriter(demo.kubeconfig);
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, demo.kubeconfig);
    await configuration.update('istioMtls.kubeconfig', file, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('istioMtls.reconnect');
    await rowReads([demoContext, 'foo', 'httpbin'], /sidecar/);
  });

  after(async () => {
    await vscode.commands.executeCommand('istioMtls.disconnect');
    await configuration.update(
      'istioMtls.kubeconfig',
      undefined,
      vscode.ConfigurationTarget.Global,
    );
    await demo.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('shows within a second what anybody writes', async () => {
    await other.apply('foo', 'theirs', 'STRICT');
    await rowReads([demoContext, 'foo'], /^foo STRICT · sidecar/, 1000);
    await other.delete('foo', 'theirs');
    await rowReads([demoContext, 'foo'], /^foo PERMISSIVE · default · sidecar/, 1000);
  });

  it('does not take over what somebody else keeps: it names the owner and offers the manifest', async () => {
    await other.apply('foo', 'theirs', 'PERMISSIVE');
    await rowReads([demoContext, 'foo'], /^foo PERMISSIVE · sidecar/);
    const someone = person('Open Manifest');
    await vscode.commands.executeCommand(
      'istioMtls.enforceStrict',
      (await row(demoContext, 'foo')).node,
    );
    const { text } = someone.last('error');
    assert.match(
      text,
      /^PeerAuthentication foo\/theirs is owned by "kubectl" \(spec\.mtls\.mode\)/,
    );
    someone.leave();
    await rowReads([demoContext, 'foo'], /^foo PERMISSIVE · sidecar/);
  });

  it('does not undo a change that somebody else has changed since, and shows what is live', async () => {
    const someone = person('Enforce STRICT');
    await vscode.commands.executeCommand(
      'istioMtls.enforceStrict',
      (await row(demoContext, 'bar')).node,
    );
    someone.leave();
    await rowReads([demoContext, 'bar'], /^bar STRICT/);
    await other.apply('bar', 'default', 'DISABLE');
    await rowReads([demoContext, 'bar'], /^bar DISABLE/);
    const undoing = answering(({ kind, choices }) => {
      if (kind === 'warning') return 'Undo';
      return kind === 'pick' ? choices[0] : undefined;
    });
    await vscode.commands.executeCommand('istioMtls.undo');
    undoing.leave();
    assert.match(undoing.last('error').text, /bar\/default was changed by someone since/);
    await rowReads([demoContext, 'bar'], /^bar DISABLE/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
