import * as vscode from 'vscode';
import type { FoundProxy, Mesh, Workload, WorkloadRef } from '../../mesh/index.ts';
import { allWorkloads, findWorkload, proxiesOf } from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { HumanError } from '../platform/humanError.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import { pickOne } from './pickOne.ts';
import { withProgress } from './progress.ts';
import { chooseWorkload, knownMesh, targetOf } from './targets.ts';
import type { Workbench } from './workbench.ts';
import { whereLines } from './write.ts';

type Found = Extract<FoundProxy, { readonly kind: 'found' }>;

/** Milliseconds for each command in the pod. */
const commandLimit = 30_000;

/** Shows what the running proxy of a workload has, beside what is predicted. It writes nothing. */
export async function showProxy(workbench: Workbench, node: TreeNode | undefined): Promise<void> {
  const cluster = await workbench.session.clusterOf(node);
  const mesh = await knownMesh(cluster);
  const workload = await workloadOf(mesh, node);
  const found = await chooseProxy(workload);
  const { namespace, pod } = found.place;
  const read = await withProgress(
    `Asking the proxy of ${namespace}/${pod}`,
    async (signal) =>
      await cluster.actions.readProxy(mesh, found, { timeoutMs: commandLimit, signal }),
  );
  switch (read.kind) {
    case 'cancelled':
      return;
    case 'forbidden':
      throw new HumanError(
        `You may not run commands in pods of the namespace ${read.namespace}, which asking a proxy needs: create on pods/exec.`,
      );
    case 'read': {
      const context = contextOf(workbench, cluster);
      workbench.tree.markProxy(context, workload.ref, read.report.comparison.differences);
      const title = `What the proxy of ${namespace}/${pod} has`;
      const text = read.document(whereLines(cluster));
      await workbench.impacts.show(title, text, vscode.ViewColumn.Active);
    }
  }
}

/** The open context that a connection belongs to. */
function contextOf({ session }: Workbench, cluster: ClusterConnection): string {
  return session.contexts.find((one) => one.cluster === cluster)?.id ?? '';
}

async function workloadOf(mesh: Mesh, node: TreeNode | undefined): Promise<Workload> {
  const target = node && targetOf(node);
  const ref =
    target?.scope === 'workload' || target?.scope === 'port'
      ? target.workload
      : await chooseWorkload(withProxy(mesh), 'Whose proxy?');
  return present(mesh, ref);
}

function withProxy(mesh: Mesh): readonly Workload[] {
  return [...allWorkloads(mesh)].filter((workload) => proxiesOf(workload).length > 0);
}

function present(mesh: Mesh, ref: WorkloadRef): Workload {
  const workload = findWorkload(mesh, ref);
  if (workload !== undefined) return workload;
  throw new HumanError(`${ref.namespace}/${ref.name} is not there any more.`);
}

/** The one proxy that can be asked, or the one that the person picks. */
async function chooseProxy({ namespace, name, ...workload }: Workload): Promise<Found> {
  const all = proxiesOf({ namespace, name, ...workload });
  const [first, second] = all;
  if (first === undefined) {
    const why =
      workload.dataPlane === 'ambient'
        ? 'is carried by the ztunnel of each node, which has no command to run and is not asked.'
        : 'has no running pod with a proxy.';
    throw new HumanError(`${namespace}/${name} ${why}`);
  }
  if (second === undefined) return first;
  const items = all.map((found) => ({ label: found.place.pod, found }));
  const asked = { title: 'Show What the Proxy Has', placeholder: 'Of which pod?' };
  return (await pickOne(items, { ...asked, active: items[0] })).found;
}
