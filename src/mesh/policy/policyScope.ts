import { isForRevision, hasNoLabels, selectorIndex, type SelectorIndex } from '../model/labels.ts';
import { memo, memoByWord } from '../model/kept.ts';
import type { NamespaceObjects } from '../snapshot/namespaceObjects.ts';
import type { ObjectMeta, PeerAuthentication } from '../model/objects.ts';

/** Older first; of the same second by name, then namespace, bytewise (R9). Not yet created is youngest. */
export function byAge(left: ObjectMeta, right: ObjectMeta): number {
  const leftAge = left.createdAt ?? Number.POSITIVE_INFINITY;
  const rightAge = right.createdAt ?? Number.POSITIVE_INFINITY;
  if (leftAge !== rightAge) return leftAge < rightAge ? -1 : 1;
  if (left.name !== right.name) return left.name < right.name ? -1 : 1;
  return left.namespace < right.namespace ? -1 : 1;
}

/** The PeerAuthentications of one namespace as one control plane sees them, oldest first. */
export interface NamespacePolicies {
  /** Without labels to select by: at most the first has any effect (R10). */
  readonly selectorless: readonly PeerAuthentication[];
  readonly selecting: SelectorIndex<PeerAuthentication>;
  /** Written for another revision (R2). */
  readonly otherRevision: readonly PeerAuthentication[];
}

type Policies = NamespaceObjects['peerAuthentications'];

const anyRevisionLabel = memo((policies: Policies): boolean => {
  for (const { labels } of policies.values()) if (labels['istio.io/rev'] !== undefined) return true;
  return false;
});

const visibleTo = memoByWord((policies: Policies, revision: string): NamespacePolicies => {
  const sorted = [...policies.values()].sort(byAge);
  const isVisible = (policy: PeerAuthentication): boolean => isForRevision(policy, revision);
  const visible = sorted.filter(isVisible);
  const selects = ({ selector }: PeerAuthentication): boolean =>
    selector !== undefined && !hasNoLabels(selector);
  return {
    selectorless: visible.filter((policy) => !selects(policy)),
    selecting: selectorIndex(visible.filter(selects), (policy) => policy.selector),
    otherRevision: sorted.filter((policy) => !isVisible(policy)),
  };
});

/** The policies of a namespace that a revision reads (R2): without labels every revision reads all. */
export function policiesSeenBy(policies: Policies, revision: string): NamespacePolicies {
  return visibleTo(policies, anyRevisionLabel(policies) ? revision : '');
}
