import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const id = 'istio-mtls.istio-mtls';

describe('activation', () => {
  it('happens when a YAML document is opened', async () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} is not known to VS Code`);
    const document = await vscode.workspace.openTextDocument({
      language: 'yaml',
      content: 'a: 1\n',
    });
    await vscode.window.showTextDocument(document);
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('registers every command that the manifest declares', async () => {
    const extension = vscode.extensions.getExtension(id);
    const manifest = extension?.packageJSON as {
      readonly contributes: { readonly commands: readonly { readonly command: string }[] };
    };
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = manifest.contributes.commands
      .map(({ command }) => command)
      .filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });
});
