import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, row, rowReads, rows, demoContext } from '../support/meshRows.ts';
import { answering, person } from '../support/person.ts';
import type { Shown } from '../support/person.ts';
import { until } from '../../support/until.ts';

/** The diffs that are open. */
function diffs(): readonly string[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs
    .filter(({ input }) => input instanceof vscode.TabInputTextDiff)
    .map(({ label }) => label);
}

/** What the document says that tells what a change would do; empty when none is open. */
function impact(): string {
  const uris = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []));
  const shown = uris.find(({ scheme }) => scheme === 'istio-mtls-impact')?.toString();
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === shown);
  return document?.getText() ?? '';
}

describe('changing a mode by right click', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));

  it('shows the diff while it asks, and closes it when it is done', async () => {
    let whileAsked: readonly string[] = [];
    const someone = answering(({ kind }) => {
      if (kind === 'warning') whileAsked = diffs();
      return kind === 'warning' ? 'Enforce STRICT' : undefined;
    });
    const { node } = await row(demoContext, 'foo', 'httpbin');
    await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
    someone.leave();
    assert.deepEqual([...whileAsked], ['Enforce STRICT on foo/httpbin?']);
    assert.deepEqual([...diffs()], []);
    await rowReads([demoContext, 'foo', 'httpbin'], /^httpbin STRICT · set here/);
  });

  it('adds a port to the policy that governs the workload, instead of a second policy', async () => {
    const someone = person('Set PERMISSIVE');
    const { node } = await row(demoContext, 'foo', 'httpbin', 'port 8080');
    await vscode.commands.executeCommand('istioMtls.enforcePermissive', node);
    assert.match(someone.last('warning').detail, /Changes PeerAuthentication foo\/httpbin\./);
    someone.leave();
    await rowReads([demoContext, 'foo', 'httpbin', 'port 8080'], /PERMISSIVE · set here$/);
    await rowReads([demoContext, 'foo', 'httpbin'], /^httpbin 1 port differs · STRICT · set here/);
    const policies = await rows(demoContext, 'foo', 'httpbin');
    assert.equal(policies.filter(({ node: one }) => one.kind === 'policy').length, 1);
  });

  it('offers Undo, which brings back exactly what was there', async () => {
    const someone = answering(({ kind, choices }) => {
      if (kind === 'warning') return 'Set DISABLE';
      return choices.includes('Undo') ? 'Undo' : undefined;
    });
    const { node } = await row(demoContext, 'foo', 'httpbin');
    await vscode.commands.executeCommand('istioMtls.enforceDisable', node);
    await rowReads([demoContext, 'foo', 'httpbin'], /^httpbin 1 port differs · STRICT · set here/);
    await until('the notification that it was undone', () => undone(someone.shown));
    someone.leave();
  });

  it('goes back to the inherited mode by taking the policy away', async () => {
    const portOnly = person('Inherit');
    const { node: port } = await row(demoContext, 'foo', 'httpbin', 'port 8080');
    await vscode.commands.executeCommand('istioMtls.inheritMode', port);
    portOnly.leave();
    await rowReads([demoContext, 'foo', 'httpbin'], /^httpbin STRICT · set here/);
    const someone = person('Inherit');
    const { node } = await row(demoContext, 'foo', 'httpbin');
    await vscode.commands.executeCommand('istioMtls.inheritMode', node);
    assert.match(someone.last('warning').detail, /Deletes PeerAuthentication foo\/httpbin\./);
    someone.leave();
    await rowReads([demoContext, 'foo', 'httpbin'], /^httpbin PERMISSIVE · Istio default/);
  });

  it('keeps the diff and the whole list for a review, and writes when that is applied', async () => {
    const someone = person('Review First');
    const { node } = await row(demoContext, 'bar');
    await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
    assert.deepEqual([...diffs()], ['Enforce STRICT on namespace bar?']);
    assert.match(impact(), /^# Enforce STRICT on namespace bar\n/);
    assert.match(impact(), /^- legacy\/httpbin, legacy\/sleep → httpbin\.bar:8000$/m);
    await rowReads([demoContext, 'bar'], /^bar PERMISSIVE/);
    await vscode.commands.executeCommand('istioMtls.applyReview');
    someone.leave();
    await rowReads([demoContext, 'bar'], /^bar STRICT · set here/);
    assert.deepEqual([[...diffs()], impact()], [[], '']);
  });

  it('writes nothing of a review that is discarded', async () => {
    const someone = person('Review First');
    const { node } = await row(demoContext, 'bar');
    await vscode.commands.executeCommand('istioMtls.enforceDisable', node);
    await vscode.commands.executeCommand('istioMtls.discardReview');
    someone.leave();
    assert.deepEqual([[...diffs()], impact()], [[], '']);
    await rowReads([demoContext, 'bar'], /^bar STRICT · set here/);
  });

  it('does not apply a review of a mesh that has changed since, and says so', async () => {
    const someone = answering(({ kind, choices, text }) => {
      if (kind === 'warning' && choices.includes('Review First'))
        return text.includes('DISABLE') ? 'Review First' : 'Set PERMISSIVE';
      return undefined;
    });
    const { node } = await row(demoContext, 'bar');
    await vscode.commands.executeCommand('istioMtls.enforceDisable', node);
    const other = await row(demoContext, 'bar', 'httpbin');
    await vscode.commands.executeCommand('istioMtls.enforcePermissive', other.node);
    await vscode.commands.executeCommand('istioMtls.applyReview').then(undefined, () => undefined);
    await vscode.commands.executeCommand('istioMtls.discardReview');
    assert.ok(
      someone.shown.some(({ text }) => text.startsWith('The mesh has changed')),
      JSON.stringify(someone.shown),
    );
    const inherit = person('Inherit');
    await vscode.commands.executeCommand('istioMtls.inheritMode', other.node);
    inherit.leave();
    someone.leave();
    await rowReads([demoContext, 'bar'], /^bar STRICT · set here/);
  });

  it('shows what STRICT would break without asking anything', async () => {
    const someone = person();
    const { node } = await row(demoContext, 'foo');
    await vscode.commands.executeCommand('istioMtls.showStrictImpact', node);
    someone.leave();
    assert.deepEqual([...someone.shown], []);
    assert.match(impact(), /^# If namespace foo were STRICT\n/);
    await vscode.commands.executeCommand('istioMtls.discardReview');
  });

  it('says so when there is nothing to do', async () => {
    const someone = person();
    const { node } = await row(demoContext, 'bar');
    await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
    assert.equal(someone.last('information').text, 'Namespace bar says STRICT already.');
    someone.leave();
  });

  it('from the palette asks whose mode', async () => {
    const someone = person('bar', 'Set PERMISSIVE');
    await vscode.commands.executeCommand('istioMtls.enforcePermissive');
    someone.leave();
    await rowReads([demoContext, 'bar'], /^bar PERMISSIVE · set here/);
  });
});

function undone(shown: readonly Shown[]): boolean {
  return shown.some(({ text }) => text.startsWith('Undone: PeerAuthentication foo/httpbin'));
}

describe('documents made from the tree', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('istioMtls.disconnect');
  });

  it('show the live object without the bookkeeping of the server, read-only', async () => {
    const { node } = await row(demoContext, 'foo', 'httpbin');
    await vscode.commands.executeCommand('istioMtls.openManifest', node);
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, 'istio-mtls');
    assert.equal(document.languageId, 'yaml');
    assert.match(document.getText(), /^apiVersion: apps\/v1\nkind: Deployment\n/);
    assert.doesNotMatch(document.getText(), /managedFields/);
  });

  it('hold the policy for a scope in a new YAML document, and leave the cluster alone', async () => {
    const someone = person('STRICT');
    const { node } = await row(demoContext, 'foo', 'httpbin');
    await vscode.commands.executeCommand('istioMtls.scaffoldPolicy', node);
    someone.leave();
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.isUntitled, true);
    assert.match(document.getText(), /kind: PeerAuthentication/);
    assert.match(document.getText(), /mode: STRICT/);
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE · Istio default/);
  });
});
