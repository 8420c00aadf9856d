import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, rowReads, demoContext } from '../support/meshRows.ts';
import {
  actionsAt,
  closeManifests,
  eventually,
  hoverText,
  openManifest,
  take,
} from './openManifest.ts';

const policy = (mode: string): string =>
  `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: default
  namespace: foo
spec:
  mtls:
    mode: ${mode}
`;

const workload = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    istio-injection: enabled
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
  namespace: shop
spec:
  selector:
    matchLabels:
      app: cart
  template:
    metadata:
      labels:
        app: cart
    spec:
      containers:
        - name: cart
          image: cart
          ports:
            - containerPort: 8080
`;

function problems(uri: vscode.Uri): readonly string[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === 'istio-mtls')
    .map(({ code, message }) => `${typeof code === 'object' ? code.value : '-'}: ${message}`);
}

describe('manifests without a cluster', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.disconnect');
  });

  afterEach(() => closeManifests());

  it('hover over a mode says what follows from it and from the other files of the workspace', async () => {
    const other = await openManifest(workload.replaceAll('shop', 'foo'));
    const manifest = await openManifest(policy('STR¦ICT'));
    const says = await eventually(
      () => hoverText(manifest),
      (text) => text.includes('Policies:'),
    );
    assert.match(says, /^STRICT: workloads of foo that have a proxy accept only mutual TLS/);
    assert.match(says, /PeerAuthentication foo\/default \(its namespace\) decides/);
    assert.match(says, /This workspace's manifests only; no cluster is connected\.$/);
    const cursor = other.document.positionAt(other.document.getText().indexOf('Deployment') + 2);
    // The other file is told of the new one by VS Code's file watcher, a moment later.
    await eventually(
      () => hoverText({ document: other.document, cursor }),
      (text) => /^STRICT: pods of cart accept only mutual TLS\./.test(text),
    );
  });

  it('hover follows text that is not saved', async () => {
    await openManifest(workload.replaceAll('shop', 'foo'));
    const manifest = await openManifest(policy('STR¦ICT'));
    const edit = new vscode.WorkspaceEdit();
    const whole = manifest.document.lineAt(manifest.cursor.line).range;
    edit.replace(manifest.document.uri, whole, '    mode: DISABLE');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.match(await hoverText(manifest), /^DISABLE: workloads of foo .* accept only plaintext/);
  });

  it('a file that is deleted counts no longer, though VS Code still holds its text', async () => {
    const other = await openManifest(workload.replaceAll('shop', 'foo'));
    const cursor = other.document.positionAt(other.document.getText().indexOf('Deployment') + 2);
    const manifest = await openManifest(policy('STR¦ICT'));
    await eventually(
      () => hoverText({ document: other.document, cursor }),
      (text) => text.startsWith('STRICT'),
    );
    await vscode.workspace.fs.delete(manifest.document.uri);
    await eventually(
      () => hoverText({ document: other.document, cursor }),
      (text) => text.startsWith('PERMISSIVE'),
    );
    await vscode.workspace.fs.writeFile(manifest.document.uri, new Uint8Array());
  });

  it('a scaffolded policy is appended to the file as it is', async () => {
    const manifest = await openManifest(workload.replace('kind: Dep', 'kind: De¦p'));
    const title = 'Require mutual TLS (STRICT) for shop/cart';
    const actions = await eventually(
      () => actionsAt(manifest, 'refactor.scaffold'),
      (found) => found.length > 0,
    );
    await take(actions, title);
    assert.equal(
      manifest.document.getText(),
      `${workload}---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: cart\n  namespace: shop\nspec:\n  selector:\n    matchLabels:\n      app: cart\n  mtls:\n    mode: STRICT\n`,
    );
    const again = await actionsAt(manifest, 'refactor.scaffold');
    assert.ok(!again.some((action) => action.title === title), 'it is not offered a second time');
  });

  it('a scaffolded policy comes into view, and one Undo takes it back', async () => {
    const long = `${workload}${'# what else is there\n'.repeat(200)}`;
    const manifest = await openManifest(long.replace('kind: Dep', 'kind: De¦p'));
    const actions = await eventually(
      () => actionsAt(manifest, 'refactor.scaffold'),
      (found) => found.length > 0,
    );
    await take(actions, 'Require mutual TLS (STRICT) for shop/cart');
    const { document } = manifest;
    const { line } = document.positionAt(document.getText().lastIndexOf('apiVersion:'));
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.selection.active.line, line);
    await eventually(
      () => editor.visibleRanges.map(({ start, end }) => [start.line, end.line]),
      (shown) => shown.some(([from = 0, to = 0]) => from <= line && line <= to),
    );
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), long);
  });

  it('the policy of another file is changed there', async () => {
    const other = await openManifest(policy('PERMISSIVE # for now').replace('foo', 'shop'));
    const manifest = await openManifest(workload.replace('kind: Dep', 'kind: De¦p'));
    const title = 'Require mutual TLS (STRICT) for namespace shop';
    const changes = await eventually(
      async () => {
        const actions = await actionsAt(manifest, 'refactor.scaffold');
        return actions.find((action) => action.title === title)?.edit?.entries() ?? [];
      },
      ([first]) => first?.[0].path === other.document.uri.path,
    );
    assert.deepEqual(
      changes.map(([, edits]) => edits.map(({ newText }) => newText)),
      [['STRICT']],
    );
    assert.equal(manifest.document.getText(), workload);
  });

  it('an unknown mode is reported where it stands and repaired by a quick fix', async () => {
    const manifest = await openManifest(policy('STRC¦T # soon'));
    const { uri } = manifest.document;
    const [found] = await eventually(
      () => problems(uri),
      (all) => all.length > 0,
    );
    assert.match(found ?? '', /^MTLS0101: "STRCT" is not a mode/);
    const fixes = await actionsAt(manifest, vscode.CodeActionKind.QuickFix.value);
    const fix = fixes.find(({ title }) => title === 'Change the mode to STRICT');
    assert.equal(fix?.isPreferred, true);
    await take(fixes, 'Change the mode to STRICT');
    assert.equal(manifest.document.getText(), policy('STRICT # soon'));
    await eventually(
      () => problems(uri),
      (all) => all.length === 0,
    );
  });

  it('broken YAML ends in one sentence, and nothing else happens', async () => {
    const manifest = await openManifest(policy('{ STR¦ICT'));
    const found = await eventually(
      () => problems(manifest.document.uri),
      (all) => all.length > 0,
    );
    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', /^MTLS0001: Istio mTLS cannot read this document: .*\.$/);
    assert.equal(await hoverText(manifest), '');
    assert.deepEqual(await actionsAt(manifest, 'refactor.scaffold'), []);
  });

  it('a Helm template is left alone', async () => {
    const manifest = await openManifest(policy('{{ .Values.mo¦de }}'));
    assert.equal(await hoverText(manifest), '');
    assert.deepEqual(await actionsAt(manifest, 'refactor.scaffold'), []);
    assert.deepEqual(problems(manifest.document.uri), []);
  });

  it('a snippet writes a whole policy', async () => {
    const manifest = await openManifest('¦');
    await vscode.commands.executeCommand('editor.action.insertSnippet', {
      langId: 'yaml',
      name: 'Istio: mutual TLS STRICT for a namespace',
    });
    assert.equal(
      await eventually(
        () => manifest.document.getText(),
        (text) => text !== '',
      ),
      policy('STRICT'),
    );
  });
});

describe('manifests on the demo mesh', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
  });

  afterEach(() => closeManifests());

  it('hover judges the file as if it were applied to the cluster, and names who would be refused', async () => {
    const service = `apiVersion: v1\nkind: Ser¦vice\nmetadata:\n  name: httpbin\n  namespace: foo\nspec:\n  selector:\n    app: httpbin\n  ports:\n    - name: http\n      port: 8000\n      targetPort: 8080\n`;
    const manifest = await openManifest(`${service}---\n${policy('STRICT')}`);
    const says = await eventually(
      () => hoverText(manifest),
      (text) => text.includes('with this file laid over it'),
    );
    assert.match(says, /^STRICT: the pods behind httpbin accept only mutual TLS\./);
    assert.match(says, /Clients with a proxy: mutual TLS \(\d+ workloads?\)\./);
    assert.match(says, /Clients without a proxy: refused \(.*legacy\/sleep/);
  });

  it('the cluster itself is left as it is', async () => {
    await openManifest(policy('STRICT'));
    await rowReads([demoContext, 'foo'], /^foo PERMISSIVE/);
  });

  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));
});
