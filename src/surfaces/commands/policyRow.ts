import * as vscode from 'vscode';
import type { Impact, Mesh, ObjectRef, PolicyChange, Steps } from '../../mesh/index.ts';
import {
  describeRef,
  findWorkload,
  ownModeOf,
  planPolicyChange,
  policyChangeButton,
  policyChangedSentence,
  policyChangeQuestion,
  policyChangeTitle,
  policyModeWords,
  preflightSteps,
  withDesired,
  workloadsOfPolicy,
} from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { HumanError } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';
import type { PolicyNode, TreeNode } from '../nodes/treeNode.ts';
import { chooseDeclaration, showDeclaration } from './declarations.ts';
import { pickOne } from './pickOne.ts';
import { chooseWorkload, knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';
import { confirmAndWrite } from './write.ts';

interface PolicyInCluster {
  readonly cluster: ClusterConnection;
  readonly policy: ObjectRef;
}

/** Gives a policy another mode of its own; its selector and its ports stay. */
export async function changePolicyMode(
  workbench: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const found = await policyOf(workbench, node);
  const now = ownModeOf(await knownMesh(found.cluster), found.policy);
  if (now === undefined) throw goneError(found.policy);
  const modes = (['STRICT', 'PERMISSIVE', 'DISABLE', 'UNSET'] as const).filter(
    (mode) => mode !== now,
  );
  const items = modes.map((mode) => ({ label: policyModeWords(mode), mode }));
  const title = `Change the Mode of ${describeRef(found.policy)}`;
  const placeholder = `Now: ${policyModeWords(now)}`;
  const { mode } = await pickOne(items, { title, placeholder, active: undefined });
  await changePolicy(workbench, found, mode);
}

/** Deletes a policy. */
export async function deletePolicy(
  workbench: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  await changePolicy(workbench, await policyOf(workbench, node), 'deleted');
}

async function changePolicy(
  workbench: Workbench,
  found: PolicyInCluster,
  change: PolicyChange,
): Promise<void> {
  const { cluster, policy } = found;
  const plan = planPolicyChange(await knownMesh(cluster), policy, change);
  switch (plan.kind) {
    case 'gone':
      throw goneError(policy);
    case 'invalid':
      throw new HumanError(
        `${describeRef(policy)} is invalid: correct its manifest first, or delete it.`,
      );
    case 'nothing-to-do':
      throw new HumanError(`${describeRef(policy)} says that already.`);
    case 'plan':
      await confirmAndWrite(workbench, cluster, {
        desired: [plan.desired],
        asked: { title: policyChangeTitle(policy, change) },
        question: policyChangeQuestion(policy, change),
        button: policyChangeButton(change),
        notes: [],
        impact: (now) => impactOf(now, policy, change),
        done: () => policyChangedSentence(policy, change),
        again: () => changePolicy(workbench, found, change),
      });
  }
}

/** What follows in a mesh; undefined where the policy is not there to be changed any more. */
function* impactOf(mesh: Mesh, policy: ObjectRef, change: PolicyChange): Steps<Impact | undefined> {
  const plan = planPolicyChange(mesh, policy, change);
  if (plan.kind !== 'plan') return undefined;
  const checked = yield* preflightSteps(mesh, withDesired(mesh, [plan.desired]));
  return { checked, warnings: plan.warnings };
}

/** Shows the workloads that a policy is about, and goes to the row of the one that is chosen. */
export async function showPolicyWorkloads(
  workbench: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const row = policyNode(node);
  const { cluster, policy } = await policyOf(workbench, row);
  const mesh = await knownMesh(cluster);
  const workloads = workloadsOfPolicy(mesh, policy).flatMap((ref) => findWorkload(mesh, ref) ?? []);
  if (workloads.length === 0) throw new HumanError(`${describeRef(policy)} selects no workload.`);
  const workload = await chooseWorkload(workloads, `Workloads of ${describeRef(policy)}`);
  workbench.tree.reveal({ kind: 'workload', context: row.context, workload });
}

/** Shows where the workspace declares a policy. */
export async function revealPolicy(
  { loadManifestTools }: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const { policy } = policyNode(node);
  const tools = await loadManifestTools();
  const declaration = await chooseDeclaration(policy, tools);
  if (declaration === undefined) {
    const sentence = `No file of the workspace declares ${describeRef(policy)}.`;
    void vscode.window.showInformationMessage(unlinked(sentence));
    return;
  }
  await showDeclaration(declaration, tools);
}

async function policyOf(
  { session }: Workbench,
  node: TreeNode | undefined,
): Promise<PolicyInCluster> {
  const row = policyNode(node);
  return { cluster: await session.clusterOf(row), policy: row.policy };
}

function policyNode(node: TreeNode | undefined): PolicyNode {
  if (node?.kind === 'policy') return node;
  throw new HumanError('Choose a policy in the Mesh view.');
}

function goneError(policy: ObjectRef): HumanError {
  return new HumanError(`${describeRef(policy)} is not there any more.`);
}
