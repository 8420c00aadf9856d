import * as vscode from 'vscode';
import type { DesiredMode, EnforceTarget, Mesh, Remainder, WorkloadRef } from '../../mesh/index.ts';
import {
  actionWords,
  consequences,
  describeRefusal,
  doneSentence,
  enforcedWords,
  exceptWords,
  nothingToDoSentence,
  planEnforcement,
  preflight,
  staysDifferent,
  staysUnknown,
  targetWords,
  withDesired,
} from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { HumanError } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import { chooseExceptions } from './chooseExceptions.ts';
import { enforceTarget, knownMesh, namespaceTarget } from './targets.ts';
import type { Workbench } from './workbench.ts';
import { confirmAndWrite } from './write.ts';

/** Sets the mode of the row's scope: plan, preflight, dry run, diff, confirmation, write, Undo. */
export async function enforce(
  workbench: Workbench,
  mode: DesiredMode,
  node: TreeNode | undefined,
): Promise<void> {
  const cluster = await workbench.session.clusterOf(node);
  const target = await enforceTarget(await knownMesh(cluster), node);
  await enforceOn({ workbench, cluster, target, mode, except: [] });
}

/** Enforces STRICT on a namespace and keeps chosen workloads PERMISSIVE: one plan, one confirmation, one Undo. */
export async function enforceWithExceptions(
  workbench: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const cluster = await workbench.session.clusterOf(node);
  const mesh = await knownMesh(cluster);
  const namespace = await namespaceTarget(mesh, node);
  const target: EnforceTarget = { scope: 'namespace', namespace };
  const except = await chooseExceptions(mesh, namespace);
  await enforceOn({ workbench, cluster, target, mode: 'STRICT', except });
}

interface Enforcement {
  readonly workbench: Workbench;
  readonly cluster: ClusterConnection;
  readonly target: EnforceTarget;
  readonly mode: DesiredMode;
  readonly except: readonly WorkloadRef[];
}

async function enforceOn({ workbench, cluster, target, mode, except }: Enforcement): Promise<void> {
  const mesh = await knownMesh(cluster);
  const plan = planEnforcement(mesh, target, mode, except);
  switch (plan.kind) {
    case 'refused':
      throw new HumanError(describeRefusal(plan.why));
    case 'nothing-to-do':
      void vscode.window.showInformationMessage(
        unlinked(nothingToDoSentence(target, mode, remainderOf(mesh, target))),
      );
      return;
    case 'plan': {
      const after = withDesired(mesh, plan.desired);
      const checked = preflight(mesh, after);
      await confirmAndWrite(workbench, cluster, {
        desired: plan.desired,
        asked: { title: enforcedWords(target, mode, except) },
        question: questionOf(targetWords(target), mode, except),
        button: actionWords(mode),
        detail: (changes) => consequences(changes, checked, plan.warnings),
        done: doneSentence(target, mode, remainderOf(after, target)),
      });
    }
  }
}

function remainderOf(mesh: Mesh, target: EnforceTarget): Remainder {
  return { different: staysDifferent(mesh, target), unknown: staysUnknown(mesh, target) };
}

function questionOf(where: string, mode: DesiredMode, except: readonly WorkloadRef[]): string {
  return mode === 'INHERITED'
    ? `Let ${where} inherit its mode?`
    : `${actionWords(mode)} on ${where}${exceptWords(except)}?`;
}
