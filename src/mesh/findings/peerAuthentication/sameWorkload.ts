import type { PeerAuthentication } from '../../model/objects.ts';
import { governingPolicies, policyRef } from '../../policy/peerAuthentication.ts';
import { subjectOf } from '../../policy/serverMode.ts';
import type { Mesh } from '../../snapshot/mesh.ts';
import type { Workload } from '../../snapshot/workload.ts';
import { describeRef } from '../../words/describeWords.ts';
import { listed } from '../../words/modeWords.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Remark } from '../model/finding.ts';
import { selectedBy, selectsWorkloads } from './selection.ts';

/** A second policy that selects a workload counts for nothing there: neither its mode nor its ports (R10, R11). */
export const sameWorkload: Analyzer<'PeerAuthentication'> = {
  code: 'MTLS0111',
  name: 'two policies select one workload',
  severity: 'error',
  law: 'Of several PeerAuthentications that select a workload only the oldest counts: neither their modes nor their ports are merged.',
  source: 'https://istio.io/latest/docs/reference/config/security/peer_authentication/',
  kiali: ['KIA0003'],
  needs: { own: ['PeerAuthentication'] },
  about: ['PeerAuthentication'],
  analyze: (mesh, policy) => {
    if (!selectsWorkloads(mesh, policy)) return [];
    const lost = new Map<PeerAuthentication, Workload[]>();
    const selected = selectedBy(mesh, policy);
    for (const workload of selected) {
      const winner = winnerOver(mesh, policy, workload);
      if (winner !== undefined) lost.set(winner, [...(lost.get(winner) ?? []), workload]);
    }
    const isIgnored = [...lost.values()].flat().length === selected.length;
    return [...lost].map(([winner, workloads]) => remark(policy, { winner, workloads, isIgnored }));
  },
};

/** The older policy that counts for a workload instead. */
function winnerOver(
  mesh: Mesh,
  policy: PeerAuthentication,
  workload: Workload,
): PeerAuthentication | undefined {
  for (const variant of workload.variants) {
    const [first, ...others] = governingPolicies(mesh, subjectOf(workload, variant)).matching;
    if (first !== undefined && others.includes(policy)) return first;
  }
  return undefined;
}

interface Loss {
  readonly winner: PeerAuthentication;
  readonly workloads: readonly Workload[];
  /** There is no workload for which the policy counts. */
  readonly isIgnored: boolean;
}

function remark(policy: PeerAuthentication, { winner, workloads, isIgnored }: Loss): Remark {
  const names = listed(
    workloads.map(({ name }) => name),
    3,
  );
  const ports =
    policy.portLevelMtls.length > 0 || winner.portLevelMtls.length > 0
      ? ', and their ports are not merged'
      : '';
  const other = describeRef(policyRef(winner));
  const why =
    policy.createdAt === undefined && winner.createdAt === undefined
      ? `${other} selects it too, and only the one that is created first will count`
      : `${other} selects it too and is older, so that only that one counts`;
  return {
    path: ['spec', 'selector', 'matchLabels'],
    message: `This policy has no effect on ${names}: ${why}${ports}.`,
    ...(isIgnored && { ignored: true }),
    related: [
      {
        object: policyRef(winner),
        path: ['spec', 'selector', 'matchLabels'],
        message: `This policy counts for ${names}.`,
      },
    ],
  };
}
