import { CONTROLLERS } from '../../known/missing.ts';
import { workloadsIn, type Mesh } from '../../snapshot/mesh.ts';
import type { Analyzer } from '../model/analyzer.ts';
import { isCluster } from '../model/knownWorld.ts';
import { sourceValues } from './sources.ts';

const PRINCIPAL = /^[^/*]+\/ns\/([^/*]+)\/sa\/([^/*]+)$/;

/** An identity that no workload has lets nobody in. */
export const unknownPrincipal: Analyzer<'AuthorizationPolicy'> = {
  code: 'MTLS0502',
  name: 'principal that no workload has',
  severity: 'warning',
  law: 'A principal is trust-domain/ns/NAMESPACE/sa/ACCOUNT of the service account that the pods of the caller run as.',
  source: 'https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source',
  kiali: ['KIA0106'],
  needs: { everywhere: [...CONTROLLERS, 'Pod', 'WorkloadEntry'] },
  about: ['AuthorizationPolicy'],
  analyze: (mesh, policy) =>
    sourceValues(policy).flatMap(({ on, value, path }) => {
      const [, namespace = '', account = ''] = (on === 'principal' && PRINCIPAL.exec(value)) || [];
      if (namespace === '' || isUsed(mesh, namespace, account)) return [];
      return [
        {
          path,
          message: `No workload of namespace ${namespace} runs as service account ${account}.`,
        },
      ];
    }),
};

/** Of manifests alone, accounts of namespaces that declare no workload are not known. */
function isUsed(mesh: Mesh, namespace: string, account: string): boolean {
  const workloads = workloadsIn(mesh, namespace);
  if (workloads.length === 0 && !isCluster(mesh)) return true;
  return workloads.some(({ variants }) =>
    variants.some(({ shape }) => shape.serviceAccount === account),
  );
}
