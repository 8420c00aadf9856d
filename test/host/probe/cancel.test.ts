import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, demoContext, rowReads } from '../support/meshRows.ts';
import { cancelledMatrix, cancelledProbe, probe, reportCount } from '../support/probes.ts';

describe('a probe that is called off', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));

  it('ends before its answer comes, without an error and without a report', async () => {
    const before = reportCount();
    await cancelledProbe('legacy/sleep', 'http://httpbin.foo:8000/delay/8');
    assert.equal(reportCount(), before);
  });

  it('prints the part of a matrix that it had', async () => {
    const clients = ['foo/sleep', 'bar/sleep', 'legacy/sleep'];
    const chosen = { clients, servers: ['httpbin.foo:8000'] };
    const report = await cancelledMatrix(chosen, '/delay/2', 3000);
    assert.match(report, /1 probe · called off after 1 of 3 ──/);
    assert.match(report, /^foo\/sleep → \S+ +200/m);
  });

  it('leaves the next probe alone', async () => {
    assert.match(await probe('legacy/sleep', 'http://httpbin.foo:8000/headers'), /HTTP 200/);
  });
});
