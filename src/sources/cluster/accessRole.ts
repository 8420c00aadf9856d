import { stringify } from 'yaml';

import type { MissingFact } from '../../mesh/index.ts';
import type { KubeResource } from './kubeResource.ts';
import { resourceOf } from './kubeResource.ts';

/**
 * The roles, as YAML, that would let this context read what it is forbidden to read; undefined when nothing is
 * forbidden. A ClusterRole, which an administrator binds for the cluster or for single namespaces, and for config
 * maps a Role in each namespace that has a control plane: no others are read.
 */
export function accessRole(missing: readonly MissingFact[]): string | undefined {
  const forbidden = missing.filter(({ why }) => why === 'forbidden' || why === 'not-watched');
  const anywhere = forbidden.filter((fact) => !isBesideControlPlane(fact));
  const beside = forbidden.filter(isBesideControlPlane);
  const homes = [...new Set(beside.map(({ namespace }) => namespace))];
  const roles = [
    roleFor(anywhere, ''),
    ...homes.map((home) =>
      roleFor(
        beside.filter(({ namespace }) => namespace === home),
        home,
      ),
    ),
  ];
  const texts = roles.flatMap((role) => (role === undefined ? [] : [stringify(role)]));
  return texts.length === 0 ? undefined : texts.join('---\n');
}

function isBesideControlPlane({ kind, namespace }: MissingFact): boolean {
  return kind === 'ConfigMap' && namespace !== '';
}

/** Undefined where the facts are about nothing that a role could name. */
function roleFor(facts: readonly MissingFact[], namespace: string): unknown {
  const resources = facts.flatMap(({ kind }) => resourceOf(kind) ?? []);
  if (resources.length === 0) return undefined;
  const name = 'istio-mtls-reader';
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: namespace === '' ? 'ClusterRole' : 'Role',
    metadata: namespace === '' ? { name } : { name, namespace },
    rules: rulesFor(resources),
  };
}

function rulesFor(resources: readonly KubeResource[]): readonly unknown[] {
  const groups = [...new Set(resources.map(({ group }) => group))].sort();
  return groups.map((group) => {
    const plurals = resources.filter((one) => one.group === group).map(({ plural }) => plural);
    return {
      apiGroups: [group],
      resources: [...new Set(plurals)].sort(),
      // With `get`, who has the role in one namespace only may read that Namespace.
      verbs: ['get', 'list', 'watch'],
    };
  });
}
