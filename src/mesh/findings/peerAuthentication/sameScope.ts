import { hasNoLabels } from '../../model/labels.ts';
import type { PeerAuthentication } from '../../model/objects.ts';
import { policyRef } from '../../policy/peerAuthentication.ts';
import { policiesSeenBy } from '../../policy/policyScope.ts';
import { objectsIn, type Mesh } from '../../snapshot/mesh.ts';
import { describeRef } from '../../words/describeWords.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Remark } from '../model/finding.ts';

/** A second policy for a whole namespace, or for the whole mesh, counts for nothing (R10, R11). */
export const sameScope: Analyzer<'PeerAuthentication'> = {
  code: 'MTLS0110',
  name: 'two policies for one namespace or for the mesh',
  severity: 'error',
  law: 'Of several PeerAuthentications without a selector in one namespace only the oldest counts.',
  source: 'https://istio.io/latest/docs/reference/config/security/peer_authentication/',
  kiali: ['KIA0002'],
  needs: { own: ['PeerAuthentication'] },
  about: ['PeerAuthentication'],
  analyze: (mesh, policy) => {
    const oldest = oldestOfScope(mesh, policy);
    return oldest === undefined || oldest === policy ? [] : [remark(mesh, policy, oldest)];
  },
};

function oldestOfScope(mesh: Mesh, policy: PeerAuthentication): PeerAuthentication | undefined {
  const { namespace, selector, labels } = policy;
  if (selector !== undefined && !hasNoLabels(selector)) return undefined;
  const revision = labels['istio.io/rev'] ?? mesh.controlPlane.defaultRevision.name;
  const { peerAuthentications } = objectsIn(mesh, namespace);
  const { selectorless } = policiesSeenBy(peerAuthentications, revision);
  return selectorless.includes(policy) ? selectorless[0] : undefined;
}

function remark(mesh: Mesh, policy: PeerAuthentication, winner: PeerAuthentication): Remark {
  const where =
    policy.namespace === mesh.rootNamespace ? 'the mesh' : `namespace ${policy.namespace}`;
  const other = describeRef(policyRef(winner));
  const why =
    policy.createdAt === undefined && winner.createdAt === undefined
      ? `only the one that is created first will count for ${where}, and of the same second the first by name, ${other}`
      : `only the oldest counts for ${where}, which is ${other}`;
  return {
    path: ['metadata', 'name'],
    message: `This policy has no effect: ${why}.`,
    ignored: true,
    related: [
      { object: policyRef(winner), path: ['metadata', 'name'], message: 'This policy counts.' },
    ],
    fix: {
      title: `Delete ${policy.name}, which has no effect`,
      steps: [{ kind: 'delete-object', object: policyRef(policy) }],
      safe: false,
    },
  };
}
