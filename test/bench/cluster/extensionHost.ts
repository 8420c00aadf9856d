import type { Cluster } from '../../../src/kube.ts';
import { openCluster } from '../../../src/kube.ts';
import { allWorkloads } from '../../../src/mesh/model/mesh.ts';
import type { MeshSnapshot } from '../../../src/sources/meshSource.ts';
import type { TreeNode } from '../../../src/surfaces/tree/treeNode.ts';
import { retainedHeap } from '../figures.ts';
import { namespaceName } from '../largeMesh.ts';
import { answerQuestions } from './answers.ts';
import { now } from './messages.ts';
import type { HostQuestion, Opened, RowRepainted, Watched } from './messages.ts';
import { ShownTree } from './shownTree.ts';
import type { Repaint } from './shownTree.ts';

// Stands for the extension host: the product's own code from the kubeconfig to the rows of the tree, with nothing
// between them but what VS Code does.

let cluster: Cluster | undefined;
let tree: ShownTree | undefined;
let totals = { repaints: 0, rowsAskedAgain: 0, fullRefreshes: 0 };
const onRepaint = new Set<(repaint: Repaint) => void>();

async function open({
  kubeconfigPath,
  expanded,
}: Extract<HostQuestion, { kind: 'open' }>): Promise<Opened> {
  const startedAt = now();
  const opening = await openCluster({
    kubeconfigPaths: [kubeconfigPath],
    log: { info: () => undefined, warn: () => undefined },
    signal: AbortSignal.timeout(30_000),
  });
  if (opening.kind === 'failed') throw new Error(opening.cause);
  const { source } = opening.cluster;
  cluster = opening.cluster;
  const shown = new ShownTree(expandedRows(expanded));
  tree = shown;
  const firstPaintAt = await new Promise<number>((resolve) => {
    let first: number | undefined;
    source.subscribe((snapshot) => {
      if (snapshot === undefined) return;
      repaint(shown, snapshot);
      if (snapshot.mesh.parts.size > 0) first ??= now();
      if (first !== undefined && snapshot.status.kind === 'synced') resolve(first);
    });
  });
  return { startedAt, syncedAt: now(), firstPaintAt, ...sizeOf(source.current, shown) };
}

function repaint(shown: ShownTree, { mesh }: MeshSnapshot): void {
  const done = shown.paint(mesh);
  if (done.stale.length === 0) return;
  totals.repaints += 1;
  totals.rowsAskedAgain += done.asked;
  if (isFullRefresh(done)) totals.fullRefreshes += 1;
  for (const listener of [...onRepaint]) listener(done);
}

/** The mesh row, then so many namespaces and everything in them. */
function expandedRows(namespaces: number): (node: TreeNode) => boolean {
  const names = new Set(Array.from({ length: namespaces }, (_, index) => namespaceName(index)));
  return (node) => {
    if (node.kind === 'namespace') return names.has(node.namespace);
    return node.kind === 'mesh' || node.kind === 'workload';
  };
}

function isFullRefresh({ stale }: Repaint): boolean {
  return stale.some(({ kind }) => kind === 'mesh');
}

function sizeOf(
  snapshot: MeshSnapshot | undefined,
  shown: ShownTree,
): Pick<Opened, 'rows' | 'workloads' | 'pods'> {
  const workloads = snapshot === undefined ? [] : [...allWorkloads(snapshot.mesh)];
  const pods = workloads.reduce((sum, workload) => sum + workload.pods.length, 0);
  return { rows: shown.rows, workloads: workloads.length, pods };
}

async function watch(forMs: number): Promise<Watched> {
  totals = { repaints: 0, rowsAskedAgain: 0, fullRefreshes: 0 };
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, forMs));
  const { user, system } = process.cpuUsage(before);
  return { ...totals, processor: (user + system) / 1000 / (performance.now() - startedAt) };
}

function awaitRow(namespace: string): Promise<RowRepainted> {
  return new Promise((resolve) => {
    const listener = (done: Repaint): void => {
      const found = done.stale.some((n) => n.kind === 'namespace' && n.namespace === namespace);
      if (!found) return;
      onRepaint.delete(listener);
      resolve({ at: now(), rowsFired: done.stale.length, rowsAskedAgain: done.asked });
    };
    onRepaint.add(listener);
  });
}

async function heap(): Promise<number> {
  const bytes = await retainedHeap();
  // Used here, so that neither is collected before it is measured.
  if (cluster === undefined || tree === undefined) throw new Error('nothing was open');
  return bytes;
}

answerQuestions((question: HostQuestion): Promise<unknown> => {
  switch (question.kind) {
    case 'open':
      return open(question);
    case 'watch':
      return watch(question.forMs);
    case 'await-row':
      return awaitRow(question.namespace);
    case 'heap':
      return heap();
  }
});
