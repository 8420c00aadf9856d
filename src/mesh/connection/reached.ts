import type { Outcome, Reason } from '../model/explanation.ts';
import { sameRef, type FieldRef, type WorkloadRef } from '../model/reference.ts';

/** What becomes of a connection at some endpoints; the fact about the client itself is not among the reasons. */
export interface Reached {
  readonly outcome: Outcome;
  readonly because: readonly Reason[];
  readonly workload?: WorkloadRef;
  readonly workloadPort?: number;
  /** Pods of the server that this holds for, of all that the connection may reach. */
  readonly endpoints: number;
  readonly ofEndpoints: number;
  /** The part of the client's calls that this holds for, where a route divides them (R310). */
  readonly share?: CallShare;
}

/** A part of a client's calls. */
export interface CallShare {
  readonly route: FieldRef;
  /** Of what the route takes. */
  readonly percent: number;
  /** Other requests take another route. */
  readonly byRequest: boolean;
}

function sameShare(left: CallShare | undefined, right: CallShare | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return (
    left.percent === right.percent &&
    left.route.field === right.route.field &&
    sameRef(left.route.object, right.route.object)
  );
}

/** The same port of the same workload. */
export function sameServer(left: Reached, right: Reached): boolean {
  if (left.workloadPort !== right.workloadPort || !sameShare(left.share, right.share)) return false;
  if (left.workload === undefined || right.workload === undefined) {
    return left.workload === right.workload;
  }
  return sameRef(left.workload, right.workload);
}

/** Whether two outcomes are the same to whoever looks at them. */
export function sameOutcome(left: Outcome, right: Outcome): boolean {
  switch (left.kind) {
    case 'mutual-tls':
      return right.kind === 'mutual-tls' && left.transport === right.transport;
    case 'tls':
    case 'plaintext':
      return left.kind === right.kind;
    case 'refused':
      return right.kind === 'refused' && left.by === right.by && left.symptom === right.symptom;
    case 'unknown':
      return right.kind === 'unknown' && left.missing[0] === right.missing[0];
  }
}
