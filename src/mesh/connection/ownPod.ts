import type { Outcome, Reason } from '../model/explanation.ts';
import type { WorkloadRef } from '../model/reference.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import { findDestination } from '../destination/destination.ts';
import type { Destination } from '../destination/destination.ts';
import type { HostPort } from './hostPorts.ts';
import type { ClientVariant } from '../destination/clientVariant.ts';
import type { Reached } from './reached.ts';

/** Within a pod nothing stands between client and server (R57, R142). */
export function toItself({ pods }: ClientVariant, applicationTls: boolean): Reached {
  const outcome: Outcome = { kind: applicationTls ? 'tls' : 'plaintext' };
  const because: readonly Reason[] =
    pods === undefined ? [] : [{ kind: 'loopback', workload: pods.workload.ref }];
  return { outcome, because, endpoints: 1, ofEndpoints: 1 };
}

/**
 * Whether a pod calls its own address, by number or by the name of a headless service: like a call of `localhost` it does
 * not leave the pod, and what captures traffic lets it pass (R57, R142).
 */
export function callsItself({ pods }: ClientVariant, destination: Destination): boolean {
  const { calledPod, headless, endpoints } = destination;
  if (pods?.members.length !== 1) return false;
  const [member] = pods.members;
  if (calledPod !== undefined) return calledPod === member;
  const [only, ...others] = endpoints;
  if (!headless || only === undefined || others.length > 0) return false;
  return only.variant.pods.length === 1 && only.variant.pods[0] === member;
}

/** The workload that may call itself at a server: no other client fares as it does there. */
export function ownCaller(mesh: Mesh, to: HostPort): WorkloadRef | undefined {
  const found = findDestination(mesh, to, undefined);
  if (found.kind === 'not-found' || !found.destination.headless) return undefined;
  const [only, ...others] = found.destination.endpoints;
  return others.length === 0 ? only?.workload.ref : undefined;
}

/** Whether a name or an address means the pod itself. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return host.startsWith('127.') && /^127(\.\d+){3}$/.test(host);
}
