import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, row, rowReads, rows, demoContext } from '../support/meshRows.ts';
import { person } from '../support/person.ts';

describe('T3 Hipster Shop: the ports of frontend follow its namespace', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'hipster-shop', 'frontend'], /PERMISSIVE|STRICT/);
  });

  async function portsOfFrontend(): Promise<readonly string[]> {
    const below = await rows(demoContext, 'hipster-shop', 'frontend');
    return below.filter(({ node }) => node.kind === 'port').map(({ text }) => text);
  }

  for (const [command, button, mode] of [
    ['istioMtls.enforceStrict', 'Enforce STRICT', 'STRICT'],
    ['istioMtls.enforcePermissive', 'Set PERMISSIVE', 'PERMISSIVE'],
  ] as const) {
    it(`to ${mode}`, async () => {
      const someone = person(button);
      const { node } = await row(demoContext, 'hipster-shop');
      await vscode.commands.executeCommand(command, node);
      someone.leave();
      await rowReads(
        [demoContext, 'hipster-shop'],
        new RegExp(`^hipster-shop ${mode} · set here$`),
      );
      const ports = await portsOfFrontend();
      assert.ok(ports.length > 0);
      for (const port of ports) assert.match(port, new RegExp(`${mode} · from namespace$`));
    });
  }

  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));
});
