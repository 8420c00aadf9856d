import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, demoContext, row, rowReads } from '../support/meshRows.ts';
import { answering } from '../support/person.ts';
import { until } from '../../support/until.ts';
import { lastReport, probe } from '../support/probes.ts';

const url = 'http://httpbin.foo:8000/headers';

describe('a probe that was made before', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));

  it('is offered first, in one question with what is predicted of it', async () => {
    await probe('legacy/sleep', url);
    const someone = answering(({ kind, choices }) => (kind === 'pick' ? choices[0] : undefined));
    await vscode.commands.executeCommand('istioMtls.probe');
    someone.leave();
    assert.deepEqual(
      someone.shown.map(({ kind, choices }) => [kind, choices[0]]),
      [['pick', `legacy/sleep → ${url}`]],
    );
    assert.match(lastReport(), /^Verdict: {3}As predicted: Plaintext/m);
  });

  it('is repeated without a question', async () => {
    const someone = answering(() => undefined);
    await vscode.commands.executeCommand('istioMtls.repeatProbe');
    someone.leave();
    assert.deepEqual(someone.shown, []);
    assert.match(lastReport(), /^From: {6}legacy\/sleep /m);
    assert.match(lastReport(), /^Came back: HTTP 200/m);
  });

  it('from a row asks for nothing but the target', async () => {
    const { node } = await row(demoContext, 'legacy', 'sleep');
    const someone = answering(({ kind }) => (kind === 'pick' ? 'httpbin.bar:8000' : undefined));
    await vscode.commands.executeCommand('istioMtls.probeFrom', node);
    someone.leave();
    assert.equal(someone.shown.length, 1);
    assert.match(lastReport(), /^To: {8}http:\/\/httpbin\.bar:8000\/headers$/m);
  });

  it('opens the matrix of all connections without a question and without a request', async () => {
    const someone = answering(() => undefined);
    await vscode.commands.executeCommand('istioMtls.predictMatrix');
    someone.leave();
    assert.deepEqual(someone.shown, []);
    await until('the matrix is shown', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputWebview && input.viewType.endsWith('istioMtls.matrix');
    });
  });
});
