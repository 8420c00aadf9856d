import type { ObjectKind } from '../../mesh/index.ts';

/** How one kind is addressed in the API. */
export interface KubeResource {
  readonly kind: ObjectKind;
  /** Empty for the core group. */
  readonly group: string;
  /** From most to least wanted. */
  readonly versions: readonly [string, ...string[]];
  readonly plural: string;
  readonly namespaced: boolean;
  /** A CustomResourceDefinition: it may be absent, and may be served in an older version only. */
  readonly custom?: true;
  /** Only `metadata` is asked for: owner references are all that the engine needs. */
  readonly metadataOnly?: true;
}

const ISTIO_VERSIONS = ['v1', 'v1beta1', 'v1alpha3'] as const;

function core(kind: ObjectKind, plural: string, namespaced = true): KubeResource {
  return { kind, group: '', versions: ['v1'], plural, namespaced };
}

function apps(kind: ObjectKind, plural: string): KubeResource {
  return { kind, group: 'apps', versions: ['v1'], plural, namespaced: true };
}

function batch(kind: ObjectKind, plural: string): KubeResource {
  return { kind, group: 'batch', versions: ['v1'], plural, namespaced: true };
}

function networking(kind: ObjectKind, plural: string): KubeResource {
  return {
    kind,
    group: 'networking.istio.io',
    versions: ISTIO_VERSIONS,
    plural,
    namespaced: true,
    custom: true,
  };
}

/** Every kind that the engine reads. */
export const KUBE_RESOURCES: readonly KubeResource[] = [
  core('Namespace', 'namespaces', false),
  {
    kind: 'PeerAuthentication',
    group: 'security.istio.io',
    versions: ['v1', 'v1beta1'],
    plural: 'peerauthentications',
    namespaced: true,
    custom: true,
  },
  core('Pod', 'pods'),
  core('Service', 'services'),
  apps('Deployment', 'deployments'),
  apps('StatefulSet', 'statefulsets'),
  apps('DaemonSet', 'daemonsets'),
  { ...apps('ReplicaSet', 'replicasets'), metadataOnly: true },
  batch('Job', 'jobs'),
  batch('CronJob', 'cronjobs'),
  networking('DestinationRule', 'destinationrules'),
  networking('Sidecar', 'sidecars'),
  networking('ServiceEntry', 'serviceentries'),
  networking('WorkloadEntry', 'workloadentries'),
  networking('Gateway', 'gateways'),
  {
    kind: 'BackendTLSPolicy',
    group: 'gateway.networking.k8s.io',
    versions: ['v1', 'v1alpha3'],
    plural: 'backendtlspolicies',
    namespaced: true,
    custom: true,
  },
  {
    kind: 'XBackendTrafficPolicy',
    group: 'gateway.networking.x-k8s.io',
    versions: ['v1alpha1'],
    plural: 'xbackendtrafficpolicies',
    namespaced: true,
    custom: true,
  },
  {
    kind: 'EndpointSlice',
    group: 'discovery.k8s.io',
    versions: ['v1'],
    plural: 'endpointslices',
    namespaced: true,
  },
  {
    kind: 'MutatingWebhookConfiguration',
    group: 'admissionregistration.k8s.io',
    versions: ['v1'],
    plural: 'mutatingwebhookconfigurations',
    namespaced: false,
  },
  core('ConfigMap', 'configmaps'),
];

/** The address of a kind, or undefined for a kind that is not read from clusters. */
export function resourceOf(kind: ObjectKind): KubeResource | undefined {
  return KUBE_RESOURCES.find((resource) => resource.kind === kind);
}

/** `v1`, or `group/version`. */
export function apiVersionOf(resource: KubeResource, version: string): string {
  return resource.group === '' ? version : `${resource.group}/${version}`;
}

/** The path of all objects of a kind, in one namespace or, when `namespace` is empty, everywhere. */
export function collectionPath(resource: KubeResource, version: string, namespace: string): string {
  const root = resource.group === '' ? `/api/${version}` : `/apis/${resource.group}/${version}`;
  const scope = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${resource.plural}`;
}

/** The path of one object. */
export function objectPath(
  resource: KubeResource,
  version: string,
  ref: { readonly namespace: string; readonly name: string },
): string {
  const namespace = resource.namespaced ? ref.namespace : '';
  return `${collectionPath(resource, version, namespace)}/${encodeURIComponent(ref.name)}`;
}
