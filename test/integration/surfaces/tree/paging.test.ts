import '../../../support/vscode/loadVscode.ts';
import assert from 'node:assert/strict';
import { after, describe, it, mock } from 'node:test';
import { decodeObject } from '../../../../src/sources/yaml/decodeObject.ts';
import { buildMesh, updateMesh } from '../../../../src/mesh/snapshot/buildMesh.ts';
import type { Mesh } from '../../../../src/mesh/snapshot/mesh.ts';
import type { MeshObject } from '../../../../src/mesh/model/objects.ts';
import type { MeshTreeProvider } from '../../../../src/surfaces/tree/meshTreeProvider.ts';
import type { TreeNode } from '../../../../src/surfaces/nodes/treeNode.ts';
import { nodeId } from '../../../../src/surfaces/nodes/treeNode.ts';
import { DrivenTree } from '../../../support/vscode/drivenTree.ts';

const provided = await import('../../../../src/surfaces/tree/meshTreeProvider.ts');

/** Longer than both the extension and VS Code hold a change back. */
const settledMs = 500;

mock.timers.enable({ apis: ['setTimeout'] });
after(() => {
  mock.timers.reset();
});

function nameOf(index: number): string {
  return `team-${String(index).padStart(5, '0')}`;
}

function object(value: object): readonly MeshObject[] {
  const read = decodeObject(value, { kind: 'cluster' }).object;
  return read === undefined ? [] : [read];
}

function strictPolicy(namespace: string): readonly MeshObject[] {
  return object({
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { namespace, name: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { mtls: { mode: 'STRICT' } },
  });
}

/** So many namespaces, of which the first differs from the mesh. */
function meshOf(namespaces: number): Mesh {
  const objects = Array.from({ length: namespaces }, (_, index) =>
    object({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: nameOf(index) } }),
  );
  return buildMesh({ objects: [...objects.flat(), ...strictPolicy(nameOf(0))] });
}

/** The Mesh view of one context with its mesh row expanded. */
class View {
  readonly provider: MeshTreeProvider = new provided.MeshTreeProvider();
  readonly tree: DrivenTree<TreeNode>;
  #asked: string[] = [];

  constructor(mesh: Mesh) {
    this.tree = new DrivenTree<TreeNode>(
      this.provider,
      ({ kind }) => kind === 'mesh',
      ({ asked }) => this.#asked.push(...asked.map(nodeId)),
    );
    this.show(mesh);
    this.asked();
  }

  show(mesh: Mesh): void {
    const context = { context: 'prod', role: 'only', kind: 'mesh', mesh } as const;
    this.provider.show({ notices: [], contexts: [context] });
  }

  /** Comes to rest, and tells which rows were asked for on the way. */
  asked(): readonly string[] {
    mock.timers.tick(settledMs);
    const ids = this.#asked;
    this.#asked = [];
    return ids.toSorted();
  }

  get namespaces(): number {
    return this.tree.rows.filter(({ kind }) => kind === 'namespace').length;
  }

  /** What the row after the last namespace says, if there is one. */
  get offer(): string | undefined {
    const last = this.tree.rows.at(-1);
    return last?.kind === 'more-namespaces' ? this.tree.texts.at(-1) : undefined;
  }
}

interface Size {
  readonly namespaces: number;
  /** What the last row says on each page. */
  readonly offers: readonly string[];
}

const sizes: readonly Size[] = [
  { namespaces: 1000, offers: [] },
  { namespaces: 1001, offers: ['Show 1 more namespace 1 not shown'] },
  {
    namespaces: 3000,
    offers: [
      'Show 1000 more namespaces 2000 not shown',
      'Show 1000 more namespaces 1000 not shown',
    ],
  },
  {
    namespaces: 10_000,
    offers: Array.from(
      { length: 9 },
      (_, page) => `Show 1000 more namespaces ${9000 - page * 1000} not shown`,
    ),
  },
];

for (const { namespaces, offers } of sizes) {
  const last = nameOf(namespaces - 1);

  describe(`a mesh of ${namespaces} namespaces`, () => {
    it('is shown a page at a time, each row with the id and the node that it had', () => {
      const view = new View(meshOf(namespaces));
      let before = view.tree.rows.filter(({ kind }) => kind === 'namespace');
      for (const offer of offers) {
        assert.equal(view.offer, offer);
        const offering = view.tree.rows.map(nodeId).at(-1) ?? '';
        view.provider.showMoreNamespaces('prod');
        view.asked();
        // Else VS Code would take the focus along with it, past the whole page.
        assert.ok(!view.tree.rows.map(nodeId).includes(offering));
        const now = view.tree.rows.filter(({ kind }) => kind === 'namespace');
        assert.ok(before.every((node, index) => node === now[index]));
        before = now;
      }
      assert.equal(view.offer, undefined);
      assert.equal(view.namespaces, namespaces);
      assert.equal(new Set(view.tree.rows.map(nodeId)).size, view.tree.rows.length);
    });

    it('is filtered as a whole, whatever page is shown', () => {
      const view = new View(meshOf(namespaces));
      view.provider.setFilter({ kind: 'name', text: last });
      view.asked();
      assert.deepEqual([view.namespaces, view.offer], [1, undefined]);
      assert.deepEqual(view.provider.namespaceCounts, { shown: 1, all: namespaces });
      view.provider.setFilter(undefined);
      view.asked();
      assert.deepEqual([view.namespaces, view.offer], [1000, offers[0]]);
    });

    it('asks for two rows when a policy changes one that is shown, and for the count alone otherwise', () => {
      const mesh = meshOf(namespaces);
      const view = new View(mesh);
      const shown = updateMesh(mesh, { upsert: strictPolicy(nameOf(1)) });
      view.show(shown);
      assert.deepEqual(view.asked(), ['prod/differing-namespaces', `prod/namespace/${nameOf(1)}`]);
      view.show(updateMesh(shown, { upsert: strictPolicy(last) }));
      const isShown = namespaces <= 1000;
      assert.deepEqual(view.asked(), [
        'prod/differing-namespaces',
        ...(isShown ? [`prod/namespace/${last}`] : []),
      ]);
    });

    it('leads from a row of its last page to the row of the mesh that VS Code knows', () => {
      const view = new View(meshOf(namespaces));
      const node: TreeNode = { kind: 'namespace', context: 'prod', namespace: last };
      assert.equal(view.provider.getParent(node), view.tree.rows[0]);
    });
  });
}
