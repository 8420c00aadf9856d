import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { schemes } from '../../../src/contributions.ts';
import { activate, demoContext, rowReads } from '../support/meshRows.ts';
import { set } from '../support/settings.ts';
import { closeManifests, eventually, openManifest, type OpenManifest } from './openManifest.ts';

const policy = (spec: string): string =>
  `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: writing\n  namespace: foo\nspec:\n${spec}`;
const selecting = '  selector:\n    matchLabels:\n      app: httpbin\n';

/** The labels of what is completed at the cursor. */
async function completions({ document, cursor }: OpenManifest): Promise<readonly string[]> {
  const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    cursor,
  );
  // VS Code lists snippets among them.
  const own = items.filter(({ kind }) => kind !== vscode.CompletionItemKind.Snippet);
  return own.map(({ label }) =>
    typeof label === 'string' ? label : `${label.label} (${label.description ?? ''})`,
  );
}

async function hints(document: vscode.TextDocument): Promise<readonly string[]> {
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  const found = await vscode.commands.executeCommand<readonly vscode.InlayHint[]>(
    'vscode.executeInlayHintProvider',
    document.uri,
    all,
  );
  return found.map(
    ({ position, label }) => `${position.line}: ${typeof label === 'string' ? label : '?'}`,
  );
}

async function places(command: string, at: OpenManifest): Promise<readonly vscode.Uri[]> {
  const found = await vscode.commands.executeCommand<
    readonly (vscode.Location | vscode.LocationLink)[]
  >(command, at.document.uri, at.cursor);
  return found.map((one) => ('uri' in one ? one.uri : one.targetUri));
}

describe('writing a manifest', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });
  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));
  afterEach(() => closeManifests());

  it('is helped by labels of running workloads, with how many each selects', async () => {
    const manifest = await openManifest(policy('  selector:\n    matchLabels:\n      app: ¦'));
    const found = await eventually(
      () => completions(manifest),
      (all) => all.length > 0,
    );
    assert.ok(found.includes('httpbin (selects 1 workload)'), found.join(', '));
  });

  it('is helped by the modes, each once', async () => {
    const found = await completions(await openManifest(policy('  mtls:\n    mode: ¦')));
    const strict = found.filter((label) => label.startsWith('STRICT'));
    assert.deepEqual(strict, ['STRICT (accept only mutual TLS)']);
  });

  it('is helped by the container ports of the selected workload alone', async () => {
    const manifest = await openManifest(policy(`${selecting}  portLevelMtls:\n    ¦`));
    const found = await eventually(
      () => completions(manifest),
      (all) => all.length > 0,
    );
    assert.equal(found.length, 1, found.join(', '));
    assert.match(found[0] ?? '', /^\d+ \(container port of 1 workload.*called as httpbin:8000\)$/);
  });

  it('shows how many pods a selector matches, and not when the setting says so', async () => {
    const { document } = await openManifest(policy(selecting));
    const found = await eventually(
      () => hints(document),
      (all) => all.length > 0,
    );
    assert.deepEqual(found, ['7: matches 1 pod']);
    await set('istioMtls.inlayHints.selectedPods', false);
    assert.deepEqual(await hints(document), []);
    await set('istioMtls.inlayHints.selectedPods', undefined);
  });

  it('leads from a selector to the workload, as the cluster has it', async () => {
    const manifest = await openManifest(policy(selecting.replace('httpbin', 'http¦bin')));
    const found = await eventually(
      () => places('vscode.executeDefinitionProvider', manifest),
      (all) => all.length > 0,
    );
    const [uri] = found;
    assert.ok(uri);
    assert.equal(uri.scheme, schemes.manifest);
    assert.equal(uri.path, '/foo/Deployment/httpbin.yaml');
    const opened = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(opened);
    await eventually(
      () => opened.getText(),
      (text) => text.includes('kind: Deployment'),
    );
  });

  it('leads from a policy to the file that declares the workload, where there is one', async () => {
    const text = `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: httpbin\n  namespace: foo\nspec:\n  selector:\n    matchLabels: {app: httpbin}\n  template:\n    metadata:\n      labels: {app: httpbin}\n    spec:\n      containers:\n        - name: httpbin\n          image: httpbin\n`;
    const declared = await openManifest(text);
    const manifest = await openManifest(policy(selecting).replace('kind: Peer', 'kind: Pe¦er'));
    await eventually(
      () => places('vscode.executeReferenceProvider', manifest),
      (all) => all.some((uri) => uri.toString() === declared.document.uri.toString()),
    );
  });
});
