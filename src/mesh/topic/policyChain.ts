import { destinationRulesIn, peerAuthenticationsIn, type Mesh } from '../snapshot/mesh.ts';
import { refKey, sameRef, type ObjectRef } from '../model/reference.ts';
import { describeIgnored, describeModeSource } from '../words/describe.ts';
import type { EffectiveMode, IgnoredPolicy } from '../model/explanation.ts';
import { list, paragraph, type Block, type Line } from './blocks.ts';

/** The policies that were looked at: the one that decides first, then why each other does not. */
export function policyChain(mesh: Mesh, effective: EffectiveMode): readonly Block[] {
  const { from, ignored } = effective;
  const winner = from.kind === 'policy' ? from.field.object : undefined;
  const first: Line = [describeModeSource(from), ...openLink(mesh, winner)];
  const others = ignored.map((entry): Line => [
    describeIgnored(entry),
    ...openLink(mesh, entry.policy),
  ]);
  return [paragraph('Policies:'), ...list([first, ...others])];
}

/** Whether a policy is the one that decides. */
export function decides(effective: EffectiveMode, policy: ObjectRef): boolean {
  return effective.from.kind === 'policy' && sameRef(effective.from.field.object, policy);
}

/** Why a policy decides nothing here; undefined if it was not even looked at. */
export function whyIgnored(effective: EffectiveMode, policy: ObjectRef): IgnoredPolicy | undefined {
  return effective.ignored.find((ignored) => sameRef(ignored.policy, policy));
}

/** A link to an object that lives in the cluster; objects of files are open already, or near. */
export function openLink(mesh: Mesh, ref: ObjectRef | undefined): Line {
  if (ref === undefined) return [];
  const objects = [
    ...peerAuthenticationsIn(mesh, ref.namespace),
    ...destinationRulesIn(mesh, ref.namespace),
  ];
  const found = objects.find((object) => refKey(object) === refKey(ref));
  if (found?.origin.kind !== 'cluster') return [];
  return [{ open: ref }];
}
