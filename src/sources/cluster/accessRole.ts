import { stringify } from 'yaml';

import type { MissingFact } from '../../mesh/mtls/explanation.ts';
import { resourceOf } from './kubeResource.ts';

/**
 * The ClusterRole, as YAML, that would let this context read what it is forbidden to read; undefined when nothing is
 * forbidden. An administrator binds it for the cluster, or for single namespaces where that is enough.
 */
export function accessRole(missing: readonly MissingFact[]): string | undefined {
  const forbidden = missing
    .filter(({ why }) => why === 'forbidden' || why === 'not-watched')
    .flatMap(({ kind }) => resourceOf(kind) ?? []);
  const groups = [...new Set(forbidden.map(({ group }) => group))].sort();
  if (groups.length === 0) return undefined;
  const rules = groups.map((group) => {
    const plurals = forbidden.filter((one) => one.group === group).map(({ plural }) => plural);
    return {
      apiGroups: [group],
      resources: [...new Set(plurals)].sort(),
      verbs: ['list', 'watch'],
    };
  });
  return stringify({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'istio-mtls-reader' },
    rules,
  });
}
