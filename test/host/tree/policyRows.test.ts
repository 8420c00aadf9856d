import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from '../../support/until.ts';
import { activate, demoContext, row, rowReads, rows, selection } from '../support/meshRows.ts';
import { answering, person } from '../support/person.ts';
import type { Row } from '../support/meshRows.ts';

/** The row of a policy below a workload. */
async function policyRow(...path: readonly string[]): Promise<Row> {
  const found = (await rows(...path)).find(({ node }) => node.kind === 'policy');
  assert.ok(found, 'there is no policy row');
  return found;
}

describe('the row of a policy', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE · Istio default/);
    const someone = person('Enforce STRICT');
    const { node } = await row(demoContext, 'foo', 'httpbin');
    await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
    someone.leave();
    await rowReads([demoContext, 'foo', 'httpbin'], /^httpbin STRICT · set here/);
  });
  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));

  it('changes the mode of the policy, by way of the same question as everything that writes', async () => {
    const someone = person('PERMISSIVE', 'Set PERMISSIVE');
    const { node } = await policyRow(demoContext, 'foo', 'httpbin');
    await vscode.commands.executeCommand('istioMtls.changePolicyMode', node);
    assert.match(
      someone.last('warning').text,
      /^Set PERMISSIVE in PeerAuthentication foo\/httpbin\?$/,
    );
    assert.match(someone.last('warning').detail, /Changes PeerAuthentication foo\/httpbin\./);
    someone.leave();
    await rowReads([demoContext, 'foo', 'httpbin'], /^httpbin PERMISSIVE · set here/);
  });

  it('does not offer the mode that it has', async () => {
    const someone = answering(() => undefined);
    const { node } = await policyRow(demoContext, 'foo', 'httpbin');
    await vscode.commands.executeCommand('istioMtls.changePolicyMode', node);
    someone.leave();
    assert.deepEqual(someone.last('pick').choices, ['STRICT', 'DISABLE', 'No mode of its own']);
  });

  it('deletes the policy, and Undo brings it back', async () => {
    const someone = answering(({ kind, choices }) => {
      if (kind === 'warning') return 'Delete Policy';
      return choices.includes('Undo') ? 'Undo' : undefined;
    });
    const { node } = await policyRow(demoContext, 'foo', 'httpbin');
    await vscode.commands.executeCommand('istioMtls.deletePolicy', node);
    await until('the notification that it was undone', () =>
      someone.shown.some(({ text }) => text.startsWith('Undone: PeerAuthentication foo/httpbin')),
    );
    someone.leave();
    const texts = someone.shown.map(({ text }) => text);
    assert.ok(texts.includes('Delete PeerAuthentication foo/httpbin?'), texts.join('\n'));
    assert.ok(texts.some((text) => text.startsWith('PeerAuthentication foo/httpbin is deleted.')));
    await rowReads([demoContext, 'foo', 'httpbin'], /^httpbin PERMISSIVE · set here/);
  });

  it('goes to the row of a workload that the policy selects', async () => {
    const { node } = await policyRow(demoContext, 'foo', 'httpbin');
    const someone = person('foo/httpbin');
    await vscode.commands.executeCommand('istioMtls.showPolicyWorkloads', node);
    assert.deepEqual(someone.last('pick').choices, ['foo/httpbin']);
    someone.leave();
    await until('the row to be selected', () => {
      const [selected] = selection();
      return selected?.kind === 'workload' && selected.workload.name === 'httpbin';
    });
  });

  it('says that no file of the workspace declares a policy that only the cluster has', async () => {
    const someone = answering(() => undefined);
    const { node } = await policyRow(demoContext, 'foo', 'httpbin');
    await vscode.commands.executeCommand('istioMtls.revealPolicy', node);
    someone.leave();
    assert.equal(
      someone.last('information').text,
      'No file of the workspace declares PeerAuthentication foo/httpbin.',
    );
  });
});

describe('the filter of the Mesh view', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo'], /PERMISSIVE/);
  });
  after(async () => {
    await vscode.commands.executeCommand('istioMtls.clearFilter');
    await vscode.commands.executeCommand('istioMtls.disconnect');
  });

  it('takes what is typed for a part of the name', async () => {
    const someone = person('boo');
    await vscode.commands.executeCommand('istioMtls.filterNamespaces');
    someone.leave();
    const names = (await rows(demoContext)).filter(({ node }) => node.kind === 'namespace');
    assert.deepEqual(
      names.map(({ label }) => label),
      ['bookinfo'],
    );
  });
});
