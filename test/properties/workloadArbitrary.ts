import fc from 'fast-check';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { manifest } from './manifests.ts';

export type GeneratedDataPlane = 'sidecar' | 'ambient' | 'gateway' | 'none';

/** One workload of a generated mesh: what decides its mode, and nothing else. */
export interface WorkloadPlan {
  readonly namespace: string;
  readonly app: string;
  readonly version: string;
  readonly dataPlane: GeneratedDataPlane;
  readonly tlsModeLabel: 'as-injected' | 'disabled' | 'absent';
  readonly owner: 'Pod' | 'Deployment';
  readonly pods: number;
  readonly containerPorts: readonly ContainerPort[];
  /** Annotations that keep ports away from the sidecar (R54, R142). */
  readonly redirection: Readonly<Record<string, string>>;
}

interface ContainerPort {
  readonly name: string;
  readonly containerPort: number;
}

export const apps = ['web', 'api', 'db'] as const;
export const versions = ['v1', 'v2'] as const;
const containerPorts: readonly ContainerPort[] = [
  { name: 'web', containerPort: 8080 },
  { name: 'api', containerPort: 9090 },
  { name: 'db', containerPort: 3306 },
];

/** Mostly everything is captured; else in one of the ways to keep a port out, on either side. */
const redirections = fc.constantFrom<Readonly<Record<string, string>>>(
  ...Array<Readonly<Record<string, string>>>(12).fill({}),
  { 'traffic.sidecar.istio.io/excludeInboundPorts': '8080' },
  { 'traffic.sidecar.istio.io/excludeInboundPorts': '9090, 3306' },
  { 'traffic.sidecar.istio.io/includeInboundPorts': '8080,9090' },
  {
    'traffic.sidecar.istio.io/includeInboundPorts': '9090',
    'traffic.sidecar.istio.io/excludeInboundPorts': '9090',
  },
  { 'traffic.sidecar.istio.io/includeInboundPorts': '' },
  { 'traffic.sidecar.istio.io/excludeOutboundPorts': '80,8080' },
);

/** Workloads with distinct names, in the given namespaces and data planes. */
export function workloadPlans(
  namespaces: readonly string[],
  dataPlanes: readonly GeneratedDataPlane[],
): fc.Arbitrary<readonly WorkloadPlan[]> {
  const plan = fc.record<WorkloadPlan>({
    namespace: fc.constantFrom(...namespaces),
    app: fc.constantFrom(...apps),
    version: fc.constantFrom(...versions),
    dataPlane: fc.constantFrom(...dataPlanes),
    tlsModeLabel: fc.constantFrom(
      'as-injected',
      'as-injected',
      'as-injected',
      'disabled',
      'absent',
    ),
    owner: fc.constantFrom('Pod', 'Deployment'),
    pods: fc.integer({ min: 1, max: 2 }),
    containerPorts: fc.subarray([...containerPorts], { minLength: 1 }),
    redirection: redirections,
  });
  return fc.uniqueArray(plan, { minLength: 1, maxLength: 6, selector: workloadName });
}

export function workloadName(plan: WorkloadPlan): string {
  return `${plan.namespace}/${plan.app}-${plan.version}`;
}

/** Labels of the pods of a workload, with those that injection adds. */
function podLabels(plan: WorkloadPlan): Record<string, string> {
  const labels: Record<string, string> = { app: plan.app, version: plan.version };
  if (plan.owner === 'Deployment') labels['pod-template-hash'] = '5d9c';
  if (plan.tlsModeLabel === 'disabled') labels['security.istio.io/tlsMode'] = 'disabled';
  if (plan.tlsModeLabel === 'as-injected' && plan.dataPlane === 'sidecar') {
    labels['security.istio.io/tlsMode'] = 'istio';
  }
  return labels;
}

const proxyArgs: Readonly<Record<GeneratedDataPlane, readonly string[] | undefined>> = {
  sidecar: ['proxy', 'sidecar'],
  gateway: ['proxy', 'router'],
  ambient: undefined,
  none: undefined,
};

function podSpec(plan: WorkloadPlan): Record<string, unknown> {
  const ports = plan.containerPorts.map((port) => ({ ...port, protocol: 'TCP' }));
  const application = { name: 'app', image: 'app', ports };
  const args = proxyArgs[plan.dataPlane];
  const proxy = { name: 'istio-proxy', image: 'proxyv2', args };
  return {
    serviceAccountName: plan.app,
    containers: args === undefined ? [application] : [application, proxy],
  };
}

/** The objects of one workload: its pods, and the Deployment and ReplicaSet above them. */
export function workloadManifests(plan: WorkloadPlan, index: number): readonly Manifest[] {
  const { namespace } = plan;
  const name = `${plan.app}-${plan.version}`;
  const count = plan.owner === 'Pod' ? 1 : plan.pods;
  const pods = Array.from({ length: count }, (_, pod) => podManifest(plan, index, pod));
  if (plan.owner === 'Pod') return pods;
  const labels = { app: plan.app, version: plan.version };
  const template = { metadata: { labels }, spec: podSpec({ ...plan, dataPlane: 'none' }) };
  const selector = { matchLabels: labels };
  const header = { apiVersion: 'apps/v1', namespace, age: index };
  return [
    manifest(
      { ...header, kind: 'Deployment', name },
      { spec: { replicas: count, selector, template } },
    ),
    ...pods,
  ];
}

export function podName(plan: WorkloadPlan, pod: number): string {
  const name = `${plan.app}-${plan.version}`;
  return plan.owner === 'Pod' ? name : `${name}-5d9c-${pod}`;
}

/** Addresses are unique in a mesh: 10.1.<workload>.<pod>. */
export function podAddress(index: number, pod: number): string {
  return `10.1.${index}.${pod + 1}`;
}

function podManifest(plan: WorkloadPlan, index: number, pod: number): Manifest {
  const annotations: Record<string, string> =
    plan.dataPlane === 'sidecar' ? { ...plan.redirection } : {};
  if (plan.dataPlane === 'sidecar')
    annotations['sidecar.istio.io/status'] = '{"revision":"default"}';
  if (plan.dataPlane === 'ambient') annotations['ambient.istio.io/redirection'] = 'enabled';
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `${plan.app}-${plan.version}-5d9c`,
    uid: `rs-${index}`,
    controller: true,
  };
  const made = manifest(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: plan.namespace,
      name: podName(plan, pod),
      age: index,
      labels: podLabels(plan),
      annotations,
    },
    { spec: podSpec(plan), status: podStatus(podAddress(index, pod)) },
  );
  if (plan.owner === 'Pod') return made;
  return { ...made, metadata: { ...made.metadata, ownerReferences: [owner] } };
}

function podStatus(podIP: string): Record<string, unknown> {
  return {
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: [{ type: 'Ready', status: 'True' }],
  };
}
