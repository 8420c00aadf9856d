import type { Desired, FoundProxy, Mesh, ObjectRef, WorkloadRef } from '../mesh/index.ts';
import type { KubeTransport } from '../sources/transport/transport.ts';
import type { Applied, Prepared, Ready } from './apply.ts';
import { commit, prepare } from './apply.ts';
import type { ExecOptions, ExecResult, ExecTarget } from './exec.ts';
import { execInPod } from './exec.ts';
import type { InjectionPlan, InjectionTarget } from './injection.ts';
import { planInjection } from './injection.ts';
import type { Asked, Journal } from './journal.ts';
import type { Access } from './permissions.ts';
import { may } from './permissions.ts';
import type { ReportedProxy } from './proxyReading.ts';
import { reportProxy } from './proxyReading.ts';
import type { ReadOptions } from './readProxy.ts';
import type { Undone } from './rollback.ts';
import { undo } from './rollback.ts';
import type { RolloutOptions, RolloutResult } from './rollout.ts';
import { waitForRollout } from './rollout.ts';
import type { Settled } from './unanswered.ts';
import { settle } from './unanswered.ts';
import type { WithdrawalPlan } from './withdrawal.ts';
import { planWithdrawal } from './withdrawal.ts';
import type { Live } from './writeTarget.ts';
import { locate, readLive } from './writeTarget.ts';

/** Everything that may be done to one cluster. Nothing else writes to it or executes in it. */
export interface ClusterActions {
  may(access: Access, signal: AbortSignal): Promise<'yes' | 'no' | 'unknown'>;
  /** The complete live object, for showing. */
  read(ref: ObjectRef, signal: AbortSignal): Promise<Live>;
  prepare(desired: readonly Desired[], signal: AbortSignal): Promise<Prepared>;
  /** Writes what was prepared, and keeps in the journal what was asked for. */
  commit(ready: Ready, asked: Asked, signal: AbortSignal): Promise<Applied>;
  undo(entryId: string, signal: AbortSignal): Promise<Undone>;
  /** Looks again at what was written and never answered. */
  settle(signal: AbortSignal): Promise<readonly Settled[]>;
  exec(target: ExecTarget, options: ExecOptions): Promise<ExecResult>;
  /** What a running proxy has, asked in its own container, beside what the mesh says. */
  readProxy(
    mesh: Mesh,
    found: Extract<FoundProxy, { readonly kind: 'found' }>,
    options: ReadOptions,
  ): Promise<ReportedProxy>;
  planInjection(mesh: Mesh, target: InjectionTarget, signal: AbortSignal): Promise<InjectionPlan>;
  planWithdrawal(mesh: Mesh, target: InjectionTarget, signal: AbortSignal): Promise<WithdrawalPlan>;
  waitForRollout(ref: WorkloadRef, options: RolloutOptions): Promise<RolloutResult>;
}

export interface ClusterActionsOptions {
  readonly transport: KubeTransport;
  readonly journal: Journal;
  readonly context: string;
}

/** Binds the actions to one connection and one journal. */
export function clusterActions({
  transport,
  journal,
  context,
}: ClusterActionsOptions): ClusterActions {
  return {
    may: (access, signal) => may(transport, access, signal),
    read: (ref, signal) => read(transport, ref, signal),
    prepare: (desired, signal) => prepare(transport, desired, signal),
    commit: (ready, asked, signal) =>
      commit(transport, ready, { journal, context, ...asked }, signal),
    undo: (entryId, signal) => undo(transport, journal, entryId, signal),
    settle: (signal) => settle(transport, journal, signal),
    exec: (target, options) => execInPod(transport, target, options),
    readProxy: (mesh, found, options) => reportProxy(transport, mesh, found, options),
    planInjection: (mesh, target, signal) =>
      planInjection(transport, mesh, target, { now: Date.now(), signal }),
    planWithdrawal: (mesh, target, signal) =>
      planWithdrawal(transport, mesh, target, { now: Date.now(), signal }),
    waitForRollout: (ref, options) => waitForRollout(transport, ref, options),
  };
}

async function read(transport: KubeTransport, ref: ObjectRef, signal: AbortSignal): Promise<Live> {
  const target = await locate(transport, ref, signal);
  if (target.kind === 'target') return readLive(transport, target.path, signal);
  if (target.kind !== 'not-installed') return target;
  return { kind: 'unreachable', cause: `The cluster does not serve ${ref.kind}.` };
}
