import { CONTROLLERS, missingPods } from '../../known/missing.ts';
import type { DestinationRule } from '../../model/objects.ts';
import { workloadMtls } from '../../server/workloadMtls.ts';
import type { Mesh } from '../../snapshot/mesh.ts';
import type { Analyzer } from '../model/analyzer.ts';
import type { Remark } from '../model/finding.ts';
import { decidingPolicy } from './plaintextToStrict.ts';
import {
  isWildcard,
  reachedBy,
  servicesFollowing,
  tlsBlocksOf,
  type Reached,
} from './ruleHosts.ts';

/** Mutual TLS needs a proxy on the other side whose mode is not DISABLE (R51). */
export const mutualToPlaintext: Analyzer<'DestinationRule'> = {
  code: 'MTLS0231',
  name: 'mutual TLS to a server that does not take it',
  severity: 'error',
  law: 'A workload without a proxy, or with mode DISABLE, does not take mutual TLS of the mesh.',
  source: 'https://istio.io/latest/docs/ops/configuration/traffic-management/tls-configuration/',
  kiali: ['KIA0505', 'KIA0506'],
  needs: { own: [...CONTROLLERS, 'Pod'] },
  about: ['DestinationRule'],
  analyze: (mesh, rule) => {
    const blocks = tlsBlocksOf(rule).filter(({ tls }) => tls.mode === 'ISTIO_MUTUAL');
    if (blocks.length === 0) return [];
    const services = servicesFollowing(mesh, rule);
    return blocks.flatMap((block) => {
      const all = [...reachedBy(mesh, services, block)];
      const refusing = all.filter((one) => cannotTake(mesh, rule, one));
      const [first] = refusing;
      if (first === undefined) return [];
      // A host of which some endpoints take it is told of where the endpoints differ.
      const whole = all.filter(({ service }) => service === first.service);
      if (whole.some((one) => !refusing.includes(one) && one.servicePort === first.servicePort))
        return [];
      return [remark(mesh, [...block.path, 'mode'], first)];
    });
  },
};

function cannotTake(mesh: Mesh, rule: DestinationRule, { workload, port }: Reached): boolean {
  if (missingPods(mesh, workload) !== undefined) return false;
  const mtls = workloadMtls(mesh, workload);
  if (mtls.unknown !== undefined) return false;
  const { kind } = mtls.enforcement;
  // A rule for many hosts is for those that can take it.
  if (kind === 'not-enforced') {
    return workload.dataPlane === 'none' && !hasOwnTls(workload.variants) && !isWildcard(rule);
  }
  if (kind !== 'enforced') return false;
  const accepts = mtls.ports.find((one) => one.port === port)?.accepts ?? mtls.accepts;
  return !accepts.includes('mutual-tls');
}

function hasOwnTls(variants: readonly { readonly tlsMode: boolean }[]): boolean {
  return variants.some(({ tlsMode }) => tlsMode);
}

function remark(mesh: Mesh, path: Remark['path'], reached: Reached): Remark {
  const { workload, port } = reached;
  const why =
    workload.dataPlane === 'none'
      ? `${workload.name} in ${workload.namespace} has no proxy that could take it`
      : `${workload.name} in ${workload.namespace} accepts only plaintext on port ${port}`;
  return {
    path,
    message: `Clients that follow this rule fail: they send mutual TLS with the mesh certificates, and ${why}.`,
    related: workload.dataPlane === 'none' ? [] : decidingPolicy(mesh, reached),
  };
}
