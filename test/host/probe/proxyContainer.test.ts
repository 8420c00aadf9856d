import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, demoContext, row, rowReads } from '../support/meshRows.ts';
import { person } from '../support/person.ts';
import { lastReport } from '../support/probes.ts';

/** Probes from the palette and picks the container by name: the pods of all choices are called the same. */
async function probeIn(container: string, from: string, url: string): Promise<string> {
  const pick = (
    items: readonly vscode.QuickPickItem[],
    { placeHolder = '' }: vscode.QuickPickOptions,
  ): Promise<vscode.QuickPickItem | undefined> => {
    if (placeHolder.startsWith('In which')) {
      return Promise.resolve(items.find(({ description }) => description === container));
    }
    const label = placeHolder.startsWith('From') ? from : 'Another URL…';
    return Promise.resolve(items.find((item) => item.label === label));
  };
  const before = { pick: vscode.window.showQuickPick, input: vscode.window.showInputBox };
  Object.assign(vscode.window, { showQuickPick: pick, showInputBox: () => Promise.resolve(url) });
  await vscode.commands.executeCommand('istioMtls.probe');
  Object.assign(vscode.window, { showQuickPick: before.pick, showInputBox: before.input });
  return lastReport();
}

describe('a probe from the container of the proxy itself', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /sidecar/);
    const someone = person('Enforce STRICT');
    const { node } = await row(demoContext, 'foo');
    await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
    someone.leave();
    await rowReads([demoContext, 'foo', 'httpbin'], /STRICT · from namespace/);
  });
  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));

  it('is refused by STRICT, as predicted, because no proxy sees it', async () => {
    const report = await probeIn('istio-proxy', 'bar/sleep', 'http://httpbin.foo:8000/headers');
    assert.match(report, /container istio-proxy\)/);
    assert.match(report, /- The call comes from the proxy’s own container of bar\/sleep/);
    assert.match(report, /Came back: no HTTP answer, exit code 56/);
    assert.match(report, /Verdict: {3}As predicted: Refused by the server/);
  });

  it('while the application beside it is let in', async () => {
    const report = await probeIn('sleep', 'bar/sleep', 'http://httpbin.foo:8000/headers');
    assert.match(report, /Came back: HTTP 200/);
    assert.match(report, /Verdict: {3}As predicted: Mutual TLS/);
  });
});
