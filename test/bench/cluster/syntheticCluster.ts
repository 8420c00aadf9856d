import type { Manifest } from '../../../src/mesh/model/manifest.ts';
import { apiVersionOf, KUBE_RESOURCES } from '../../../src/sources/cluster/kubeResource.ts';
import type { KubeResource } from '../../../src/sources/cluster/kubeResource.ts';
import { manifest } from '../../properties/manifests.ts';
import { namespaceManifests, namespaceName, rootManifests } from '../largeMesh.ts';

const workloadsPerNamespace = 10;
const servicesPerNamespace = 5;

/** One object of the synthetic cluster: the JSON that a watch sends, without its resource version. */
export interface StoredObject {
  readonly namespace: string;
  readonly name: string;
  readonly value: Manifest;
}

/** The objects of every kind that the product reads, as a cluster of so many namespaces has them. */
export function syntheticCluster(namespaces: number): ReadonlyMap<KubeResource, StoredObject[]> {
  const stored = new Map(KUBE_RESOURCES.map((resource) => [resource.kind as string, noObjects()]));
  for (const value of clusterManifests(namespaces)) {
    const { name = '', namespace = '' } = nameOf(value);
    stored.get(value.kind)?.push({ namespace, name, value });
  }
  return new Map(KUBE_RESOURCES.map((resource) => [resource, stored.get(resource.kind) ?? []]));
}

/** The namespace's own policy as it is after somebody changed its mode. */
export function changedPolicy(index: number, mode: string): StoredObject {
  const namespace = namespaceName(index);
  const header = {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    namespace,
    name: 'default',
    age: 1,
  };
  return { namespace, name: 'default', value: manifest(header, { spec: { mtls: { mode } } }) };
}

/** The API group and version of a kind in the preferred version. */
export function groupVersionOf(resource: KubeResource): string {
  return apiVersionOf(resource, resource.versions[0]);
}

function noObjects(): StoredObject[] {
  return [];
}

function nameOf({ metadata }: Manifest): { readonly name?: string; readonly namespace?: string } {
  return metadata;
}

function* clusterManifests(namespaces: number): Iterable<Manifest> {
  yield* rootManifests();
  for (let index = 0; index < namespaces; index++) {
    for (const value of namespaceManifests(index)) {
      yield isUniform(index) && nameOf(value).name === 'one-workload' ? agreeing(value) : value;
    }
    yield* restOfNamespace(namespaceName(index));
  }
}

/** Whether all of a namespace has one mode, so that the count in the row of the mesh depends on it. */
export function isUniform(index: number): boolean {
  return index % 50 === 0;
}

/** The policy of one workload, which says what its STRICT namespace says. */
function agreeing(policy: Manifest): Manifest {
  const selector = { matchLabels: { app: 'app-0' } };
  return { ...policy, spec: { selector, mtls: { mode: 'STRICT' } } };
}

/** What a cluster's controllers make of a namespace, and Services up to five. */
function* restOfNamespace(namespace: string): Iterable<Manifest> {
  for (let workload = 0; workload < workloadsPerNamespace; workload++) {
    yield replicaSet(namespace, `app-${workload}`);
  }
  for (let service = 3; service < servicesPerNamespace; service++) {
    yield plainService(namespace, `app-${service}`);
  }
  for (let service = 0; service < servicesPerNamespace; service++) {
    yield endpointSlice(namespace, `app-${service}`);
  }
}

/** Asked for by its metadata only, so that is all there is of it. */
function replicaSet(namespace: string, app: string): Manifest {
  const made = manifest(
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      namespace,
      name: `${app}-5d9c7b`,
      age: 1,
      labels: { app, 'pod-template-hash': '5d9c7b' },
      annotations: { 'deployment.kubernetes.io/revision': '1' },
    },
    {},
  );
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: app,
    uid: `Deployment-${namespace}-${app}`,
    controller: true,
  };
  return { ...made, metadata: { ...made.metadata, ownerReferences: [owner] } };
}

function plainService(namespace: string, app: string): Manifest {
  return manifest(
    { apiVersion: 'v1', kind: 'Service', namespace, name: app, age: 1 },
    {
      spec: {
        selector: { app },
        clusterIP: '10.96.1.1',
        ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }],
      },
    },
  );
}

function endpointSlice(namespace: string, app: string): Manifest {
  const endpoint = (pod: number): unknown => ({
    addresses: [`10.1.1.${pod + 1}`],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: 'node-1',
    targetRef: { kind: 'Pod', namespace, name: `${app}-5d9c7b-${pod}`, uid: `Pod-${app}-${pod}` },
  });
  return manifest(
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      namespace,
      name: `${app}-x7k2p`,
      age: 1,
      labels: { 'kubernetes.io/service-name': app },
    },
    {
      addressType: 'IPv4',
      endpoints: [endpoint(0), endpoint(1)],
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    },
  );
}
