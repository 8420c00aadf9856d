import '../../support/vscode/loadVscode.ts';
import { decodeObject } from '../../../src/sources/yaml/decodeObject.ts';
import { buildMesh, updateMesh } from '../../../src/mesh/snapshot/buildMesh.ts';
import type { Manifest } from '../../../src/mesh/model/manifest.ts';
import type { Mesh } from '../../../src/mesh/snapshot/mesh.ts';
import type { MeshObject } from '../../../src/mesh/model/objects.ts';
import type { TreeNode } from '../../../src/surfaces/nodes/treeNode.ts';
import { DrivenTree } from '../../support/vscode/drivenTree.ts';
import { namespaceName } from '../largeMesh.ts';
import { stored } from '../mesh/storedObject.ts';
import { answerQuestions } from './answers.ts';
import type { Paged } from './messages.ts';

// The Mesh view of far more namespaces than it shows on a page: what its rows cost whoever looks at the first page.

const tree = await import('../../../src/surfaces/tree/meshTreeProvider.ts');

/** Longer than the extension and VS Code hold anything back. */
const restMs = 500;

function policy(namespace: string, mode: string): Manifest {
  const kind = { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication' };
  return stored({ ...kind, namespace, name: 'default', age: 1 }, { spec: { mtls: { mode } } });
}

function workload(namespace: string): Manifest {
  const labels = { app: 'app' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app' }] } };
  return stored(
    { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'app', age: 1, labels },
    { spec: { selector: { matchLabels: labels }, template } },
  );
}

function* manifests(namespaces: number): Iterable<Manifest> {
  for (let index = 0; index < namespaces; index++) {
    const name = namespaceName(index);
    yield stored({ apiVersion: 'v1', kind: 'Namespace', name, age: index }, {});
    yield workload(name);
    if (index % 2 === 0) yield policy(name, 'STRICT');
  }
}

function objectsOf(all: Iterable<Manifest>): readonly MeshObject[] {
  return Array.from(all, (one) => decodeObject(one, { kind: 'cluster' }).object).flatMap(
    (object) => object ?? [],
  );
}

async function measure(namespaces: number): Promise<Paged> {
  const mesh = buildMesh({ objects: objectsOf(manifests(namespaces)) });
  const provider = new tree.MeshTreeProvider();
  let refreshedAt = 0;
  const isExpanded = ({ kind }: TreeNode): boolean => kind === 'mesh';
  const view = new DrivenTree<TreeNode>(provider, isExpanded, () => {
    refreshedAt = performance.now();
  });
  const show = (of: Mesh): void => {
    const context = { context: 'bench', role: 'only', kind: 'mesh', mesh: of } as const;
    provider.show({ notices: [], contexts: [context] });
  };
  /** Milliseconds from `change` until VS Code has asked for all that it changes. */
  const time = async (change: () => void): Promise<number> => {
    const startedAt = performance.now();
    change();
    await new Promise((resolve) => setTimeout(resolve, restMs));
    if (refreshedAt < startedAt) throw new Error('nothing was repainted');
    return refreshedAt - startedAt;
  };
  const last = namespaceName(namespaces - 1);
  const firstPageMs = await time(() => {
    show(mesh);
  });
  const policyMs = await time(() => {
    show(updateMesh(mesh, { upsert: objectsOf([policy(last, 'STRICT')]) }));
  });
  const filterMs = await time(() => {
    provider.setFilter({ kind: 'name', text: last });
  });
  const rows = view.rows.filter(({ kind }) => kind === 'namespace').length;
  if (rows !== 1) throw new Error(`the filter shows ${rows} namespaces`);
  return { firstPageMs, policyMs, filterMs };
}

answerQuestions(({ namespaces }: { readonly namespaces: number }) => measure(namespaces));
