import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { schemes } from '../../../src/contributions.ts';
import { activate, demoContext, row, rowReads } from '../support/meshRows.ts';
import { person } from '../support/person.ts';
import { closeManifests, eventually, hoverText, openManifest } from './openManifest.ts';

const manifests = `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: mine
  namespace: foo
spec:
  selector:
    matchLabels:
      app: httpbin
  mtls:
    mode: UNSET
  portLevelMtls:
    8080:
      mode: PERMISSIVE
---
apiVersion: v1
kind: Namespace
metadata:
  name: foo
---
apiVersion: v1
kind: Service
metadata:
  name: httpbin
  namespace: foo
spec:
  selector:
    app: httpbin
  ports:
    - name: http
      port: 8000
      targetPort: 8080
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: httpbin
  namespace: foo
spec:
  selector:
    matchLabels:
      app: httpbin
  template:
    metadata:
      labels:
        app: httpbin
    spec:
      containers:
        - name: httpbin
          ports:
            - containerPort: 8080
`;

/** The addresses of the commands that hovers anywhere in the document link to, each once. */
async function commandLinks(document: vscode.TextDocument): Promise<readonly string[]> {
  const found = new Set<string>();
  for (let line = 0; line < document.lineCount; line += 1) {
    const cursor = new vscode.Position(line, Math.max(0, document.lineAt(line).text.length - 1));
    const text = await hoverText({ document, cursor });
    for (const [, address = ''] of text.matchAll(/\]\(command:([^)]*)\)/g)) found.add(address);
  }
  return [...found];
}

/** Runs a link as VS Code does when it is clicked. */
async function click(address: string): Promise<void> {
  const { path, query } = vscode.Uri.parse(`command:${address}`);
  const values = JSON.parse(query) as readonly unknown[];
  await vscode.commands.executeCommand(path, ...values);
}

describe('links in hovers over manifests', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.startDemo');
    await rowReads([demoContext, 'foo', 'httpbin'], /PERMISSIVE|STRICT/);
    const someone = person('Enforce STRICT');
    const { node } = await row(demoContext, 'foo');
    await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
    someone.leave();
    await rowReads([demoContext, 'foo', 'httpbin'], /STRICT/);
  });
  after(() => vscode.commands.executeCommand('istioMtls.disconnect'));
  afterEach(() => closeManifests());

  it('each open the object that the hover names, as the cluster has it', async () => {
    const { document } = await openManifest(manifests.replace('kind: Dep', 'kind: De¦p'));
    const links = await eventually(
      () => commandLinks(document),
      (found) => found.length > 0,
    );
    for (const link of links) {
      await vscode.window.showTextDocument(document);
      await click(link);
      const opened = vscode.window.activeTextEditor?.document;
      assert.equal(opened?.uri.scheme, schemes.manifest, link);
      assert.match(opened.uri.path, /^\/foo\/PeerAuthentication\/default\.yaml$/);
      assert.match(opened.getText(), /mode: STRICT/);
    }
  });
});
