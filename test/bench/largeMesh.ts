import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { controlPlaneManifests } from './mesh/controlPlane.ts';
import { morePolicyManifests, policyManifests } from './mesh/policies.ts';
import { hostManifests, serviceManifests, sliceManifests } from './mesh/services.ts';
import { stored } from './mesh/storedObject.ts';
import { teamOf, type Team } from './mesh/team.ts';
import { replicaSetManifests, waypointManifests, workloadManifests } from './mesh/workloads.ts';

export { namespaceName } from './mesh/team.ts';

/**
 * All objects of a mesh of so many namespaces: the control plane, what every namespace holds, 10 workloads of 2 pods,
 * 3 Services and 3 policies, with what controllers add to these, and on top the kinds that only some of them have.
 */
export function* largeMesh(namespaces: number): Iterable<Manifest> {
  yield* controlPlaneManifests();
  for (let index = 0; index < namespaces; index++) {
    const team = teamOf(index);
    yield namespaceManifest(team);
    yield* workloadManifests(team);
    yield* serviceManifests(team);
    yield* policyManifests(team);
    yield* replicaSetManifests(team);
    yield* sliceManifests(team);
    yield* hostManifests(team);
    yield* morePolicyManifests(team);
    if (team.kind === 'waypoint') yield* waypointManifests(team);
  }
}

const ENTRANCES: Readonly<Record<Team['kind'], Readonly<Record<string, string>>>> = {
  sidecar: { 'istio-injection': 'enabled' },
  canary: { 'istio.io/rev': 'canary' },
  'opt-in': {},
  ambient: { 'istio.io/dataplane-mode': 'ambient' },
  waypoint: { 'istio.io/dataplane-mode': 'ambient', 'istio.io/use-waypoint': 'waypoint' },
};

function namespaceManifest({ namespace, index, kind }: Team): Manifest {
  const labels = { 'kubernetes.io/metadata.name': namespace, ...ENTRANCES[kind] };
  const header = { apiVersion: 'v1', kind: 'Namespace', name: namespace, age: index, labels };
  return stored(header, { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
}
