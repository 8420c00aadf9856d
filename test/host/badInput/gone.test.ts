import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { CommandId } from '../../../src/contributions.ts';
import type { TreeNode } from '../../../src/surfaces/nodes/treeNode.ts';
import { activate, demoContext, row, rowReads } from '../support/meshRows.ts';
import { connectToOwnDemo, type OwnDemo } from '../support/ownDemo.ts';
import { answering } from '../support/person.ts';

/** Filled in when the mesh is open. */
const context = '';
const workload = { kind: 'Deployment', namespace: 'foo', name: 'gone' } as const;
const goneWorkload: TreeNode = { kind: 'workload', context, workload };
const goneNamespace: TreeNode = { kind: 'namespace', context, namespace: 'gone' };
const gonePolicy: TreeNode = {
  kind: 'policy',
  context,
  policy: { kind: 'PeerAuthentication', namespace: 'foo', name: 'gone' },
  under: { kind: 'namespace', context, namespace: 'foo' },
};

const workloadIsGone = /^foo\/gone(, port 80)? is not there any more\.$/;
const namespaceIsGone = /^Namespace gone is not there any more\.$/;

const rows: readonly {
  readonly command: CommandId;
  readonly node: TreeNode;
  readonly says: RegExp;
}[] = [
  { command: 'istioMtls.enforceStrict', node: goneWorkload, says: workloadIsGone },
  {
    command: 'istioMtls.enforceStrict',
    node: { ...goneWorkload, kind: 'port', port: 80 },
    says: workloadIsGone,
  },
  { command: 'istioMtls.enforceStrict', node: goneNamespace, says: namespaceIsGone },
  { command: 'istioMtls.inheritMode', node: goneNamespace, says: namespaceIsGone },
  { command: 'istioMtls.enforceStrictWithExceptions', node: goneNamespace, says: namespaceIsGone },
  { command: 'istioMtls.bringIntoMesh', node: goneWorkload, says: workloadIsGone },
  { command: 'istioMtls.bringIntoMesh', node: goneNamespace, says: namespaceIsGone },
  { command: 'istioMtls.scaffoldPolicy', node: goneWorkload, says: workloadIsGone },
  {
    command: 'istioMtls.probeFrom',
    node: goneWorkload,
    says: /^foo\/gone has no running pod to probe from\.$/,
  },
  { command: 'istioMtls.probeTo', node: goneWorkload, says: workloadIsGone },
];

async function inOpenMesh(node: TreeNode): Promise<TreeNode> {
  const mesh = await row(demoContext);
  return { ...node, context: mesh.node.context };
}

describe('a row of something that is gone ends in one sentence', () => {
  let own: OwnDemo;

  before(async () => {
    await activate();
    own = await connectToOwnDemo();
  });
  after(() => own.dispose());

  for (const { command, node, says } of rows) {
    it(`${command} on a ${node.kind}`, async () => {
      const someone = answering(({ kind, choices }) => (kind === 'pick' ? choices[0] : undefined));
      await vscode.commands.executeCommand(command, await inOpenMesh(node));
      someone.leave();
      assert.match(someone.last('error').text, says);
      assert.equal(someone.shown.at(-1)?.kind, 'error');
    });
  }

  for (const node of [goneWorkload, gonePolicy]) {
    it(`istioMtls.openManifest on a ${node.kind}, in the editor that it opens`, async () => {
      await vscode.commands.executeCommand('istioMtls.openManifest', await inOpenMesh(node));
      assert.match(
        vscode.window.activeTextEditor?.document.getText() ?? '',
        /^# (Deployment|PeerAuthentication) gone does not exist any more\.\n$/,
      );
    });
  }

  it('the policy that is to be changed, deleted while the confirmation is open', async () => {
    const { node } = await row(demoContext, 'foo');
    const before = answering(({ kind, choices }) =>
      kind === 'warning' ? choices.at(-1) : undefined,
    );
    await vscode.commands.executeCommand('istioMtls.enforcePermissive', node);
    before.leave();
    await rowReads([demoContext, 'foo'], /^foo PERMISSIVE · set here/);
    const someone = answering(() => undefined);
    const showWarningMessage = async (): Promise<string> => {
      await own.other.delete('foo', 'default');
      return 'Enforce STRICT';
    };
    Object.assign(vscode.window, { showWarningMessage });
    await vscode.commands.executeCommand('istioMtls.enforceStrict', node);
    someone.leave();
    assert.match(someone.last('error').text, /^PeerAuthentication foo\/default .*\.$/);
    await rowReads([demoContext, 'foo'], /^foo PERMISSIVE · Istio default/);
  });
});
