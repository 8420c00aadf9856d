import type { Manifest } from '../../../src/mesh/model/manifest.ts';
import { apiVersionOf, KUBE_RESOURCES } from '../../../src/sources/cluster/kubeResource.ts';
import type { KubeResource } from '../../../src/sources/cluster/kubeResource.ts';
import { largeMesh, namespaceName } from '../largeMesh.ts';
import { stored } from '../mesh/storedObject.ts';

/** One object of the synthetic cluster: the JSON that a watch sends, without its resource version. */
export interface StoredObject {
  readonly namespace: string;
  readonly name: string;
  readonly value: Manifest;
}

/** The objects of every kind that the product reads, as a cluster of so many namespaces has them. */
export function syntheticCluster(namespaces: number): ReadonlyMap<KubeResource, StoredObject[]> {
  const byKind = new Map<string, StoredObject[]>();
  for (const value of clusterManifests(namespaces)) {
    const { name = '', namespace = '' } = nameOf(value);
    const ofKind = byKind.get(value.kind) ?? [];
    ofKind.push({ namespace, name, value });
    byKind.set(value.kind, ofKind);
  }
  return new Map(KUBE_RESOURCES.map((one) => [one, asServed(one, byKind.get(one.kind) ?? [])]));
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
  return { namespace, name: 'default', value: stored(header, { spec: { mtls: { mode } } }) };
}

/** The API group and version of a kind in the preferred version. */
export function groupVersionOf(resource: KubeResource): string {
  return apiVersionOf(resource, resource.versions[0]);
}

/** Kinds that are asked for by their metadata only come without the rest. */
function asServed({ metadataOnly }: KubeResource, objects: StoredObject[]): StoredObject[] {
  if (metadataOnly === undefined) return objects;
  return objects.map(({ value: { apiVersion, kind, metadata }, ...named }) => ({
    ...named,
    value: { apiVersion, kind, metadata },
  }));
}

function nameOf({ metadata }: Manifest): { readonly name?: string; readonly namespace?: string } {
  return metadata;
}

/** The large mesh, and Services up to five a namespace. */
function* clusterManifests(namespaces: number): Iterable<Manifest> {
  const uniform = new Set(uniformNamespaces(namespaces));
  for (const value of largeMesh(namespaces)) {
    const { name, namespace = '' } = nameOf(value);
    yield name === 'one-workload' && uniform.has(namespace) ? agreeing(value) : value;
  }
  for (let index = 0; index < namespaces; index++) {
    yield plainService(namespaceName(index), 'app-3');
    yield plainService(namespaceName(index), 'app-4');
  }
}

/** Namespaces of which all is STRICT, so that the count of those that differ depends on their policy. */
function uniformNamespaces(namespaces: number): readonly string[] {
  return Array.from({ length: namespaces / 50 }, (_, fifty) => namespaceName(fifty * 50));
}

/** The policy of one workload, which says what its STRICT namespace says. */
function agreeing(policy: Manifest): Manifest {
  const selector = { matchLabels: { app: 'app-0' } };
  return { ...policy, spec: { selector, mtls: { mode: 'STRICT' } } };
}

function plainService(namespace: string, app: string): Manifest {
  return stored(
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
