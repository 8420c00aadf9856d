import * as vscode from 'vscode';
import type { EnforceTarget, Mesh, Workload, WorkloadRef } from '../../mesh/index.ts';
import { dataPlaneLabel, findWorkload, namespacesOf, subjectWords } from '../../mesh/index.ts';
import type { MeshSnapshot } from '../../sources/meshSource.ts';
import type { ClusterConnection } from '../../kube.ts';
import { Cancelled, HumanError } from '../platform/humanError.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import { namespaceChoices, scopeChoices } from './scopeChoices.ts';

/** Milliseconds to wait for a cluster that has only just been connected. */
const syncLimit = 10_000;

/**
 * The mesh of a connected cluster, complete as far as it may be read: a decision must not be made on
 * a mesh that is still being loaded, or that was not followed since some time ago. Says so if that takes too long.
 */
export async function knownMesh({ source }: ClusterConnection): Promise<Mesh> {
  const end = Date.now() + syncLimit;
  while (source.current === undefined || isBeingRead(source.current)) {
    if (Date.now() > end) {
      throw new HumanError('The cluster is still being read. Try again in a moment.');
    }
    await nextChange(source, end - Date.now());
  }
  return source.current.mesh;
}

function isBeingRead({ status }: MeshSnapshot): boolean {
  return status.kind === 'connecting' || status.kind === 'paused';
}

async function nextChange(source: ClusterConnection['source'], limitMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = setTimeout(done, limitMs);
    const subscription = source.subscribe(done);
  });
}

/** The scope that a row stands for; asks when there is no row, and then offers only what is `offered`. */
export async function enforceTarget(
  mesh: Mesh,
  node: TreeNode | undefined,
  offered: (target: EnforceTarget) => boolean = () => true,
): Promise<EnforceTarget> {
  const target = node && targetOf(node);
  return target === undefined ? chooseScope(mesh, offered) : present(mesh, target);
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
  offered: (target: EnforceTarget) => boolean,
): Promise<EnforceTarget> {
  const items = scopeChoices(mesh).filter(({ target }) => offered(target));
  if (items.length === 0) throw new HumanError('Everything is in the mesh already.');
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: 'Whose mutual-TLS mode?',
  });
  if (chosen === undefined) throw new Cancelled();
  return chosen.target;
}

/** The namespace that a row stands for; asks when there is none. */
export async function namespaceTarget(mesh: Mesh, node: TreeNode | undefined): Promise<string> {
  if (node?.kind === 'namespace') {
    return present(mesh, { scope: 'namespace', namespace: node.namespace }).namespace;
  }
  const chosen = await vscode.window.showQuickPick(namespaceChoices(mesh), {
    placeHolder: 'Which namespace?',
  });
  if (chosen === undefined) throw new Cancelled();
  return chosen.target.namespace;
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
