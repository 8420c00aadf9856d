import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, demoContext, row, rowReads } from '../support/meshRows.ts';

describe('Show What the Proxy Has', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'sleep'], /PERMISSIVE|STRICT/);
  });
  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));

  it('opens a read-only document with what the running proxy takes, sends and shows', async () => {
    const { node } = await row(demoContext, 'foo', 'sleep');
    await vscode.commands.executeCommand('istioMtls.showProxy', node);
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /^# What the proxy of foo\/sleep-\S+ has/);
    assert.match(text, /ports and hosts that could be compared are as predicted/);
    assert.match(text, /has acknowledged all that its control plane sent/);
    assert.match(
      text,
      /\| httpbin\.foo\.svc\.cluster\.local:8000 +\| AUTO +\| PERMISSIVE +\| ISTIO_MUTUAL \|/,
    );
    assert.match(text, /spiffe:\/\/cluster\.local\/ns\/foo\/sa\/sleep/);
  });

  it('is offered where there is a proxy to ask', async () => {
    const [inside, outside] = await Promise.all([
      row(demoContext, 'foo', 'sleep'),
      row(demoContext, 'legacy', 'sleep'),
    ]);
    assert.match(inside.item.contextValue ?? '', /;show-proxy;/);
    assert.doesNotMatch(outside.item.contextValue ?? '', /;show-proxy;/);
  });
});
