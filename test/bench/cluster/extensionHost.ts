import '../../support/vscode/loadVscode.ts';
import { journalInMemory, openJournal } from '../../../src/actions/journal.ts';
import type { ClusterConnection } from '../../../src/kube.ts';
import { openCluster } from '../../../src/kube.ts';
import { allWorkloads } from '../../../src/mesh/snapshot/mesh.ts';
import type { MeshSnapshot } from '../../../src/sources/meshSource.ts';
import type { MeshTreeProvider, TreeInput } from '../../../src/surfaces/tree/meshTreeProvider.ts';
import { treeInput } from '../../../src/surfaces/tree/treeInput.ts';
import type { TreeNode } from '../../../src/surfaces/nodes/treeNode.ts';
import type { Refresh } from '../../support/vscode/drivenTree.ts';
import { DrivenTree } from '../../support/vscode/drivenTree.ts';
import { retainedHeap } from '../figures.ts';
import { namespaceName } from '../largeMesh.ts';
import { answerQuestions } from './answers.ts';
import { now } from './messages.ts';
import type { HostQuestion, Opened, RowsAsked, Watched } from './messages.ts';

// Stands for the extension host: the product's own code from the kubeconfig to the items of the tree, and a view that
// asks for them as VS Code does.

const tree = await import('../../../src/surfaces/tree/meshTreeProvider.ts');

interface Shown {
  readonly cluster: ClusterConnection;
  readonly provider: MeshTreeProvider;
  readonly view: DrivenTree<TreeNode>;
}

let shown: Shown | undefined;
let totals = { refreshes: 0, rowsAsked: 0, fullRefreshes: 0 };
const onRefresh = new Set<(refresh: Refresh<TreeNode>) => void>();

async function open({
  kubeconfigPath,
  expanded,
}: Extract<HostQuestion, { kind: 'open' }>): Promise<Opened> {
  const startedAt = now();
  const opening = await openCluster({
    kubeconfigPaths: [kubeconfigPath],
    journal: openJournal(journalInMemory()),
    log: { info: () => undefined, warn: () => undefined },
    signal: AbortSignal.timeout(30_000),
  });
  if (opening.kind === 'failed') throw new Error(opening.cause);
  const { cluster } = opening;
  const provider = new tree.MeshTreeProvider();
  const view = new DrivenTree<TreeNode>(provider, expandedRows(expanded), count);
  shown = { cluster, provider, view };
  const firstPaint = refreshed(({ asked }) => asked.some(({ kind }) => kind === 'namespace'));
  const allPainted = new Promise<number>((resolve) => {
    cluster.source.subscribe((mesh) => {
      if (mesh?.status.kind === 'synced')
        void refreshed(() => true).then(({ at }) => {
          resolve(at);
        });
      provider.show(inputOf(cluster, mesh));
    });
  });
  return {
    startedAt,
    firstPaintAt: (await firstPaint).at,
    syncedAt: await allPainted,
    ...sizeOf(cluster.source.current, view),
  };
}

/** What the session shows of one open context. */
function inputOf(cluster: ClusterConnection, mesh: MeshSnapshot | undefined): TreeInput {
  const context = {
    id: cluster.context,
    name: cluster.context,
    connection: { kind: 'connected', cluster },
    mesh,
  } as const;
  return treeInput({
    contexts: [context],
    active: context,
    idle: { kind: 'none' },
    offered: undefined,
  });
}

function count(refresh: Refresh<TreeNode>): void {
  totals.refreshes += 1;
  totals.rowsAsked += refresh.asked.length;
  if (isFullRefresh(refresh)) totals.fullRefreshes += 1;
  for (const listener of [...onRefresh]) listener(refresh);
}

/** Waits for the next refresh that holds what is wanted. */
function refreshed(holds: (refresh: Refresh<TreeNode>) => boolean): Promise<RowsAsked> {
  return new Promise((resolve) => {
    const listener = (refresh: Refresh<TreeNode>): void => {
      if (!holds(refresh)) return;
      onRefresh.delete(listener);
      resolve({ at: now(), asked: refresh.asked.length });
    };
    onRefresh.add(listener);
  });
}

/** The mesh row, then so many namespaces and everything in them. */
function expandedRows(namespaces: number): (node: TreeNode) => boolean {
  const names = new Set(Array.from({ length: namespaces }, (_, index) => namespaceName(index)));
  return (node) => {
    if (node.kind === 'namespace') return names.has(node.namespace);
    return node.kind === 'mesh' || node.kind === 'workload';
  };
}

function isFullRefresh({ changed }: Refresh<TreeNode>): boolean {
  return changed?.some(({ kind }) => kind === 'mesh') ?? true;
}

function sizeOf(
  snapshot: MeshSnapshot | undefined,
  view: DrivenTree<TreeNode>,
): Pick<Opened, 'rows' | 'workloads' | 'pods'> {
  const workloads = snapshot === undefined ? [] : [...allWorkloads(snapshot.mesh)];
  const pods = workloads.reduce((sum, workload) => sum + workload.pods.length, 0);
  return { rows: view.rows.length, workloads: workloads.length, pods };
}

async function watch(forMs: number): Promise<Watched> {
  totals = { refreshes: 0, rowsAsked: 0, fullRefreshes: 0 };
  const before = process.cpuUsage();
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, forMs));
  const { user, system } = process.cpuUsage(before);
  return { ...totals, processor: (user + system) / 1000 / (performance.now() - startedAt) };
}

function awaitRow(namespace: string): Promise<RowsAsked> {
  const isRow = (node: TreeNode): boolean =>
    node.kind === 'namespace' && node.namespace === namespace;
  return refreshed(({ asked }) => asked.some(isRow));
}

async function heap(): Promise<number> {
  const bytes = await retainedHeap();
  // Used here, so that nothing of it is collected before it is measured.
  if (shown === undefined) throw new Error('nothing was open');
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
