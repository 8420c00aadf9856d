import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate, row, rowReads, demoContext } from '../support/meshRows.ts';
import { connectToOwnDemo } from '../support/ownDemo.ts';
import type { OwnDemo } from '../support/ownDemo.ts';
import { answering, person } from '../support/person.ts';
import type { Person } from '../support/person.ts';
import { closeManifests, openManifest } from '../yaml/openManifest.ts';

const theirs = (namespace: string): string => `# reviewed by the platform team
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: theirs${namespace}
spec:
  mtls:
    mode: PERMISSIVE # until all clients are in the mesh
`;

describe('a cluster that others write to as well, reached through a kubeconfig', () => {
  let demo: OwnDemo;

  before(async () => {
    await activate();
    demo = await connectToOwnDemo();
  });
  after(() => demo.dispose());
  afterEach(closeManifests);

  const enforceFoo = async (someone: Person): Promise<void> => {
    const { node } = await row(demoContext, 'foo');
    await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
    someone.leave();
  };

  it('shows within a second what anybody writes', async () => {
    await demo.other.apply('foo', 'theirs', 'STRICT');
    await rowReads([demoContext, 'foo'], /^foo STRICT · set here/, 1000);
    await demo.other.delete('foo', 'theirs');
    await rowReads([demoContext, 'foo'], /^foo PERMISSIVE · Istio default/, 1000);
  });

  describe('does not take over what somebody else keeps: it names the owner, and', () => {
    before(async () => {
      await demo.other.apply('foo', 'theirs', 'PERMISSIVE');
      await rowReads([demoContext, 'foo'], /^foo PERMISSIVE · set here/);
    });
    after(() => demo.other.delete('foo', 'theirs'));
    afterEach(() => rowReads([demoContext, 'foo'], /^foo PERMISSIVE · set here/));

    const changed = theirs('\n  namespace: foo').replace('PERMISSIVE', 'STRICT');

    it('makes the change in the file that declares it, unsaved and undoable', async () => {
      const { document } = await openManifest(theirs('\n  namespace: foo'));
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      const someone = person('Edit Manifest');
      await enforceFoo(someone);
      assert.match(
        someone.last('error').text,
        /^PeerAuthentication foo\/theirs is owned by "kubectl" \(spec\.mtls\.mode\), so nothing was written/,
      );
      const editor = vscode.window.activeTextEditor;
      assert.equal(editor?.document.uri.toString(), document.uri.toString());
      assert.equal(editor.document.getText(), changed);
      assert.ok(editor.document.isDirty);
      assert.equal(editor.document.getText(editor.selection), 'STRICT');
      const file = vscode.workspace.asRelativePath(document.uri);
      assert.equal(
        someone.last('information').text,
        `${file} says spec.mtls.mode: STRICT now. It is not saved. Apply it with kubectl apply -f.`,
      );
      await vscode.commands.executeCommand('undo');
      assert.equal(editor.document.getText(), theirs('\n  namespace: foo'));
    });

    it('says that a file which has the mode already was not applied', async () => {
      const { document } = await openManifest(changed);
      const someone = person('Edit Manifest');
      await enforceFoo(someone);
      assert.equal(document.isDirty, false);
      assert.match(
        someone.last('information').text,
        /says spec\.mtls\.mode: STRICT already; it has not been applied\./,
      );
    });

    it('asks before it takes a file that names no namespace', async () => {
      const { document } = await openManifest(theirs(''));
      const file = vscode.workspace.asRelativePath(document.uri);
      const someone = person('Edit Manifest', file);
      await enforceFoo(someone);
      const { text, choices } = someone.last('pick');
      assert.equal(text, 'Which file keeps PeerAuthentication foo/theirs?');
      assert.deepEqual(choices, [file, 'New Document']);
      assert.equal(document.getText(), theirs('').replace('PERMISSIVE', 'STRICT'));
    });

    it('opens the whole object with the change in a new document where no file declares it', async () => {
      await enforceFoo(person('Edit Manifest'));
      const document = vscode.window.activeTextEditor?.document;
      assert.ok(document?.isUntitled);
      assert.equal(
        document.getText(),
        `# PeerAuthentication foo/theirs is owned by "kubectl", so it was not written.
# No file of the workspace declares it. This is the object with the change: spec.mtls.mode: STRICT.
# Apply it with kubectl apply -f.
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: theirs
  namespace: foo
spec:
  mtls:
    mode: STRICT
`,
      );
    });

    it('says before it deletes what was applied from a file that it may come back', async () => {
      const someone = answering(() => undefined);
      const { node } = await row(demoContext, 'foo');
      await vscode.commands.executeCommand('istioMtls.inheritMode', node);
      someone.leave();
      assert.match(
        someone.last('warning').detail,
        /⚠ PeerAuthentication foo\/theirs was applied from a file with kubectl/,
      );
    });
  });

  it('does not undo a change that somebody else has changed since, and shows all three states', async () => {
    const someone = person('Enforce STRICT');
    await vscode.commands.executeCommand(
      'istioMtls.enforceStrict',
      (await row(demoContext, 'bar')).node,
    );
    someone.leave();
    await rowReads([demoContext, 'bar'], /^bar STRICT/);
    await demo.other.apply('bar', 'default', 'DISABLE');
    await rowReads([demoContext, 'bar'], /^bar DISABLE/);
    const undoing = answering(({ kind, choices }) => {
      if (kind === 'warning') return 'Undo';
      return kind === 'pick' ? choices[0] : undefined;
    });
    await vscode.commands.executeCommand('istioMtls.undo');
    undoing.leave();
    assert.match(undoing.last('error').text, /bar\/default was changed by someone since/);
    await rowReads([demoContext, 'bar'], /^bar DISABLE/);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    assert.ok(
      tabs.some(({ label }) => label.startsWith('Not undone: PeerAuthentication bar/default')),
    );
    assert.deepEqual(comparedModes(), [
      ['default (changed since, live).yaml', 'STRICT', 'DISABLE'],
      ['default (written by Istio mTLS).yaml', undefined, 'STRICT'],
    ]);
  });
});

/** What is compared: the name of each comparison, and the modes on its left and on its right. */
function comparedModes(): readonly (readonly (string | undefined)[])[] {
  const documents = vscode.workspace.textDocuments
    .filter(({ uri }) => uri.scheme === 'istio-mtls-change')
    .toSorted((left, right) => Number(left.uri.query) - Number(right.uri.query));
  const names = [...new Set(documents.map(({ uri }) => uri.path.split('/').at(-1) ?? ''))];
  return names.toSorted().map((name) => {
    const sides = documents.filter(({ uri }) => uri.path.endsWith(`/${name}`));
    return [name, ...sides.map((side) => /mode: (\w+)/.exec(side.getText())?.[1])];
  });
}
