import fc from 'fast-check';
import type { Manifest } from '../../src/mesh/index.ts';
import { destinationRules, peerAuthentications, sidecars } from '../properties/policyArbitrary.ts';
import { serviceManifest, servicePlans, type ServicePlan } from '../properties/serviceArbitrary.ts';
import { workloadPlans, type WorkloadPlan } from '../properties/workloadArbitrary.ts';
import type { Call } from './call.ts';
import type { KubeObject } from './environment/kubeTypes.ts';
import { namespace, pod } from './pods.ts';

/** Pods and Services, and policies to try on them one after the other. */
export interface RandomMesh {
  readonly pods: readonly KubeObject[];
  readonly policies: readonly (readonly KubeObject[])[];
  readonly calls: readonly Call[];
}

const namespaces = ['alpha', 'beta'];
const rootNamespace = 'istio-system';
const policySets = 5;
/** The ports of every application, named as Services name their target ports. */
const listens = ['web=8080', 'api=9090', 'db=3306'];

/** Small meshes: up to six pods in two namespaces, up to four Services, and several sets of policies about them. */
export const randomMesh: fc.Arbitrary<RandomMesh> = workloadPlans(namespaces, [
  'sidecar',
  'sidecar',
  'sidecar',
  'none',
])
  .filter((workloads) => workloads.length > 2)
  .chain((workloads) =>
    servicePlans(workloads)
      .map((services) => services.map(withJudgedPorts).filter(({ ports }) => ports.length > 0))
      .filter((services) => services.length > 1)
      .chain((services) => withPolicies(workloads, services)),
  );

function withPolicies(
  workloads: readonly WorkloadPlan[],
  services: readonly ServicePlan[],
): fc.Arbitrary<RandomMesh> {
  const everywhere = [...namespaces, rootNamespace];
  const set = fc
    .tuple(
      peerAuthentications(everywhere),
      destinationRules(everywhere, services, []),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant<readonly Manifest[]>([]) },
        { weight: 1, arbitrary: sidecars(namespaces) },
      ),
    )
    .map((parts) => parts.flat().filter(hasItsFiles).map(asWritten));
  return fc.array(set, { minLength: policySets, maxLength: policySets }).map((policies) => ({
    policies,
    pods: [
      ...namespaces.map((name) => namespace(name, true)),
      ...workloads.flatMap(podOf),
      ...services.map(serviceOf),
    ],
    calls: callsOf(workloads, services),
  }));
}

/**
 * Leaves out ports whose outcome is not judged here: HTTP/2, for which upstream Envoy cannot say what Istio's own does; https,
 * for no application here speaks TLS; and ports of headless Services at which no application listens.
 */
function withJudgedPorts(plan: ServicePlan): ServicePlan {
  const left = plan.headless ? ['tcp-db', 'web'] : ['http', 'tcp-db', 'web'];
  return { ...plan, ports: plan.ports.filter(({ name }) => left.includes(name)) };
}

/** A rule with MUTUAL names files that no proxy here has. */
function hasItsFiles(object: Manifest): boolean {
  return !JSON.stringify(object).includes('"MUTUAL"');
}

function podOf(plan: WorkloadPlan): readonly KubeObject[] {
  const { app, version, dataPlane, tlsModeLabel, redirection } = plan;
  const isInjected = dataPlane === 'sidecar';
  return pod(plan.namespace, nameOf(plan), {
    listens,
    labels: {
      app,
      version,
      'sidecar.istio.io/inject': String(isInjected),
      ...(tlsModeLabel === 'disabled' ? { 'security.istio.io/tlsMode': 'disabled' } : {}),
    },
    annotations: redirection,
  });
}

function nameOf({ app, version }: WorkloadPlan): string {
  return `${app}-${version}`;
}

/** The API server chooses the addresses. */
function serviceOf(plan: ServicePlan): KubeObject {
  const written = asWritten(serviceManifest(plan, 0)) as KubeObject & {
    readonly spec: Readonly<Record<string, unknown>>;
  };
  const { clusterIP, ...spec } = written.spec;
  return { ...written, ...{ spec: clusterIP === 'None' ? { ...spec, clusterIP } : spec } };
}

/** An object without what the API server decides. */
function asWritten(object: Manifest): KubeObject {
  const { name, namespace: at = '', labels, annotations } = object.metadata;
  return {
    ...object,
    metadata: {
      name,
      namespace: at,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  };
}

/** Every pod calls every port of every Service. */
function callsOf(
  workloads: readonly WorkloadPlan[],
  services: readonly ServicePlan[],
): readonly Call[] {
  return workloads.flatMap((client) =>
    services.flatMap((service) =>
      service.ports
        .filter(({ name }) => name !== 'tcp-db' || !isOfApp(client, service))
        .map(({ port }) => ({
          from: `${client.namespace}/${nameOf(client)}`,
          to: `${service.name}.${service.namespace}:${port}`,
        })),
    ),
  );
}

/** A pod may then reach itself, which is on no link; only HTTP tells what came, by the identity. */
function isOfApp({ namespace: at, app }: WorkloadPlan, service: ServicePlan): boolean {
  return service.namespace === at && service.selector['app'] === app;
}
