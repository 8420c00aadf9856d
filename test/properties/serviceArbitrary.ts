import fc from 'fast-check';
import type { Manifest } from '../../src/mesh/model/manifest.ts';
import { manifest } from './manifests.ts';
import { podAddress, podName } from './workloadArbitrary.ts';
import type { WorkloadPlan } from './workloadArbitrary.ts';

/** One Service of a generated mesh. */
export interface ServicePlan {
  readonly namespace: string;
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
  readonly headless: boolean;
  readonly exportTo?: string;
}

interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number | string;
  readonly appProtocol?: string;
}

/** One of each way to declare a protocol and to name a target port. */
const ports: readonly ServicePort[] = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'tcp-db', port: 3306, targetPort: 'db' },
  { name: 'grpc-api', port: 9090, targetPort: 'api' },
  { name: 'web', port: 8080, targetPort: 9090 },
  { name: 'secure', port: 443, targetPort: 8080, appProtocol: 'https' },
];

/** Services that mostly select some of the given workloads, and now and then nothing. */
export function servicePlans(
  workloads: readonly WorkloadPlan[],
): fc.Arbitrary<readonly ServicePlan[]> {
  const strangers = workloads.map((workload) => ({ ...workload, app: 'ghost' }));
  const plan = fc
    .record({
      chosen: fc.constantFrom(
        ...Array<readonly WorkloadPlan[]>(6).fill(workloads).flat(),
        ...strangers,
      ),
      isVersioned: fc.boolean(),
      ports: fc.subarray([...ports], { minLength: 1, maxLength: 3 }),
      headless: fc.nat(7).map((roll) => roll === 0),
      exportTo: fc.constantFrom(undefined, undefined, undefined, undefined, '.', '*', 'beta', '~'),
    })
    .map(({ chosen: { namespace, app, version }, isVersioned, ...choice }) =>
      toServicePlan({ namespace, app, version: isVersioned ? version : undefined, ...choice }),
    );
  return fc.uniqueArray(plan, {
    maxLength: 4,
    selector: ({ namespace, name }) => `${namespace}/${name}`,
  });
}

interface ServiceChoice {
  readonly namespace: string;
  readonly app: string;
  readonly version: string | undefined;
  readonly ports: readonly ServicePort[];
  readonly headless: boolean;
  readonly exportTo: string | undefined;
}

function toServicePlan(choice: ServiceChoice): ServicePlan {
  const { namespace, app, version, headless, exportTo } = choice;
  return {
    namespace,
    headless,
    name: version === undefined ? app : `${app}-${version}`,
    selector: version === undefined ? { app } : { app, version },
    ports: choice.ports,
    ...(exportTo === undefined ? {} : { exportTo }),
  };
}

export function serviceHost(plan: ServicePlan): string {
  return `${plan.name}.${plan.namespace}.svc.cluster.local`;
}

export function serviceManifest(plan: ServicePlan, index: number): Manifest {
  const { namespace, name, exportTo } = plan;
  const annotations = exportTo === undefined ? {} : { 'networking.istio.io/exportTo': exportTo };
  const clusterIP = plan.headless ? 'None' : `10.2.0.${index + 1}`;
  return manifest(
    // Some are made in the same second.
    { apiVersion: 'v1', kind: 'Service', namespace, name, age: Math.floor(index / 2), annotations },
    {
      spec: {
        selector: plan.selector,
        clusterIP,
        ports: plan.ports.map((port) => ({ ...port, protocol: 'TCP' })),
      },
    },
  );
}

/** The EndpointSlices Kubernetes would keep for a Service: one for each pod it selects. */
export function endpointSlices(
  service: ServicePlan,
  workloads: readonly WorkloadPlan[],
): readonly Manifest[] {
  const slices: Manifest[] = [];
  for (const [index, workload] of workloads.entries()) {
    if (!selects(service, workload)) continue;
    const count = workload.owner === 'Pod' ? 1 : workload.pods;
    for (let pod = 0; pod < count; pod++) slices.push(sliceOf(service, workload, index, pod));
  }
  return slices;
}

function selects(service: ServicePlan, workload: WorkloadPlan): boolean {
  const { app, version } = service.selector;
  return (
    service.namespace === workload.namespace &&
    app === workload.app &&
    (version === undefined || version === workload.version)
  );
}

function sliceOf(
  service: ServicePlan,
  workload: WorkloadPlan,
  index: number,
  pod: number,
): Manifest {
  const { namespace } = service;
  const targetRef = { kind: 'Pod', namespace, name: podName(workload, pod) };
  return manifest(
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      namespace,
      name: `${service.name}-${index}-${pod}`,
      age: index,
      labels: { 'kubernetes.io/service-name': service.name },
    },
    {
      addressType: 'IPv4',
      endpoints: [{ addresses: [podAddress(index, pod)], conditions: { ready: true }, targetRef }],
      ports: service.ports.flatMap((port) => slicePort(port, workload)),
    },
  );
}

function slicePort(port: ServicePort, workload: WorkloadPlan): readonly Record<string, unknown>[] {
  const named = workload.containerPorts.find(({ name }) => name === port.targetPort);
  const number = typeof port.targetPort === 'number' ? port.targetPort : named?.containerPort;
  return number === undefined ? [] : [{ name: port.name, port: number, protocol: 'TCP' }];
}
