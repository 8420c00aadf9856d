import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activate } from '../support/meshRows.ts';
import { closeManifests, eventually, hoverText, openManifest } from './openManifest.ts';

/** The language status items that there are, caught where the extension makes them. */
const items = new Set<vscode.LanguageStatusItem>();

const createItem = vscode.languages.createLanguageStatusItem.bind(vscode.languages);
Object.assign(vscode.languages, {
  createLanguageStatusItem: (id: string, selector: vscode.DocumentSelector) => {
    const item = createItem(id, selector);
    const dispose = item.dispose.bind(item);
    items.add(item);
    item.dispose = () => {
      items.delete(item);
      dispose();
    };
    return item;
  },
});

/** What the language status warns of about a document. */
function statusOf(document: vscode.TextDocument): readonly string[] {
  return [...items]
    .filter(({ selector }) => vscode.languages.match(selector, document) > 0)
    .map(({ text, detail = '' }) => `${text}: ${detail}`)
    .filter((words) => words.startsWith('$(warning)'));
}

const policy = `apiVersion: security.istio.io/v1
kind: Peer¦Authentication
metadata: { name: default, namespace: foo }
`;

describe('a manifest that is too large to be read', () => {
  before(async () => {
    await activate();
    await vscode.commands.executeCommand('istioMtls.disconnect');
  });
  afterEach(() => closeManifests());

  it('says so in its language status, and nothing is said about any other', async () => {
    const small = await openManifest(policy);
    const large = await openManifest(`${policy}${'# a line\n'.repeat(20_000)}`);
    const says = await eventually(
      () => statusOf(large.document),
      (found) => found.length > 0,
    );
    assert.deepEqual(
      [...says],
      [
        '$(warning) Istio mTLS does not read all of this file: The file has more than 409,600 characters or 10,000 lines, or a document of it is too large.',
      ],
    );
    assert.deepEqual([...statusOf(small.document)], []);
    assert.equal(await hoverText(large), '');
  });

  it('says it no longer when it has been cut', async () => {
    const { document } = await openManifest(`${policy}${'# a line\n'.repeat(20_000)}`);
    await eventually(
      () => statusOf(document),
      (found) => found.length > 0,
    );
    const edit = new vscode.WorkspaceEdit();
    edit.delete(document.uri, new vscode.Range(10, 0, 20_000, 0));
    assert.ok(await vscode.workspace.applyEdit(edit));
    await eventually(
      () => statusOf(document),
      (found) => found.length === 0,
    );
  });
});
