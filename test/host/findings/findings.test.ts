import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate } from '../support/meshRows.ts';
import { closeManifests, eventually, openManifest } from '../yaml/openManifest.ts';

const policy = (name: string, comment = ''): string =>
  `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: ${name}${comment}
  namespace: findings
spec:
  mtls:
    mode: STRICT
`;

/** What is said of a file, in the words of the list of problems. */
function found(uri: vscode.Uri): readonly string[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source?.startsWith('istio-mtls') === true)
    .filter(({ severity }) => severity !== vscode.DiagnosticSeverity.Hint)
    .map(({ code, source = '', range, severity }) => {
      const value = typeof code === 'object' ? code.value : code;
      return `${vscode.DiagnosticSeverity[severity]} ${value ?? ''} line ${range.start.line + 1} (${source})`;
    });
}

function onlyFinding(uri: vscode.Uri): vscode.Diagnostic {
  const [only] = vscode.languages
    .getDiagnostics(uri)
    .filter(({ code }) => typeof code === 'object');
  assert.ok(only, 'there is a finding');
  return only;
}

describe('a finding in a manifest', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.disconnect');
  });

  afterEach(async () => {
    await vscode.workspace
      .getConfiguration('istioMtls')
      .update('findings.severity', undefined, vscode.ConfigurationTarget.Workspace);
    await closeManifests();
  });

  it('is told of where it stands, by what it was judged, with a page and the other object', async () => {
    const first = await openManifest(policy('a-first'));
    const second = await openManifest(policy('b-second'));
    const { uri } = second.document;
    await eventually(
      () => found(uri),
      (all) => all.join() === 'Error MTLS0110 line 4 (istio-mtls, by this workspace)',
    );
    const { code, relatedInformation } = onlyFinding(uri);
    assert.equal(
      typeof code === 'object' ? code.target.toString(true) : code,
      'command:istioMtls.showFinding?["MTLS0110"]',
    );
    const [related] = relatedInformation ?? [];
    assert.equal(related?.location.uri.toString(), first.document.uri.toString());
    assert.equal(related.location.range.start.line, 3);
    assert.deepEqual(found(first.document.uri), []);
  });

  it('fades a policy that has no effect', async () => {
    await openManifest(policy('a-first'));
    const { document } = await openManifest(policy('b-second'));
    const tags = await eventually(
      () => vscode.languages.getDiagnostics(document.uri).flatMap((one) => one.tags ?? []),
      (all) => all.length > 0,
    );
    assert.deepEqual([...tags], [vscode.DiagnosticTag.Unnecessary]);
  });

  it('is told of in a file that is not open, and goes when the file does', async () => {
    await openManifest(policy('a-first'));
    const { document } = await openManifest(policy('b-second'));
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    const isThere = (all: readonly string[]): boolean => all.length > 0;
    await eventually(() => found(document.uri), isThere);
    await vscode.workspace.fs.delete(document.uri);
    await eventually(
      () => found(document.uri),
      (all) => !isThere(all),
    );
    await vscode.workspace.fs.writeFile(document.uri, new Uint8Array());
  });

  it('is as grave as the setting says, and not told of where a comment says so', async () => {
    await openManifest(policy('a-first'));
    const graver = await openManifest(policy('b-second'));
    const silent = await openManifest(policy('c-third', ' # istio-mtls-ignore MTLS0110'));
    await vscode.workspace
      .getConfiguration('istioMtls')
      .update(
        'findings.severity',
        { MTLS0110: 'information' },
        vscode.ConfigurationTarget.Workspace,
      );
    await eventually(
      () => found(graver.document.uri),
      (all) => all.join() === 'Information MTLS0110 line 4 (istio-mtls, by this workspace)',
    );
    assert.deepEqual(found(silent.document.uri), []);
  });

  it('has a page that opens from its code', async () => {
    const page = await vscode.workspace.openTextDocument(
      vscode.Uri.from({ scheme: 'istio-mtls-finding', path: '/MTLS0110.md' }),
    );
    assert.match(page.getText(), /^# MTLS0110: two policies for one namespace/);
  });

  it('is mended by a fix that stands where it is underlined', async () => {
    const { document } = await openManifest(RULE_WITH_IDLE_FIELD);
    await eventually(
      () => found(document.uri),
      (all) => all.some((line) => line.includes('MTLS0210')),
    );
    const [finding] = vscode.languages
      .getDiagnostics(document.uri)
      .filter(({ code }) => typeof code === 'object' && code.value === 'MTLS0210');
    assert.ok(finding);
    const fixes = await actionsAt(document, finding.range, vscode.CodeActionKind.QuickFix);
    const fix = fixes.find(({ title }) => title.startsWith('Remove caCertificates'));
    assert.ok(fix, JSON.stringify(fixes));
    assert.ok(fix.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.ok(!document.getText().includes('caCertificates'));
    assert.ok(document.getText().includes('# for old clients'));
    await eventually(
      () => found(document.uri),
      (all) => !all.some((line) => line.includes('MTLS0210')),
    );
  });

  it('is mended with all others of its kind at once, where that changes nothing', async () => {
    const { document } = await openManifest(RULE_WITH_IDLE_FIELD);
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const [fix] = await actionsAt(document, whole, vscode.CodeActionKind.SourceFixAll);
    assert.equal(fix?.title, 'Fix all that changes nothing in the mesh');
    assert.ok(fix.edit);
    await vscode.workspace.applyEdit(fix.edit);
    assert.ok(!document.getText().includes('caCertificates'));
  });
});

const RULE_WITH_IDLE_FIELD = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: idle
  namespace: findings
spec:
  host: idle.example.com
  trafficPolicy:
    tls:
      mode: DISABLE # for old clients
      caCertificates: /etc/ca.pem
`;

async function actionsAt(
  { uri }: vscode.TextDocument,
  range: vscode.Range,
  kind: vscode.CodeActionKind,
): Promise<readonly vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    kind.value,
  );
}
