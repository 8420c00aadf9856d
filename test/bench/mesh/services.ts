import type { Manifest } from '../../../src/mesh/model/manifest.ts';
import { stored } from './storedObject.ts';
import { appOf, type Team } from './team.ts';

const NETWORKING = 'networking.istio.io/v1';
const servicesPerNamespace = 3;

/** Three Services: by number and by name of the target port, the last one headless. */
export function* serviceManifests({ namespace, index }: Team): Iterable<Manifest> {
  for (let service = 0; service < servicesPerNamespace; service++) {
    const app = appOf(service);
    const hidden = service === 1 && index % 10 === 2;
    const clusterIP = service === 2 ? 'None' : `10.96.${index % 250}.${service + 1}`;
    yield stored(
      {
        apiVersion: 'v1',
        kind: 'Service',
        namespace,
        name: app,
        age: service,
        labels: { app },
        ...(hidden ? { annotations: { 'networking.istio.io/exportTo': '.' } } : {}),
      },
      {
        spec: {
          selector: { app },
          type: 'ClusterIP',
          clusterIP,
          clusterIPs: [clusterIP],
          ipFamilies: ['IPv4'],
          sessionAffinity: 'None',
          ports: [
            { name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' },
            { name: 'tcp-metrics', port: 9090, targetPort: 'metrics', protocol: 'TCP' },
          ],
        },
        status: { loadBalancer: {} },
      },
    );
  }
}

/** The slice that the controller keeps for each Service, with its two pods. */
export function* sliceManifests({ namespace, index }: Team): Iterable<Manifest> {
  for (let service = 0; service < servicesPerNamespace; service++) {
    const app = appOf(service);
    const endpoints = [0, 1].map((pod) => ({
      addresses: [`10.${index % 250}.${Math.floor(index / 250)}.${service * 2 + pod + 1}`],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: `node-${index % 100}`,
      targetRef: { kind: 'Pod', namespace, name: `${app}-${service === 2 ? '' : '5d9c7b-'}${pod}` },
    }));
    yield sliceManifest(namespace, app, endpoints);
  }
}

function sliceManifest(namespace: string, app: string, endpoints: readonly unknown[]): Manifest {
  return stored(
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      namespace,
      name: `${app}-9fqzt`,
      age: 1,
      labels: { 'kubernetes.io/service-name': app },
      owner: { apiVersion: 'v1', kind: 'Service', name: app },
      writer: 'kube-controller-manager',
    },
    { addressType: 'IPv4', endpoints, ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] },
  );
}

/** Hosts beside ordinary Services; each namespace has one kind or two of them. */
export function* hostManifests(team: Team): Iterable<Manifest> {
  const { index, namespace } = team;
  if (index % 5 === 0) yield externalName(namespace);
  if (index % 5 === 1) yield* endpointsByHand(namespace);
  if (index % 5 === 2) yield outsideHost(namespace);
  if (index % 5 === 3) yield* machines(team);
}

function externalName(namespace: string): Manifest {
  return stored(
    { apiVersion: 'v1', kind: 'Service', namespace, name: 'alias', age: 5 },
    {
      spec: {
        type: 'ExternalName',
        externalName: `app-0.${namespace}.svc.cluster.local`,
        ports: [{ name: 'http', port: 80, targetPort: 80, protocol: 'TCP' }],
      },
    },
  );
}

/** A Service without a selector, whose slice names pods by hand. */
function* endpointsByHand(namespace: string): Iterable<Manifest> {
  yield stored(
    { apiVersion: 'v1', kind: 'Service', namespace, name: 'by-hand', age: 5 },
    {
      spec: {
        clusterIP: '10.97.0.9',
        ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
      },
    },
  );
  const targetRef = { kind: 'Pod', namespace, name: 'app-0-5d9c7b-0' };
  yield sliceManifest(namespace, 'by-hand', [{ addresses: ['10.1.1.1'], targetRef }]);
}

function outsideHost(namespace: string): Manifest {
  return stored(
    { apiVersion: NETWORKING, kind: 'ServiceEntry', namespace, name: 'outside', age: 6 },
    {
      spec: {
        hosts: [`api.${namespace}.example.com`],
        location: 'MESH_EXTERNAL',
        resolution: 'DNS',
        ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }],
        exportTo: ['.'],
      },
    },
  );
}

/** A VM with a proxy of its own, and the mesh-internal host that stands for it. */
function* machines({ namespace, index }: Team): Iterable<Manifest> {
  yield stored(
    { apiVersion: NETWORKING, kind: 'ServiceEntry', namespace, name: 'machines', age: 6 },
    {
      spec: {
        hosts: [`machines.${namespace}.internal`],
        location: 'MESH_INTERNAL',
        resolution: 'STATIC',
        ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 8080 }],
        workloadSelector: { labels: { app: 'machine' } },
      },
    },
  );
  yield stored(
    { apiVersion: NETWORKING, kind: 'WorkloadEntry', namespace, name: 'machine', age: 7 },
    {
      spec: {
        address: `172.16.${index % 250}.7`,
        labels: { app: 'machine', version: 'v1' },
        serviceAccount: 'machine',
        ports: { http: 8080 },
      },
    },
  );
}
