import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate } from '../support/meshRows.ts';
import { connectToOwnDemo, type OwnDemo } from '../support/ownDemo.ts';
import { answering } from '../support/person.ts';
import { lastReport } from '../support/probes.ts';

describe('a container without curl', () => {
  let own: OwnDemo;

  before(async () => {
    await activate();
    own = await connectToOwnDemo({ curl: '/nowhere/curl' });
  });
  after(() => own.dispose());

  it('ends a probe in one sentence, looks for curl elsewhere, and says where it looked in vain', async () => {
    const someone = answering(({ kind, text }) => {
      if (kind !== 'pick') return undefined;
      return text.startsWith('From') ? 'legacy/sleep' : 'httpbin.foo:8000';
    });
    await vscode.commands.executeCommand('istioMtls.probe');
    someone.leave();
    assert.match(lastReport(), /^Came back: nothing$/m);
    assert.match(lastReport(), /^Verdict: {3}The probe could not run: .*curl.*\.$/m);
    assert.match(
      someone.last('error').text,
      /^Container sleep of legacy\/sleep has no curl, nor has any of \d+ others\. The snippet istio-\S+ makes/,
    );
  });
});
