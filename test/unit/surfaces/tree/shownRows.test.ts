import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import type { TreeContent } from '../../../../src/surfaces/tree/meshTree.ts';
import { childrenOf } from '../../../../src/surfaces/tree/meshTree.ts';
import type { ShownRows } from '../../../../src/surfaces/tree/shownRows.ts';
import { projectionOf, shownNode, takeStaleRows } from '../../../../src/surfaces/tree/shownRows.ts';
import type { TreeNode } from '../../../../src/surfaces/nodes/treeNode.ts';
import { nodeId } from '../../../../src/surfaces/nodes/treeNode.ts';
import { policy, tutorialMesh, withPolicies } from './tutorialMesh.ts';

function content(mesh: Mesh): TreeContent {
  return { context: 'demo', role: 'only', mesh, shownNamespaces: 1000, filter: undefined };
}

/** Everything that VS Code would know with all rows expanded. */
function everythingShown(of: TreeContent): ShownRows {
  const shown: ShownRows = new Map();
  const show = (node: TreeNode): void => {
    const children = childrenOf(of, node).map((child) => shownNode(shown, child));
    const row = shown.get(nodeId(node));
    if (row !== undefined) {
      row.children = children.map(nodeId);
      row.projection = projectionOf(of, node);
    }
    for (const child of children) show(child);
  };
  show(shownNode(shown, { kind: 'mesh', context: of.context }));
  return shown;
}

const strict = '{ mtls: { mode: STRICT } }';

describe('a new mesh repaints', () => {
  it('nothing when nothing that is shown has changed', () => {
    const mesh = tutorialMesh();
    const shown = everythingShown(content(mesh));
    assert.deepEqual(takeStaleRows(shown, content({ ...mesh })), []);
  });

  it('only the rows that a policy of one namespace concerns', () => {
    const mesh = tutorialMesh();
    const shown = everythingShown(content(mesh));
    const after = withPolicies(mesh, policy('foo/default', strict));
    const ids = takeStaleRows(shown, content(after)).map(nodeId);
    assert.ok(ids.includes('demo/namespace/foo'));
    assert.ok(ids.includes('demo/mesh'));
    assert.deepEqual(
      ids.filter((id) => id.includes('legacy') || id.includes('wave')),
      [],
    );
  });

  it('the same rows only once', () => {
    const mesh = tutorialMesh();
    const shown = everythingShown(content(mesh));
    const after = content(withPolicies(mesh, policy('foo/default', strict)));
    takeStaleRows(shown, after);
    assert.deepEqual(takeStaleRows(shown, after), []);
  });

  it('with the nodes that VS Code knows, because it finds rows by identity', () => {
    const mesh = tutorialMesh();
    const shown = everythingShown(content(mesh));
    const known = new Set([...shown.values()].map(({ node }) => node));
    const after = content(withPolicies(mesh, policy('foo/default', strict)));
    for (const node of takeStaleRows(shown, after)) assert.ok(known.has(node));
  });

  it('no row that is gone, and forgets it', () => {
    const mesh = tutorialMesh(policy('foo/default', strict));
    const shown = everythingShown(content(mesh));
    const stale = takeStaleRows(shown, content(tutorialMesh()));
    assert.deepEqual(
      stale.filter(({ kind }) => kind === 'policy'),
      [],
    );
    assert.deepEqual(
      [...shown.values()].filter(({ node }) => node.kind === 'policy'),
      [],
    );
  });
});
