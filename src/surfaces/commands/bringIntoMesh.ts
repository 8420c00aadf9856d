import type { InjectionPlan, InjectionTarget } from '../../actions/injection.ts';
import type { RolloutResult } from '../../actions/rollout.ts';
import type { Change, EnforceTarget, Mesh, WorkloadRef } from '../../mesh/index.ts';
import {
  consequences,
  findWorkload,
  hasPodsOutside,
  preflight,
  subjectWords,
  targetWords,
  withDesired,
  withRestarted,
  workloadsIn,
} from '../../mesh/index.ts';
import type { ClusterConnection } from '../../kube.ts';
import { HumanError } from '../platform/humanError.ts';
import { setting } from '../platform/settings.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import { withProgress } from './progress.ts';
import { enforceTarget, knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';
import { confirmAndWrite } from './write.ts';

/** Gives a namespace or a workload sidecars: label, restart, and wait until the new pods are ready. */
export async function bringIntoMesh(
  workbench: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const cluster = await workbench.session.clusterOf(node);
  const mesh = await knownMesh(cluster);
  const scope = await enforceTarget(mesh, node, (target) => isOutside(mesh, target));
  const target = injectionTarget(scope);
  const plan = await withProgress('Looking at the injector', (signal) =>
    cluster.actions.planInjection(mesh, target, signal),
  );
  const { desired, restarted, notReached } = usablePlan(plan, subjectWords(scope));
  const checked = preflight(mesh, withRestarted(withDesired(mesh, desired), restarted));
  await confirmAndWrite(workbench, cluster, {
    desired,
    asked: { title: `Brought ${targetWords(scope)} into the mesh` },
    question: `Bring ${targetWords(scope)} into the mesh?`,
    button: 'Bring into the Mesh',
    detail: (changes: readonly Change[]) =>
      [
        restartSentence(restarted),
        ...notReachedLines(notReached),
        consequences(changes, checked, []),
      ].join('\n'),
    done: `${subjectWords(scope)} is being brought into the mesh.`,
  });
  await followRollouts(cluster, restarted);
}

function injectionTarget(scope: EnforceTarget): InjectionTarget {
  switch (scope.scope) {
    case 'mesh':
      throw new HumanError('Choose one namespace or workload.');
    case 'namespace':
      return scope;
    case 'workload':
    case 'port':
      return { scope: 'workload', workload: scope.workload };
  }
}

function usablePlan(plan: InjectionPlan, where: string): Extract<InjectionPlan, { kind: 'plan' }> {
  switch (plan.kind) {
    case 'plan':
      return plan;
    case 'nothing-to-do':
      throw new HumanError(`${where} is in the mesh already.`);
    case 'refused':
      throw new HumanError(`${where}: ${refusals[plan.why]}`);
    case 'failed':
      throw new HumanError(plan.cause);
  }
}

/** Whether a sidecar is missing somewhere in a scope that can be brought into the mesh. */
function isOutside(mesh: Mesh, target: EnforceTarget): boolean {
  switch (target.scope) {
    case 'mesh':
    case 'port':
      return false;
    case 'namespace':
      return workloadsIn(mesh, target.namespace).some(hasPodsOutside);
    case 'workload': {
      const workload = findWorkload(mesh, target.workload);
      return workload !== undefined && hasPodsOutside(workload);
    }
  }
}

const refusals: Readonly<Record<Extract<InjectionPlan, { kind: 'refused' }>['why'], string>> = {
  'no-injector': 'no sidecar injector of the cluster would act here.',
  'namespace-opts-out': 'its namespace is excluded from injection by its istio-injection label.',
  'injector-declines':
    'the injector would not give these pods a sidecar, for instance because they use the host network.',
  ambient:
    'it is in the mesh already: ztunnel carries its traffic, and sidecars would take it out of the ambient mesh.',
  'no-pod-template':
    'only Deployments, StatefulSets and DaemonSets can be restarted with a sidecar.',
};

function restartSentence(restarted: readonly WorkloadRef[]): string {
  return restarted.length === 0
    ? 'No workload is restarted.'
    : `Restarts ${restarted.map(({ name }) => name).join(', ')}.`;
}

function notReachedLines(notReached: readonly WorkloadRef[]): readonly string[] {
  if (notReached.length === 0) return [];
  return [`⚠ Stays outside the mesh: ${notReached.map(({ name }) => name).join(', ')}.`];
}

/** Follows the restarts one after the other: they run at the same time in the cluster anyway. */
async function followRollouts(
  cluster: ClusterConnection,
  restarted: readonly WorkloadRef[],
): Promise<void> {
  const timeoutMs = setting('istioMtls.rollout.timeoutSeconds') * 1000;
  await withProgress('Restarting', async (signal, report) => {
    for (const ref of restarted) {
      const result = await cluster.actions.waitForRollout(ref, {
        timeoutMs,
        signal,
        onProgress: ({ ready, desired }) => {
          report(`${ref.name}: ${ready}/${desired}`);
        },
      });
      const problem = rolloutProblem(result);
      if (problem !== undefined) throw new HumanError(`${ref.namespace}/${ref.name} ${problem}`);
    }
  });
}

function rolloutProblem(result: RolloutResult): string | undefined {
  switch (result.kind) {
    case 'complete':
    case 'cancelled':
      return undefined;
    case 'timed-out':
      return 'is still restarting; the time limit for waiting is over.';
    case 'gone':
      return 'was deleted while it was restarting.';
    case 'stuck':
    case 'failed':
      return `did not restart: ${result.cause}`;
  }
}
