import { hasNoLabels, matchesLabels } from '../model/labels.ts';
import type { PeerAuthentication } from '../model/objects.ts';
import type { ObjectRef } from '../model/reference.ts';
import type { IgnoredPolicy, IgnoredReason, ModeSource } from '../model/explanation.ts';
import type { PolicyScope } from '../model/mode.ts';
import { policyRef, type Governing, type Subject } from './peerAuthentication.ts';
import { isTied } from './unspecifiedTie.ts';

const NOTHING: readonly IgnoredPolicy[] = Object.freeze([]);

/** What is asked about: a subject, and one of its ports or all of them. */
export interface Question {
  readonly subject: Subject;
  readonly port: number | undefined;
  readonly ambient: boolean;
}

/**
 * Every policy that selects the subject and does not decide, with the reason (R20). Policies whose
 * selector does not match are no candidates and are left out.
 */
export function ignoredPolicies(
  governing: Governing,
  from: ModeSource,
  question: Question,
): readonly IgnoredPolicy[] {
  const { root, own, matching, inRoot } = governing;
  const quiet =
    root.selectorless.length + (inRoot ? 0 : own.selectorless.length) + matching.length <= 1 &&
    from.kind === 'policy' &&
    root.otherRevision.length + own.otherRevision.length === 0;
  const inRootSelecting = root.selecting.matching(question.subject.labels);
  if (quiet && inRootSelecting.length === 0) return NOTHING;
  const found: IgnoredPolicy[] = [];
  for (const policy of inRootSelecting) {
    found.push(ignored(policy, 'workload', 'selector-in-root-namespace'));
  }
  const { port, ambient } = question;
  level(found, matching, { scope: 'workload', from, port, ambient });
  if (!inRoot) level(found, own.selectorless, { scope: 'namespace', from, port, ambient });
  level(found, root.selectorless, { scope: 'mesh', from, port, ambient });
  otherRevisions(found, governing, question.subject);
  // Copied, because an array that has grown keeps room for 17.
  return question.ambient ? found.map((entry) => asSeenByAmbient(entry, governing)) : [...found];
}

interface Level {
  readonly scope: PolicyScope;
  readonly from: ModeSource;
  readonly port: number | undefined;
  readonly ambient: boolean;
}

/** The policies of one scope: the oldest may have decided, all others lost to it (R10, R11). */
function level(
  found: IgnoredPolicy[],
  policies: readonly PeerAuthentication[],
  { scope, from, port, ambient }: Level,
): void {
  const [oldest, ...younger] = policies;
  if (oldest === undefined) return;
  const winner = policyRef(oldest);
  const decided = from.kind === 'policy' ? from.field.object : undefined;
  if (!isSame(decided, oldest)) found.push(lost(oldest, { scope, from, port, ambient }));
  for (const policy of younger) {
    found.push(ignored(policy, scope, whyBehind(policy, oldest, ambient), winner));
  }
}

function whyBehind(
  policy: PeerAuthentication,
  first: PeerAuthentication,
  ambient: boolean,
): IgnoredReason {
  if (policy.createdAt === undefined && first.createdAt === undefined) return 'ages-unknown';
  return ambient && isTied(policy, first) ? 'same-age-in-ambient' : 'older-policy-wins'; // R93
}

/** Why the oldest policy of its scope did not decide (R12, R14, R15, R16). */
function lost(policy: PeerAuthentication, { scope, from, port }: Level): IgnoredPolicy {
  const winner = from.kind === 'policy' ? from.field.object : undefined;
  const lists = (candidate: PeerAuthentication): boolean =>
    port !== undefined && candidate.portLevelMtls.some((entry) => entry.port === port);
  if (scope !== 'workload' && lists(policy)) {
    return ignored(policy, scope, 'port-level-without-workload-scope', winner);
  }
  if (policy.mode !== 'UNSET') return ignored(policy, scope, 'overridden', winner);
  const listsOthers = policy.portLevelMtls.length > 0 && !lists(policy);
  const reason = scope === 'workload' && listsOthers ? 'port-not-listed' : 'mode-unset';
  return ignored(policy, scope, reason, winner);
}

function otherRevisions(found: IgnoredPolicy[], governing: Governing, subject: Subject): void {
  const { root, own, inRoot } = governing;
  const candidates = inRoot ? root.otherRevision : [...own.otherRevision, ...root.otherRevision];
  for (const policy of candidates) {
    const selector = policy.selector;
    const selects = selector !== undefined && !hasNoLabels(selector);
    if (selects && !matchesLabels(selector, subject.labels)) continue;
    const wide = policy.namespace === subject.namespace && !inRoot ? 'namespace' : 'mesh';
    found.push(ignored(policy, selects ? 'workload' : wide, 'other-revision'));
  }
}

/** ztunnel does not see a mesh policy that has a selector, even an empty one (R92). */
function asSeenByAmbient(entry: IgnoredPolicy, governing: Governing): IgnoredPolicy {
  const isMesh = entry.scope === 'mesh' && isSame(entry.policy, governing.mesh);
  if (!isMesh || governing.mesh?.selector === undefined || governing.inRoot) return entry;
  return { ...entry, reason: 'empty-selector-in-ambient' };
}

function isSame(ref: ObjectRef | undefined, policy: PeerAuthentication | undefined): boolean {
  return ref !== undefined && ref.namespace === policy?.namespace && ref.name === policy.name;
}

function ignored(
  policy: PeerAuthentication,
  scope: PolicyScope,
  reason: IgnoredReason,
  winner?: ObjectRef,
): IgnoredPolicy {
  const lost = policyRef(policy);
  const { mode } = policy;
  return winner === undefined
    ? { policy: lost, scope, mode, reason }
    : { policy: lost, scope, mode, reason, winner };
}
