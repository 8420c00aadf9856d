import * as vscode from 'vscode';
import type { Change, EnforceTarget, Impact, Mesh, Steps } from '../../mesh/index.ts';
import {
  describeRefusal,
  impactDocument,
  nothingToDoSentence,
  objectsIn,
  planEnforcement,
  preflightSteps,
  remainderOf,
  targetWords,
  withDesired,
} from '../../mesh/index.ts';
import { HumanError } from '../platform/humanError.ts';
import { unlinked } from '../platform/notification.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import { compared } from './compared.ts';
import { observeTraffic } from './observeTraffic.ts';
import { enforceTarget, knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';
import { whereLines } from './write.ts';

/** Shows who would be refused if a row's scope were STRICT. It only reads, so whoever may read may ask. */
export async function showStrictImpact(
  workbench: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const command = { title: 'Show What STRICT Would Break', node };
  const { cluster, target } = await enforceTarget(workbench, command);
  const mesh = await knownMesh(cluster);
  const title = `If ${targetWords(target)} were STRICT`;
  const impact = await compared(impactOf(mesh, target));
  if (impact === undefined) {
    const sentence = nothingToDoSentence(target, 'STRICT', remainderOf(mesh, target));
    void vscode.window.showInformationMessage(unlinked(sentence));
    return;
  }
  const { changes, checked, warnings } = impact;
  const evidence = await observeTraffic(workbench, cluster, {
    mesh,
    checked,
    kinds: ['prometheus', 'proxy-stats', 'logs'],
  });
  const text = impactDocument(title, whereLines(cluster), changes, { checked, warnings, evidence });
  await workbench.impacts.show(title, text, vscode.ViewColumn.Active);
}

/** Undefined where the target says STRICT already. */
function* impactOf(
  mesh: Mesh,
  target: EnforceTarget,
): Steps<(Impact & { readonly changes: readonly Change[] }) | undefined> {
  const plan = planEnforcement(mesh, target, 'STRICT');
  switch (plan.kind) {
    case 'refused':
      throw new HumanError(describeRefusal(plan.why));
    case 'nothing-to-do':
      return undefined;
    case 'plan': {
      const { desired, warnings } = plan;
      const checked = yield* preflightSteps(mesh, withDesired(mesh, desired));
      const changes = desired.map(({ ref, after }) => ({
        ref,
        // Its content does not matter to the words: only whether it is there.
        before: objectsIn(mesh, ref.namespace).peerAuthentications.has(ref.name)
          ? after
          : undefined,
        after,
      }));
      return { changes, checked, warnings };
    }
  }
}
