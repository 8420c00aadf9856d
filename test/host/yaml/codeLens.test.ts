import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { schemes } from '../../../src/contributions.ts';
import { activate, demoContext, rowReads } from '../support/meshRows.ts';
import { set } from '../support/settings.ts';
import { person } from '../support/person.ts';
import { closeManifests, eventually, openManifest } from './openManifest.ts';

const policy = (mode: string): string => `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: lens
  namespace: foo
spec:
  selector:
    matchLabels:
      app: httpbin
  mtls:
    mode: ${mode}
`;

async function lenses(document: vscode.TextDocument): Promise<readonly vscode.CodeLens[]> {
  return vscode.commands.executeCommand<readonly vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    20,
  );
}

async function titles(document: vscode.TextDocument): Promise<readonly string[]> {
  return (await lenses(document)).map(({ command }) => command?.title ?? '');
}

/** Clicks the lens whose title matches. */
async function click(document: vscode.TextDocument, title: RegExp): Promise<void> {
  const found = (await lenses(document)).find(({ command }) => title.test(command?.title ?? ''));
  assert.ok(found?.command, `${title} among ${(await titles(document)).join(' | ')}`);
  const { command, arguments: values } = found.command;
  await vscode.commands.executeCommand(command, ...((values ?? []) as unknown[]));
}

describe('lenses above manifests', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));
  afterEach(() => closeManifests());

  it('stand above the kind of a policy and say what it does and would change', async () => {
    const { document } = await openManifest(policy('STRICT'));
    const found = await eventually(
      () => titles(document),
      (all) => all.includes('Apply…'),
    );
    assert.match(found.join('\n'), /^STRICT on 1 workload$/m);
    assert.match(
      found.join('\n'),
      /^Not in the cluster: \d+ connections? would be refused · Show$/m,
    );
    for (const { range } of await lenses(document)) assert.equal(range.start.line, 1);
  });

  it('show everything that applying the text would do, as the confirmation does', async () => {
    const { document } = await openManifest(policy('STRICT'));
    await eventually(
      () => titles(document),
      (all) => all.includes('Apply…'),
    );
    await click(document, /Show$/);
    const shown = vscode.workspace.textDocuments
      .filter(({ uri }) => uri.scheme === schemes.impact)
      .map((opened) => opened.getText())
      .find((text) => /^# If PeerAuthentication foo\/lens were applied$/m.test(text));
    assert.match(shown ?? '', /## Refused/);
    assert.match(shown ?? '', /Creates PeerAuthentication foo\/lens/);
  });

  it('apply the text by the one way to write, and say then that the cluster has it', async () => {
    const { document } = await openManifest(policy('PERMISSIVE'));
    await eventually(
      () => titles(document),
      (all) => all.includes('Apply…'),
    );
    const someone = person('Apply');
    await click(document, /^Apply…$/);
    someone.leave();
    await eventually(
      () => titles(document),
      (all) => all.includes('As in the cluster'),
    );
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, document.lineAt(10).range, '    mode: STRICT');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await eventually(
      () => titles(document),
      (all) => all.includes('Diff with Cluster (spec.mtls.mode)'),
    );
    await click(document, /^Diff with Cluster/);
    const [left, right] = vscode.workspace.textDocuments
      .filter(({ uri }) => uri.scheme === schemes.change)
      .map((one) => one.getText());
    assert.match(`${left ?? ''}\n${right ?? ''}`, /mode: PERMISSIVE/);
    assert.match(`${left ?? ''}\n${right ?? ''}`, /mode: STRICT/);
  });

  it('are gone when the setting says so', async () => {
    await set('istioMtls.codeLens', false);
    const { document } = await openManifest(policy('STRICT'));
    assert.deepEqual(await lenses(document), []);
    await set('istioMtls.codeLens', undefined);
  });
});
