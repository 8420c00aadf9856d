import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, demoContext, rowReads } from '../support/meshRows.ts';
import { cancelledProbe, probe, reportCount } from '../support/probes.ts';

describe('a probe that is called off', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /sidecar/);
  });
  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));

  it('ends at once, without an error and without a report', async () => {
    const before = reportCount();
    const started = Date.now();
    await cancelledProbe('legacy/sleep', 'http://httpbin.foo:8000/delay/8');
    const seconds = (Date.now() - started) / 1000;
    assert.ok(seconds < 3, `it took ${seconds} s`);
    assert.equal(reportCount(), before);
  });

  it('leaves the next probe alone', async () => {
    assert.match(await probe('legacy/sleep', 'http://httpbin.foo:8000/headers'), /HTTP 200/);
  });
});
