import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ClusterNeed } from '../../../src/surfaces/session/clusterNeed.ts';
import { followVisibleManifests } from '../../../src/surfaces/session/visibleManifests.ts';
import { eventually } from './openManifest.ts';

async function show(language: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language, content: 'kind: Pod\n' });
  await vscode.window.showTextDocument(document);
}

describe('the need of clusters that visible manifests make', () => {
  let need: ClusterNeed;
  let following: { dispose(): void };

  beforeEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    need = new ClusterNeed(50);
    following = followVisibleManifests(need);
  });
  afterEach(async () => {
    following.dispose();
    need.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is there while a YAML editor is visible, and ends when another file covers it', async () => {
    assert.equal(need.isThere, false);
    await show('yaml');
    await eventually(() => need.isThere, Boolean);
    await show('plaintext');
    await eventually(() => !need.isThere, Boolean);
  });

  it('begins when a visible file becomes YAML', async () => {
    await show('plaintext');
    assert.equal(need.isThere, false);
    const { document } = vscode.window.activeTextEditor ?? assert.fail('no editor is shown');
    await vscode.languages.setTextDocumentLanguage(document, 'yaml');
    await eventually(() => need.isThere, Boolean);
  });
});
