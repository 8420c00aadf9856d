import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, demoContext, row, rowReads } from '../support/meshRows.ts';
import { answering, person } from '../support/person.ts';
import { lastReport } from '../support/probes.ts';

/** Probes from the palette, in a container that the person asks for by name. */
async function probeIn(container: string, from: string, url: string): Promise<string> {
  const targets = ['In another container…', 'Another URL…'];
  const someone = answering(({ kind, text }) => {
    if (kind === 'input') return url;
    if (kind !== 'pick') return undefined;
    if (text.startsWith('In which')) return container;
    return text.startsWith('From') ? from : targets.shift();
  });
  await vscode.commands.executeCommand('istioMtls.probe');
  someone.leave();
  return lastReport();
}

describe('a probe from the container of the proxy itself', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
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
