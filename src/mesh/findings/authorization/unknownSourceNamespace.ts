import type { Analyzer } from '../model/analyzer.ts';
import { isCluster } from '../model/knownWorld.ts';
import { sourceValues } from './sources.ts';

/** A rule by a namespace that is not there is for nobody. */
export const unknownSourceNamespace: Analyzer<'AuthorizationPolicy'> = {
  code: 'MTLS0504',
  name: 'source namespace that does not exist',
  severity: 'warning',
  law: 'A source namespace is the namespace of the service account in the caller’s certificate.',
  source: 'https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source',
  istio: ['IST0101'],
  kiali: ['KIA0101'],
  needs: { everywhere: ['Namespace'] },
  about: ['AuthorizationPolicy'],
  analyze: (mesh, policy) =>
    isCluster(mesh)
      ? sourceValues(policy)
          .filter(({ on, value }) => on === 'namespace' && !value.includes('*'))
          .filter(({ value }) => mesh.namespaces.get(value)?.namespace === undefined)
          .map(({ value, path }) => ({
            path,
            message: `There is no namespace ${value}: nobody calls from there.`,
          }))
      : [],
};
