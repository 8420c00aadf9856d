import fc from 'fast-check';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { entryHosts, externalNames, serviceEntries, workloadEntries } from './entryArbitrary.ts';
import { gateways } from './gatewayArbitrary.ts';
import { manifest } from './manifests.ts';
import { destinationRules, peerAuthentications, sidecars } from './policyArbitrary.ts';
import { endpointSlices, serviceManifest, servicePlans } from './serviceArbitrary.ts';
import type { ServicePlan } from './serviceArbitrary.ts';
import { workloadManifests, workloadPlans } from './workloadArbitrary.ts';
import type { GeneratedDataPlane, WorkloadPlan } from './workloadArbitrary.ts';

/** Whether the control plane of a generated mesh serves ambient workloads (PILOT_ENABLE_AMBIENT, R102). */
export type MeshKind = 'sidecar' | 'ambient';

/** A small mesh with everything that takes part in deciding a mode or an outcome. */
export interface GeneratedMesh {
  readonly kind: MeshKind;
  readonly meshConfig: Readonly<Record<string, unknown>>;
  readonly objects: readonly Manifest[];
}

const dataPlanes: Readonly<Record<MeshKind, readonly GeneratedDataPlane[]>> = {
  sidecar: ['sidecar', 'sidecar', 'sidecar', 'none', 'gateway'],
  ambient: ['ambient', 'ambient', 'ambient', 'sidecar', 'none'],
};

const meshConfigs = fc
  .record({
    rootNamespace: fc.constantFrom('istio-system', 'istio-system', 'istio-config'),
    autoMtls: fc.constantFrom(undefined, undefined, undefined, true, false),
    ruleExport: fc.constantFrom(undefined, undefined, undefined, undefined, ['.']),
    serviceExport: fc.constantFrom(...Array<undefined>(9).fill(undefined), ['.']),
    outbound: fc.constantFrom(...Array<undefined>(9).fill(undefined), 'REGISTRY_ONLY'),
  })
  .map(({ rootNamespace, autoMtls, ruleExport, serviceExport, outbound }) => ({
    rootNamespace,
    ...(serviceExport === undefined ? {} : { defaultServiceExportTo: serviceExport }),
    ...(outbound === undefined ? {} : { outboundTrafficPolicy: { mode: outbound } }),
    ...(autoMtls === undefined ? {} : { enableAutoMtls: autoMtls }),
    ...(ruleExport === undefined ? {} : { defaultDestinationRuleExportTo: ruleExport }),
  }));

const namespaceSets = fc.subarray(['alpha', 'beta', 'gamma'], { minLength: 1 });

/** Generated meshes of one kind: 1 to 3 namespaces and the root, 1 to 6 workloads, 0 to 8 policies of a kind. */
export function meshArbitrary(kind: MeshKind): fc.Arbitrary<GeneratedMesh> {
  return fc
    .record({ namespaces: namespaceSets, meshConfig: meshConfigs })
    .chain(({ namespaces, meshConfig }) => {
      const all = [...namespaces, meshConfig.rootNamespace];
      return workloadPlans(all, dataPlanes[kind])
        .chain((workloads) => fc.tuple(fc.constant(workloads), servicePlans(workloads)))
        .chain(([workloads, services]) => parts(kind, all, workloads, services))
        .map((objects): GeneratedMesh => ({
          kind,
          meshConfig,
          objects: [...namespaceManifests(all), ...controlPlane(kind, meshConfig), ...objects],
        }));
    });
}

function namespaceManifests(names: readonly string[]): readonly Manifest[] {
  const distinct = [...new Set([...names, 'istio-system'])];
  return distinct.map((name) =>
    manifest({ apiVersion: 'v1', kind: 'Namespace', name, age: 0 }, {}),
  );
}

/** The workloads and Services as objects, and policies about them. */
function parts(
  kind: MeshKind,
  namespaces: readonly string[],
  workloads: readonly WorkloadPlan[],
  services: readonly ServicePlan[],
): fc.Arbitrary<readonly Manifest[]> {
  return serviceEntries(namespaces)
    .chain((entries) =>
      fc.tuple(
        fc.constant(entries),
        workloadEntries(namespaces),
        externalNames(namespaces, services),
        peerAuthentications(namespaces).map(kind === 'ambient' ? withDistinctAges : same),
        destinationRules(namespaces, services, entryHosts(entries)),
        sidecars(namespaces),
        gateways(namespaces),
      ),
    )
    .map((others) => [
      ...workloads.flatMap(workloadManifests),
      ...services.map(serviceManifest),
      ...services.flatMap((service) => endpointSlices(service, workloads)),
      ...others.flat(),
    ]);
}

const same = <T>(value: T): T => value;

/** Among ambient policies of the same second Istio's winner is unspecified (R93), so none share one. */
function withDistinctAges(policies: readonly Manifest[]): readonly Manifest[] {
  return policies.map((policy, index) => {
    const creationTimestamp = new Date(Date.UTC(2026, 0, 2) + ((index * 5) % 8) * 1000)
      .toISOString()
      .replace('.000', '');
    return { ...policy, metadata: { ...policy.metadata, creationTimestamp } };
  });
}

/** The objects from which a reader of the cluster learns how the control plane is set up (R250, R251). */
function controlPlane(
  kind: MeshKind,
  meshConfig: Readonly<Record<string, unknown>>,
): readonly Manifest[] {
  const namespace = 'istio-system';
  const env = kind === 'ambient' ? [{ name: 'PILOT_ENABLE_AMBIENT', value: 'true' }] : [];
  const template = {
    metadata: { labels: { app: 'istiod' } },
    spec: { containers: [{ name: 'discovery', image: 'pilot', env }] },
  };
  const labels = { app: 'istiod', 'istio.io/rev': 'default' };
  return [
    manifest(
      { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'istio', age: 0 },
      { data: { mesh: JSON.stringify(meshConfig) } },
    ),
    manifest(
      { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'istiod', age: 0, labels },
      { spec: { selector: { matchLabels: { app: 'istiod' } }, template } },
    ),
  ];
}
