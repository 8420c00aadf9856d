import * as vscode from 'vscode';
import type { EnforceTarget, Mesh, Workload, WorkloadRef } from '../../mesh/index.ts';
import { dataPlaneLabel, findWorkload, namespacesOf, subjectWords } from '../../mesh/index.ts';
import type { MeshSnapshot } from '../../sources/meshSource.ts';
import type { ClusterConnection } from '../../kube.ts';
import { until } from '../../until.ts';
import { Cancelled, HumanError } from '../platform/humanError.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import type { Session } from '../session/session.ts';
import { pickOne } from './pickOne.ts';
import { scopeChoices } from './scopeChoices.ts';
import type { Workbench } from './workbench.ts';

/** Milliseconds to wait for a cluster that has only just been connected. */
const syncLimitMs = 10_000;

/**
 * The mesh of a connected cluster, complete as far as it may be read: a decision must not be made on
 * a mesh that is still being loaded, or that was not followed since some time ago. Says so if that takes too long.
 */
export async function knownMesh({ source }: ClusterConnection): Promise<Mesh> {
  const read = (): Mesh | undefined =>
    source.current === undefined || isBeingRead(source.current) ? undefined : source.current.mesh;
  const mesh = await until(source, read, { timeoutMs: syncLimitMs });
  if (mesh !== undefined) return mesh;
  throw new HumanError('The cluster is still being read. Try again in a moment.');
}

function isBeingRead({ status }: MeshSnapshot): boolean {
  return status.kind === 'connecting' || status.kind === 'paused';
}

/** What a command wants to know before it does something to a scope. */
export interface ScopeQuestion {
  /** What the command will do, as the palette names it. */
  readonly title: string;
  /** The row whose menu it was chosen from. */
  readonly node: TreeNode | undefined;
  /** Which scopes are offered where there is no row; all of them unless told. */
  readonly offered?: (mesh: Mesh, target: EnforceTarget) => boolean;
}

/** A scope, and the cluster that it is a part of. */
export interface ScopeInCluster {
  readonly cluster: ClusterConnection;
  readonly target: EnforceTarget;
}

/**
 * The scope that a row stands for. From the palette it asks, starting from the row that is selected in the Mesh view;
 * without one, nothing is chosen before the person chooses.
 */
export async function enforceTarget(
  { session, tree }: Workbench,
  question: ScopeQuestion,
): Promise<ScopeInCluster> {
  const { node } = question;
  const start = node ?? selectedScope(session, tree.selected);
  const cluster = await session.clusterOf(start);
  const mesh = await knownMesh(cluster);
  const target = node && targetOf(node);
  if (target !== undefined) return { cluster, target: present(mesh, target) };
  return { cluster, target: await chooseScope(mesh, question, start && targetOf(start)) };
}

/** The selected row, if it stands for a scope of a context that is open. */
function selectedScope(session: Session, row: TreeNode | undefined): TreeNode | undefined {
  if (row === undefined || targetOf(row) === undefined) return undefined;
  return session.find(row.context)?.cluster === undefined ? undefined : row;
}

/** The scope of a row that may be older than the mesh. Says so if the scope is gone. */
function present<Target extends EnforceTarget>(mesh: Mesh, target: Target): Target {
  const isThere = ((): boolean => {
    switch (target.scope) {
      case 'mesh':
        return true;
      case 'namespace':
        return namespacesOf(mesh).some(({ name }) => name === target.namespace);
      case 'workload':
      case 'port':
        return findWorkload(mesh, target.workload) !== undefined;
    }
  })();
  if (isThere) return target;
  throw new HumanError(`${subjectWords(target)} is not there any more.`);
}

/** The scope that a row stands for, if it stands for one. */
export function targetOf(node: TreeNode): EnforceTarget | undefined {
  switch (node.kind) {
    case 'mesh':
      return { scope: 'mesh' };
    case 'namespace':
      return { scope: 'namespace', namespace: node.namespace };
    case 'workload':
      return { scope: 'workload', workload: node.workload };
    case 'port':
      return { scope: 'port', workload: node.workload, port: node.port };
    case 'policy':
    case 'differing-namespaces':
    case 'more-namespaces':
    case 'notice':
      return undefined;
  }
}

async function chooseScope(
  mesh: Mesh,
  { title, offered = () => true }: ScopeQuestion,
  selected: EnforceTarget | undefined,
): Promise<EnforceTarget> {
  const items = scopeChoices(mesh, selected).filter(({ target }) => offered(mesh, target));
  if (items.length === 0) throw new HumanError(`${title}: there is nothing that needs it.`);
  const active = items.find(({ isSelected }) => isSelected === true);
  return (await pickOne(items, { title, placeholder: 'On what?', active })).target;
}

/** The namespace that a row stands for; asks when there is none. */
export async function namespaceTarget(
  workbench: Workbench,
  question: ScopeQuestion,
): Promise<{ readonly cluster: ClusterConnection; readonly namespace: string }> {
  const offered = (_mesh: Mesh, { scope }: EnforceTarget): boolean => scope === 'namespace';
  const { cluster, target } = await enforceTarget(workbench, { ...question, offered });
  if (target.scope !== 'namespace') throw new HumanError('Choose a namespace.');
  return { cluster, namespace: target.namespace };
}

/** One workload of a list. */
export async function chooseWorkload(
  workloads: readonly Workload[],
  placeHolder: string,
): Promise<WorkloadRef> {
  const chosen = await vscode.window.showQuickPick(workloads.map(workloadItem), { placeHolder });
  if (chosen === undefined) throw new Cancelled();
  return chosen.ref;
}

/** Some workloads of a list. */
export async function chooseWorkloads(
  workloads: readonly Workload[],
  placeHolder: string,
): Promise<readonly WorkloadRef[]> {
  const options = { placeHolder, canPickMany: true } as const;
  const chosen = await vscode.window.showQuickPick(workloads.map(workloadItem), options);
  if (chosen === undefined || chosen.length === 0) throw new Cancelled();
  return chosen.map(({ ref }) => ref);
}

function workloadItem({ ref, dataPlane }: Workload): vscode.QuickPickItem & { ref: WorkloadRef } {
  return {
    label: `${ref.namespace}/${ref.name}`,
    description: `${ref.kind} · ${dataPlaneLabel(dataPlane)}`,
    ref,
  };
}
