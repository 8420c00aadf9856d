import * as vscode from 'vscode';
import type {
  DesiredMode,
  EnforceTarget,
  Impact,
  Mesh,
  Steps,
  WorkloadRef,
} from '../../mesh/index.ts';
import {
  actionWords,
  describeRefusal,
  doneSentence,
  enforcedWords,
  exceptWords,
  nothingToDoSentence,
  planEnforcement,
  preflightSteps,
  remainderOf,
  targetWords,
  withDesired,
} from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { HumanError } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import { chooseExceptions } from './chooseExceptions.ts';
import { observeTraffic } from './observeTraffic.ts';
import { enforceTarget, knownMesh, namespaceTarget } from './targets.ts';
import type { Workbench } from './workbench.ts';
import { confirmAndWrite } from './write.ts';

/** Sets the mode of the row's scope: plan, preflight, dry run, diff, confirmation, write, Undo. */
export async function enforce(
  workbench: Workbench,
  mode: DesiredMode,
  node: TreeNode | undefined,
): Promise<void> {
  const { cluster, target } = await enforceTarget(workbench, { title: actionWords(mode), node });
  await enforceOn({ workbench, cluster, target, mode, except: [] });
}

/** Enforces STRICT on a namespace and keeps chosen workloads PERMISSIVE: one plan, one confirmation, one Undo. */
export async function enforceWithExceptions(
  workbench: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const question = { title: 'Enforce STRICT with Exceptions', node };
  const { cluster, namespace } = await namespaceTarget(workbench, question);
  const target: EnforceTarget = { scope: 'namespace', namespace };
  const except = await chooseExceptions(await knownMesh(cluster), namespace);
  await enforceOn({ workbench, cluster, target, mode: 'STRICT', except });
}

interface Enforcement {
  readonly workbench: Workbench;
  readonly cluster: ClusterConnection;
  readonly target: EnforceTarget;
  readonly mode: DesiredMode;
  readonly except: readonly WorkloadRef[];
}

async function enforceOn(asked: Enforcement): Promise<void> {
  const { workbench, cluster, target, mode, except } = asked;
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
      const planned = JSON.stringify(plan.desired);
      await confirmAndWrite(workbench, cluster, {
        desired: plan.desired,
        asked: { title: enforcedWords(target, mode, except) },
        question: questionOf(targetWords(target), mode, except),
        button: actionWords(mode),
        notes: [],
        impact: (now) => impactOf(now, asked, planned),
        // Of a mode that lets plaintext in nobody needs to know who calls.
        ...(mode === 'STRICT' && {
          observe: (now, checked) =>
            observeTraffic(workbench, cluster, { mesh: now, checked, kinds: ['prometheus'] }),
        }),
        done: (now) => doneSentence(target, mode, remainderOf(now, target)),
        again: () => enforceOn(asked),
      });
    }
  }
}

/** What the same plan does in a mesh; undefined where the plan would be another one. */
function* impactOf(
  mesh: Mesh,
  { target, mode, except }: Enforcement,
  planned: string,
): Steps<Impact | undefined> {
  const plan = planEnforcement(mesh, target, mode, except);
  if (plan.kind !== 'plan' || JSON.stringify(plan.desired) !== planned) return undefined;
  const { desired, warnings } = plan;
  return { checked: yield* preflightSteps(mesh, withDesired(mesh, desired)), warnings };
}

function questionOf(where: string, mode: DesiredMode, except: readonly WorkloadRef[]): string {
  return mode === 'INHERITED'
    ? `Let ${where} inherit its mode?`
    : `${actionWords(mode)} on ${where}${exceptWords(except)}?`;
}
