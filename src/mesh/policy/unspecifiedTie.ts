import type { PeerAuthentication } from '../model/objects.ts';
import type { Reason } from '../model/explanation.ts';
import { policyRef, type Governing } from './peerAuthentication.ts';

const NONE: readonly Reason[] = Object.freeze([]);

/**
 * Policies of one scope and one second that say different things: ambient compares nothing but the
 * age, so that any of them may win; the answer takes the one that sidecars take (R93).
 */
export function unspecifiedTies({ root, own, matching, inRoot }: Governing): readonly Reason[] {
  const most = Math.max(matching.length, own.selectorless.length, root.selectorless.length);
  if (most < 2) return NONE;
  const scopes = [matching, inRoot ? [] : own.selectorless, root.selectorless];
  return scopes.flatMap(([oldest, ...younger]): readonly Reason[] => {
    const tied = younger.filter((policy) => isTied(policy, oldest));
    const [first, ...rest] = tied.filter((policy) => !saysTheSame(policy, oldest)).map(policyRef);
    if (oldest === undefined || first === undefined) return NONE;
    return [
      {
        kind: 'unspecified-tie',
        used: policyRef(oldest),
        others: [first, ...rest],
        inferred: true,
      },
    ];
  });
}

/** Of the same second, which is all that an API server remembers (R9). */
export function isTied(left: PeerAuthentication, right: PeerAuthentication | undefined): boolean {
  return left.createdAt !== undefined && left.createdAt === right?.createdAt;
}

function saysTheSame(left: PeerAuthentication, right: PeerAuthentication | undefined): boolean {
  if (left.mode !== right?.mode || left.portLevelMtls.length !== right.portLevelMtls.length) {
    return false;
  }
  return left.portLevelMtls.every((entry, index) => {
    const other = right.portLevelMtls[index];
    return entry.port === other?.port && entry.mode === other.mode;
  });
}
