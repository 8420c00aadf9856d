import { missingMeshConfig } from '../../known/missingModes.ts';
import { revisionOf } from '../../snapshot/mesh.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { isCluster } from '../model/knownWorld.ts';
import { sourceValues } from './sources.ts';

/** Istio takes `cluster.local` in a principal for the mesh's own trust domain (R302). */
const STANDS_FOR_OWN = 'cluster.local';

/** Certificates of another trust domain are not taken, unless the mesh config says so (R27). */
export const unknownTrustDomain: Analyzer<'AuthorizationPolicy'> = {
  code: 'MTLS0503',
  name: 'principal of an unknown trust domain',
  severity: 'warning',
  law: 'A workload takes certificates of the trust domain of its mesh, of the aliases in trustDomainAliases, and of those that caCertificates names.',
  source: 'https://istio.io/latest/docs/tasks/security/authorization/authz-td-migration/',
  kiali: ['KIA0108'],
  about: ['AuthorizationPolicy'],
  analyze: (mesh, policy) => {
    if (!isCluster(mesh) || missingMeshConfig(mesh).length > 0) return [];
    const { config } = revisionOf(mesh, undefined);
    const known = [STANDS_FOR_OWN, ...config.ownTrustDomains, ...config.acceptedTrustDomains];
    return sourceValues(policy).flatMap(({ on, value, path }) => {
      const domain = on === 'principal' ? /^([^/*]+)\/ns\//.exec(value)?.[1] : undefined;
      if (domain === undefined || known.includes(domain)) return [];
      const message = `Trust domain ${domain} is not that of this mesh, ${config.trustDomain}, nor one of its aliases: nobody has this identity here.`;
      return [{ path, message }];
    });
  },
};
