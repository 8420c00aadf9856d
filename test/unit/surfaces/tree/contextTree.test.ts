import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import { ContextTree } from '../../../../src/surfaces/tree/contextTree.ts';
import type { ContextInput } from '../../../../src/surfaces/tree/contextTree.ts';
import { treeInput } from '../../../../src/surfaces/tree/treeInput.ts';
import type { ContextState, SessionState } from '../../../../src/surfaces/tree/treeInput.ts';
import { nodeId } from '../../../../src/surfaces/nodes/treeNode.ts';
import { policy, tutorialMesh, withPolicies } from './tutorialMesh.ts';

const mesh = tutorialMesh();
const strict = withPolicies(mesh, policy('foo/default', '{ mtls: { mode: STRICT } }'));

function shows(context: string, of = mesh): ContextInput {
  return { context, role: 'only', kind: 'mesh', mesh: of };
}

/** The tree of a context as VS Code has it after the person expanded everything. */
function expanded(context: string): ContextTree {
  const tree = new ContextTree(shows(context), undefined);
  const expand = (node: typeof tree.root | ReturnType<ContextTree['children']>[number]): void => {
    tree.row(node);
    for (const child of tree.children(node)) expand(child);
  };
  expand(tree.root);
  return tree;
}

describe('the tree of an open context', () => {
  it('says in place of a mesh why there is none, and keeps its root row when the mesh comes', () => {
    const notice = { kind: 'failed', cause: 'Nobody is there.' } as const;
    const tree = new ContextTree(
      { context: 'prod', role: 'only', kind: 'notice', notice },
      undefined,
    );
    const { root } = tree;
    assert.equal(tree.row(root).description, 'not connected');
    assert.ok(tree.row(root).actions.includes('reconnect'));
    const [why] = tree.children(root);
    assert.ok(why);
    const { label, description, click } = tree.row(why);
    assert.deepEqual([label, description, click], ['Try again', 'Nobody is there.', 'reconnect']);
    assert.equal(tree.tooltip(why)?.heading, 'Nobody is there.');
    assert.deepEqual(tree.show(shows('prod')), [root]);
    assert.equal(tree.root, root);
    assert.equal(tree.row(root).label, 'prod');
  });

  it('lets the person name namespaces where none may be listed', () => {
    const notices = [
      { kind: 'failed', cause: 'Nobody is there.' },
      { kind: 'failed', cause: 'It is forbidden.', forbidden: true },
    ] as const;
    const [unreachable, forbidden] = notices.map((notice) => {
      const tree = new ContextTree(
        { context: 'prod', role: 'only', kind: 'notice', notice },
        undefined,
      );
      return tree.children(tree.root).map((row) => tree.row(row).click);
    });
    assert.deepEqual(unreachable, ['reconnect']);
    assert.deepEqual(forbidden, ['reconnect', 'name-namespaces']);
    const missing = [{ kind: 'Namespace', namespace: '', why: 'forbidden' }] as const;
    const tree = new ContextTree(shows('prod', updateMesh(mesh, { missing })), undefined);
    const clicks = tree.children(tree.root).map((row) => tree.row(row).click);
    assert.deepEqual(clicks.slice(0, 2), ['show-missing-role', 'name-namespaces']);
  });

  it('repaints nothing for the same mesh', () => {
    assert.deepEqual(expanded('prod').show(shows('prod')), []);
  });

  it('shares no row with that of another context of the same mesh', () => {
    const [north, south] = [expanded('north'), expanded('south')];
    const ids = north.show(shows('north', strict)).map(nodeId);
    assert.ok(ids.includes('north/namespace/foo'));
    assert.deepEqual(south.show(shows('south')), []);
    assert.match(
      south.row({ kind: 'namespace', context: 'south', namespace: 'foo' }).description,
      /PERMISSIVE/,
    );
  });

  it('repaints its root alone when a filter hides namespaces', () => {
    const tree = expanded('prod');
    const stale = tree.filter({ kind: 'name', text: 'foo' });
    assert.deepEqual(stale.map(nodeId), ['prod/mesh']);
    const below = tree
      .children(tree.root)
      .flatMap((node) => (node.kind === 'namespace' ? [node.namespace] : []));
    assert.deepEqual(below, ['foo']);
  });
});

function state(name: string, of: Partial<ContextState>): ContextState {
  return { id: name, name, connection: { kind: 'connecting' }, mesh: undefined, ...of };
}

const nothing: SessionState = {
  contexts: [],
  active: undefined,
  idle: { kind: 'none' },
  offered: undefined,
};

describe('the roots of the Mesh view', () => {
  it('are nothing before anything is open, so that the welcome shows', () => {
    assert.deepEqual(treeInput(nothing), { notices: [], contexts: [] });
  });

  it('tell the active context from the others once there are several', () => {
    const [north, south] = [state('north', {}), state('south', {})];
    const roles = (contexts: readonly ContextState[]): readonly string[] =>
      treeInput({ ...nothing, contexts, active: south }).contexts.map(({ role }) => role);
    assert.deepEqual(roles([south]), ['only']);
    assert.deepEqual(roles([north, south]), ['other', 'active']);
  });

  it('offer the context that another program switched to', () => {
    const { notices } = treeInput({ ...nothing, offered: 'staging' });
    assert.deepEqual(notices, [{ kind: 'switched', to: 'staging' }]);
  });

  it('say why a kubeconfig cannot be used', () => {
    const { notices } = treeInput({
      ...nothing,
      idle: { kind: 'broken', cause: 'It is a folder.' },
    });
    assert.deepEqual(notices, [{ kind: 'failed', cause: 'It is a folder.' }]);
  });
});
