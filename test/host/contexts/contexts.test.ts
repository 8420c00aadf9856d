import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, rootsAre, row, rowReads, rows, viewMessage } from '../support/meshRows.ts';
import { answering, person } from '../support/person.ts';
import { set } from '../support/settings.ts';
import { startTwoClusters } from '../support/twoClusters.ts';
import type { TwoClusters } from '../support/twoClusters.ts';

describe('two contexts side by side', () => {
  let two: TwoClusters;

  before(async () => {
    await activate();
    two = await startTwoClusters();
    await set('istioMtls.kubeconfig', two.file);
    await vscode.commands.executeCommand('istioMtls.reconnect');
    await rowReads(['north', 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
  after(async () => {
    await vscode.commands.executeCommand('istioMtls.disconnect');
    await set('istioMtls.kubeconfig', undefined);
    await two.dispose();
  });

  it('opens the second beside the first, which stays as it is', async () => {
    const someone = person('south');
    await vscode.commands.executeCommand('istioMtls.openContext');
    someone.leave();
    await rootsAre(['north', 'south']);
    await rowReads(['south', 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
    await rowReads(['north', 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });

  it('offers only contexts that are not open yet, and the demo mesh', async () => {
    const someone = answering(() => undefined);
    await vscode.commands.executeCommand('istioMtls.openContext');
    someone.leave();
    assert.deepEqual(someone.last('pick').choices, ['$(beaker) Demo mesh']);
  });

  it('says which of them manifests are about, and lets the person choose the other', async () => {
    await rowReads(['south'], /^south PERMISSIVE · Istio default · used for manifests$/);
    await vscode.commands.executeCommand('istioMtls.useContext', (await row('north')).node);
    await rowReads(['north'], /used for manifests$/);
    await rowReads(['south'], /^south PERMISSIVE · Istio default$/);
  });

  it('writes to the cluster of the row, names it before, and leaves the other alone', async () => {
    const someone = person('Enforce STRICT');
    const { node } = await row('south', 'foo');
    await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
    someone.leave();
    assert.match(someone.last('warning').detail, /^Context south, https:\/\/127\.0\.0\.1:\d+/);
    await rowReads(['south', 'foo'], /^foo STRICT · set here/);
    assert.match((await row('north', 'foo')).text, /^foo PERMISSIVE · Istio default/);
  });

  it('undoes on the cluster that was written to, whichever is the active one', async () => {
    const someone = answering(({ kind, choices }) => {
      if (kind === 'warning') return 'Undo';
      return kind === 'pick' ? choices[0] : undefined;
    });
    await vscode.commands.executeCommand('istioMtls.undo');
    someone.leave();
    const { detail } = someone.last('warning');
    assert.match(detail, /^Context south, /);
    assert.match(detail, /STRICT → PERMISSIVE/);
    assert.match(detail, /^Deletes PeerAuthentication foo\/default\.$/m);
    assert.match(someone.last('information').text, /^Undone: PeerAuthentication foo\/default/);
    await rowReads(['south', 'foo'], /^foo PERMISSIVE · Istio default/);
  });

  it('shows manifests of both, each from its own cluster', async () => {
    for (const context of ['north', 'south']) {
      const { node } = await row(context, 'foo', 'httpbin');
      await vscode.commands.executeCommand('istioMtls.openManifest', node);
      const { document } = vscode.window.activeTextEditor ?? {};
      assert.equal(document?.uri.query, `kubeconfig:${context}`);
      assert.match(document.getText(), /name: httpbin/);
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('filters the namespaces of both, says so above them, and shows all again', async () => {
    const someone = person('with workloads outside the mesh');
    await vscode.commands.executeCommand('istioMtls.filterNamespaces');
    someone.leave();
    for (const context of ['north', 'south']) {
      const names = (await rows(context)).map(({ label }) => label);
      assert.ok(names.includes('legacy') && !names.includes('foo'), names.join(', '));
    }
    assert.match(viewMessage(), /^\d+ of \d+ namespaces: with workloads outside the mesh\.$/);
    await vscode.commands.executeCommand('istioMtls.clearFilter');
    assert.equal(viewMessage(), '');
    await row('north', 'foo');
  });

  it('closes one of them and keeps the other connected', async () => {
    await vscode.commands.executeCommand('istioMtls.closeContext', (await row('south')).node);
    await rootsAre(['north']);
    await rowReads(['north'], /^north PERMISSIVE · Istio default$/);
  });
});

describe('a context that another program switches to', () => {
  let two: TwoClusters;

  before(async () => {
    await activate();
    two = await startTwoClusters();
    await set('istioMtls.kubeconfig', two.file);
    await vscode.commands.executeCommand('istioMtls.reconnect');
    await rowReads(['north', 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
  after(async () => {
    await vscode.commands.executeCommand('istioMtls.disconnect');
    await set('istioMtls.followCurrentContext', undefined);
    await set('istioMtls.kubeconfig', undefined);
    await two.dispose();
  });

  it('is offered in a row, without a notification, while the view stays where it is', async () => {
    const someone = answering(() => undefined);
    two.useContext('south');
    await rootsAre(['Switch to south', 'north']);
    someone.leave();
    assert.deepEqual(someone.shown, []);
  });

  it('is offered no longer once the person keeps the open one', async () => {
    await vscode.commands.executeCommand('istioMtls.keepContext');
    await rootsAre(['north']);
  });

  it('is offered no longer once that program switches back', async () => {
    two.useContext('north');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    two.useContext('south');
    await rootsAre(['Switch to south', 'north']);
    two.useContext('north');
    await rootsAre(['north']);
  });

  it('is opened by a click on the row', async () => {
    two.useContext('south');
    await rootsAre(['Switch to south', 'north']);
    const [offer] = await rows();
    assert.equal(offer?.item.command?.command, 'istioMtls.switchContext');
    await vscode.commands.executeCommand('istioMtls.switchContext');
    await rootsAre(['south']);
    await rowReads(['south', 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });

  it('is followed where the person has chosen so', async () => {
    await set('istioMtls.followCurrentContext', 'follow');
    two.useContext('north');
    await rootsAre(['north']);
    await rowReads(['north', 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
});
