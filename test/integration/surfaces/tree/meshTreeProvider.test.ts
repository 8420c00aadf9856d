import '../../../support/vscode/loadVscode.ts';
import assert from 'node:assert/strict';
import { after, describe, it, mock } from 'node:test';
import { updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import type { MeshTreeProvider } from '../../../../src/surfaces/tree/meshTreeProvider.ts';
import type { TreeNode } from '../../../../src/surfaces/nodes/treeNode.ts';
import { nodeId } from '../../../../src/surfaces/nodes/treeNode.ts';
import type { Refresh } from '../../../support/vscode/drivenTree.ts';
import { DrivenTree } from '../../../support/vscode/drivenTree.ts';
import { policy, tutorialMesh, withPolicies } from '../../../unit/surfaces/tree/tutorialMesh.ts';

const provided = await import('../../../../src/surfaces/tree/meshTreeProvider.ts');

/** Longer than both the extension and VS Code hold a change back. */
const settledMs = 500;

mock.timers.enable({ apis: ['setTimeout'] });
after(() => {
  mock.timers.reset();
});

interface Shown {
  readonly provider: MeshTreeProvider;
  readonly tree: DrivenTree<TreeNode>;
  readonly refreshes: Refresh<TreeNode>[];
}

/** A tree view of one context with everything expanded, after it came to rest. */
function shown(mesh: Mesh): Shown {
  const provider = new provided.MeshTreeProvider();
  const refreshes: Refresh<TreeNode>[] = [];
  const tree = new DrivenTree<TreeNode>(
    provider,
    () => true,
    (refresh) => refreshes.push(refresh),
  );
  show(provider, mesh);
  mock.timers.tick(settledMs);
  refreshes.length = 0;
  return { provider, tree, refreshes };
}

function show(provider: MeshTreeProvider, mesh: Mesh): void {
  provider.show({
    notices: [],
    contexts: [{ context: 'demo', role: 'only', kind: 'mesh', mesh }],
  });
}

/** The ids of the rows that VS Code asks for when another mesh is shown. */
function asked({ provider, refreshes }: Shown, mesh: Mesh): readonly string[] {
  show(provider, mesh);
  mock.timers.tick(settledMs);
  const ids = refreshes.flatMap((refresh) => refresh.asked).map(nodeId);
  refreshes.length = 0;
  return ids.toSorted();
}

const strict = '{ mtls: { mode: STRICT } }';
const foo = policy('foo/default', strict);
const legacy = policy('legacy/default', strict);
const everything = shown(tutorialMesh(legacy)).tree.rows.map(nodeId).toSorted();

interface Row {
  readonly name: string;
  readonly before?: Mesh;
  readonly after: Mesh;
  readonly asks: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: 'for nothing, when nothing that is shown changes',
    after: { ...tutorialMesh() },
    asks: [],
  },
  {
    name: 'for the rows of one namespace and the count of those that differ, for a policy of that namespace',
    before: tutorialMesh(legacy),
    after: withPolicies(tutorialMesh(legacy), foo),
    asks: [
      'demo/Deployment/foo/httpbin',
      'demo/Deployment/foo/httpbin/policy/PeerAuthentication/foo/default',
      'demo/Deployment/foo/httpbin/port/8080',
      'demo/Deployment/foo/sleep',
      'demo/Deployment/foo/sleep/policy/PeerAuthentication/foo/default',
      'demo/Deployment/foo/sleep/port/8080',
      'demo/differing-namespaces',
      'demo/namespace/foo',
      'demo/namespace/foo/policy/PeerAuthentication/foo/default',
    ],
  },
  {
    name: 'for one port, for a policy of that port alone',
    before: tutorialMesh(legacy, policy('foo/httpbin', port('PERMISSIVE'))),
    after: tutorialMesh(legacy, policy('foo/httpbin', port('UNSET'))),
    asks: ['demo/Deployment/foo/httpbin/port/8080'],
  },
  {
    name: 'for everything, when the first namespace differs: a row appears below the mesh',
    after: tutorialMesh(legacy),
    asks: everything,
  },
];

function port(mode: string): string {
  return `{ selector: { matchLabels: { app: httpbin } }, portLevelMtls: { 8080: { mode: ${mode} } } }`;
}

describe('VS Code asks', () => {
  for (const { name, before = tutorialMesh(), after: mesh, asks } of rows) {
    it(name, () => {
      assert.deepEqual(asked(shown(before), mesh), asks);
    });
  }
});

describe('a row of the Mesh view', () => {
  it('is up to date within 250 ms while changes keep coming, although VS Code waits for a pause', () => {
    const { provider, tree } = shown(tutorialMesh(legacy));
    for (let change = 0; change < 40; change++) {
      const mode = change % 2 === 0 ? 'STRICT' : 'DISABLE';
      const mesh = tutorialMesh(legacy, policy('foo/default', `{ mtls: { mode: ${mode} } }`));
      for (let waited = 0; !reads(tree, 'foo', mode); waited += 10) {
        assert.ok(waited <= 250, `change ${change}: not shown after 250 ms`);
        if (waited === 0) show(provider, mesh);
        mock.timers.tick(10);
      }
      mock.timers.tick((change * 17) % 60);
    }
  });

  it('says how many namespaces cannot be read now, not when it first appeared', () => {
    const forbidden = (...namespaces: readonly string[]): Mesh =>
      updateMesh(tutorialMesh(), {
        missing: namespaces.map((namespace) => ({ kind: 'Service', namespace, why: 'forbidden' })),
      });
    const view = shown(forbidden('foo', 'legacy', 'wave'));
    assert.ok(view.tree.texts.some((text) => text.endsWith('as in 2 more namespaces')));
    assert.deepEqual(asked(view, forbidden('foo', 'legacy')), [
      'demo/notice/missing/Service/forbidden',
    ]);
    assert.ok(view.tree.texts.some((text) => text.endsWith('as in 1 more namespace')));
  });
});

function reads(tree: DrivenTree<TreeNode>, label: string, word: string): boolean {
  return tree.texts.some((text) => text.startsWith(`${label} `) && text.includes(word));
}
