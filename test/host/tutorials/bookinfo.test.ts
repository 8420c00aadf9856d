import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, row, rowReads, tooltip, demoContext } from '../support/meshRows.ts';
import { person } from '../support/person.ts';
import { probe } from '../support/probes.ts';
import { failureTranscript, transcript } from '../support/transcripts.ts';

const ratings = 'http://ratings.bookinfo:9080/ratings/7';
const productpage = 'http://productpage.bookinfo:9080/productpage';

describe('T1 Bookinfo: STRICT with an exception for productpage', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'bookinfo', 'ratings-v1'], /PERMISSIVE|STRICT/);
  });

  it('1. plaintext from an uninjected sleep to ratings succeeds', async () => {
    await rowReads([demoContext, 'bookinfo', 'sleep'], /not in mesh/);
    const report = await probe('bookinfo/sleep', ratings);
    assert.match(report, /Came back: HTTP 200, exit code 0/);
    assert.match(report, /Verdict: {3}As predicted: Plaintext/);
  });

  it('2. STRICT is enforced on the namespace and productpage is excepted, in one change', async () => {
    const someone = person(['productpage-v1'], 'Enforce STRICT');
    const { node } = await row(demoContext, 'bookinfo');
    await vscode.commands.executeCommand('istioMtls.enforceStrictWithExceptions', node);
    const { detail } = someone.last('warning');
    assert.match(
      detail,
      /^1 caller will be refused; it called once in the last 24 h:\n• someone without a proxy → bookinfo\/ratings-v1: 1 request/m,
    );
    assert.match(detail, /Creates PeerAuthentication bookinfo\/default/);
    assert.match(detail, /Creates PeerAuthentication bookinfo\/productpage-v1/);
    someone.leave();
    await rowReads(
      [demoContext, 'bookinfo'],
      /1 of 7 pods not enforced · 1 exception · STRICT · set here$/,
    );
    await rowReads([demoContext, 'bookinfo', 'productpage-v1'], /PERMISSIVE/);
  });

  it('3. the same request ends in curl: (56), exit code 56', async () => {
    const report = await probe('bookinfo/sleep', ratings);
    assert.equal(failureTranscript(report), transcript('bookinfo-refused'));
    assert.match(report, /Verdict: {3}As predicted: Refused by the server/);
  });

  it('4. productpage still answers plaintext', async () => {
    const report = await probe('bookinfo/sleep', productpage);
    assert.match(report, /Came back: HTTP 200, exit code 0/);
    assert.match(report, /Verdict: {3}As predicted: Plaintext/);
  });

  it('5. sleep is brought into the mesh and its new pod is ready, with its sidecar', async () => {
    const someone = person('Bring into the Mesh');
    const { node } = await row(demoContext, 'bookinfo', 'sleep');
    await vscode.commands.executeCommand('istioMtls.bringIntoMesh', node);
    assert.match(someone.last('warning').detail, /Restarts sleep/);
    someone.leave();
    const sleep = await rowReads(
      [demoContext, 'bookinfo', 'sleep'],
      /^sleep STRICT · from namespace$/,
    );
    assert.match(await tooltip(sleep), /1 of 1 ready \(1 sidecar\)/);
  });

  it('6. the request succeeds again, over mutual TLS', async () => {
    const report = await probe('bookinfo/sleep', ratings);
    assert.match(report, /Came back: HTTP 200, exit code 0/);
    assert.match(report, /Verdict: {3}As predicted: Mutual TLS/);
  });

  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));
});
