import type { InjectionPlan, InjectionTarget } from '../../actions/injection.ts';
import type { WithdrawalPlan } from '../../actions/withdrawal.ts';
import type { EnforceTarget, Mesh, ObjectRef, Workload, WorkloadRef } from '../../mesh/index.ts';
import {
  findWorkload,
  hasPodsOutside,
  movedSentence,
  movedWords,
  podsOf,
  preflightSteps,
  subjectWords,
  targetWords,
  withDesired,
  withRestarted,
  workloadsIn,
} from '../../mesh/index.ts';
import { HumanError } from '../platform/humanError.ts';
import type { TreeNode } from '../nodes/treeNode.ts';
import { withProgress } from './progress.ts';
import { followRollouts } from './rollouts.ts';
import type { ScopeInCluster } from './targets.ts';
import { enforceTarget, knownMesh } from './targets.ts';
import type { Workbench } from './workbench.ts';
import { confirmAndWrite } from './write.ts';

/** Whether workloads get sidecars or lose them. */
type Way = 'in' | 'out';

/** Gives a namespace or a workload sidecars: label, restart, and wait until the new pods are ready. */
export async function bringIntoMesh(
  workbench: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const question = { title: buttons.in, node, offered: offers(hasPodsOutside) };
  await move(workbench, await enforceTarget(workbench, question), 'in');
}

/** Takes the sidecars of a namespace or a workload away again, in the same guarded way. */
export async function takeOutOfMesh(
  workbench: Workbench,
  node: TreeNode | undefined,
): Promise<void> {
  const question = { title: buttons.out, node, offered: offers(hasSidecar) };
  await move(workbench, await enforceTarget(workbench, question), 'out');
}

const buttons: Readonly<Record<Way, string>> = {
  in: 'Bring into the Mesh',
  out: 'Take out of the Mesh',
};

async function move(workbench: Workbench, where: ScopeInCluster, way: Way): Promise<void> {
  const { cluster, target: scope } = where;
  const mesh = await knownMesh(cluster);
  const plan = usablePlan(await planOf(where, mesh, way), scope, way);
  const { desired, restarted, notReached } = plan;
  const isMoved = (now: Mesh): boolean => restarted.every((ref) => hasMoved(now, ref, way));
  await confirmAndWrite(workbench, cluster, {
    desired,
    asked: { title: movedWords(scope, way), podsBefore: podsOf(mesh, refOf(scope)) },
    question: `${way === 'in' ? 'Bring' : 'Take'} ${targetWords(scope)} ${way === 'in' ? 'into' : 'out of'} the mesh?`,
    button: buttons[way],
    notes: [restartSentence(restarted), ...notReachedLines(notReached, way)],
    impact: function* (now) {
      const after = withRestarted(withDesired(now, desired), restarted);
      return { checked: yield* preflightSteps(now, after), warnings: [] };
    },
    follow: followRollouts(cluster, restarted, isMoved),
    done: (now) => movedSentence(now, scope, { way, workloads: restarted }),
    again: () => move(workbench, where, way),
  });
}

type Plan = InjectionPlan | WithdrawalPlan;

function planOf({ cluster, target }: ScopeInCluster, mesh: Mesh, way: Way): Promise<Plan> {
  const injection = injectionTarget(target);
  return withProgress<Plan>('Looking at the injector', (signal) =>
    way === 'in'
      ? cluster.actions.planInjection(mesh, injection, signal)
      : cluster.actions.planWithdrawal(mesh, injection, signal),
  );
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

function refOf(scope: EnforceTarget): ObjectRef {
  const target = injectionTarget(scope);
  return target.scope === 'workload'
    ? target.workload
    : { kind: 'Namespace', namespace: '', name: target.namespace };
}

type UsablePlan = Extract<InjectionPlan, { kind: 'plan' }>;

function usablePlan(plan: Plan, scope: EnforceTarget, way: Way): UsablePlan {
  const where = subjectWords(scope);
  switch (plan.kind) {
    case 'plan':
      return plan;
    case 'nothing-to-do':
      throw new HumanError(
        way === 'in' ? `${where} is in the mesh already.` : `${where} has no sidecar to take away.`,
      );
    case 'refused':
      throw new HumanError(
        `${where}: ${plan.why === 'ambient' ? ambientWords[way] : refusals[plan.why]}`,
      );
    case 'failed':
      throw new HumanError(plan.cause);
  }
}

/** Which scopes hold a workload of that kind. */
function offers(isOne: (workload: Workload) => boolean) {
  return (mesh: Mesh, target: EnforceTarget): boolean => {
    switch (target.scope) {
      case 'mesh':
      case 'port':
        return false;
      case 'namespace':
        return workloadsIn(mesh, target.namespace).some(isOne);
      case 'workload': {
        const workload = findWorkload(mesh, target.workload);
        return workload !== undefined && isOne(workload);
      }
    }
  };
}

function hasSidecar({ dataPlanes }: Workload): boolean {
  return dataPlanes.some(({ dataPlane }) => dataPlane === 'sidecar');
}

function hasMoved(mesh: Mesh, ref: WorkloadRef, way: Way): boolean {
  const workload = findWorkload(mesh, ref);
  if (workload === undefined) return true;
  return way === 'in' ? !hasPodsOutside(workload) : !hasSidecar(workload);
}

type WhyRefused = Extract<Plan, { kind: 'refused' }>['why'];

const refusals: Readonly<Record<Exclude<WhyRefused, 'ambient'>, string>> = {
  'no-injector': 'no sidecar injector of the cluster would act here.',
  'namespace-opts-out': 'its namespace is excluded from injection by its istio-injection label.',
  'injector-declines':
    'the injector would not give these pods a sidecar, for instance because they use the host network.',
  'no-pod-template':
    'only Deployments, StatefulSets and DaemonSets can be restarted to change their sidecars.',
  'asked-for-by-workloads':
    'its workloads ask for their sidecars themselves. Take them out of the mesh one by one.',
  'injector-insists': 'the injector would give these pods a sidecar whatever their labels say.',
};

const ambientWords: Readonly<Record<Way, string>> = {
  in: 'it is in the mesh already: ztunnel carries its traffic, and sidecars would take it out of the ambient mesh.',
  out: 'ztunnel carries its traffic, not a sidecar.',
};

function restartSentence(restarted: readonly WorkloadRef[]): string {
  return restarted.length === 0
    ? 'No workload is restarted.'
    : `Restarts ${restarted.map(({ name }) => name).join(', ')}.`;
}

function notReachedLines(notReached: readonly WorkloadRef[], way: Way): readonly string[] {
  if (notReached.length === 0) return [];
  const stays = way === 'in' ? 'Stays outside the mesh' : 'Keeps its sidecar';
  return [`⚠ ${stays}: ${notReached.map(({ name }) => name).join(', ')}.`];
}
