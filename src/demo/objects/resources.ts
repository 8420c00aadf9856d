/** A kind of object that the demo API server serves. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  /** Served versions, the preferred one first. All versions share one schema and one storage. */
  readonly versions: readonly [string, ...string[]];
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  /** Custom resources refuse a strategic merge patch with 415. */
  readonly custom: boolean;
}

const core = { group: '', versions: ['v1'], custom: false } as const;
const apps = { group: 'apps', versions: ['v1'], namespaced: true, custom: false } as const;
const batch = { group: 'batch', versions: ['v1'], namespaced: true, custom: false } as const;
const security = {
  group: 'security.istio.io',
  versions: ['v1', 'v1beta1'],
  namespaced: true,
  custom: true,
} as const;
const networking = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  namespaced: true,
  custom: true,
} as const;

export const namespaces: ResourceType = {
  ...core,
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
  shortNames: ['ns'],
};
export const pods = namespacedCore('pods', 'Pod', ['po']);
export const services = namespacedCore('services', 'Service', ['svc']);
export const endpoints = namespacedCore('endpoints', 'Endpoints', ['ep']);
export const configMaps = namespacedCore('configmaps', 'ConfigMap', ['cm']);
export const serviceAccounts = namespacedCore('serviceaccounts', 'ServiceAccount', ['sa']);
export const replicationControllers = namespacedCore(
  'replicationcontrollers',
  'ReplicationController',
  ['rc'],
);
export const deployments: ResourceType = {
  ...apps,
  plural: 'deployments',
  kind: 'Deployment',
  shortNames: ['deploy'],
};
export const replicaSets: ResourceType = {
  ...apps,
  plural: 'replicasets',
  kind: 'ReplicaSet',
  shortNames: ['rs'],
};
export const endpointSlices: ResourceType = {
  group: 'discovery.k8s.io',
  versions: ['v1'],
  plural: 'endpointslices',
  kind: 'EndpointSlice',
  namespaced: true,
  shortNames: [],
  custom: false,
};
export const mutatingWebhookConfigurations: ResourceType = {
  group: 'admissionregistration.k8s.io',
  versions: ['v1'],
  plural: 'mutatingwebhookconfigurations',
  kind: 'MutatingWebhookConfiguration',
  namespaced: false,
  shortNames: [],
  custom: false,
};
export const customResourceDefinitions: ResourceType = {
  group: 'apiextensions.k8s.io',
  versions: ['v1'],
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
  shortNames: ['crd', 'crds'],
  custom: false,
};
export const peerAuthentications: ResourceType = {
  ...security,
  plural: 'peerauthentications',
  kind: 'PeerAuthentication',
  shortNames: ['pa'],
};
export const destinationRules: ResourceType = {
  ...networking,
  plural: 'destinationrules',
  kind: 'DestinationRule',
  shortNames: ['dr'],
};

export const resourceTypes: readonly ResourceType[] = [
  namespaces,
  pods,
  services,
  endpoints,
  configMaps,
  serviceAccounts,
  replicationControllers,
  deployments,
  replicaSets,
  { ...apps, plural: 'statefulsets', kind: 'StatefulSet', shortNames: ['sts'] },
  { ...apps, plural: 'daemonsets', kind: 'DaemonSet', shortNames: ['ds'] },
  { ...batch, plural: 'jobs', kind: 'Job', shortNames: [] },
  { ...batch, plural: 'cronjobs', kind: 'CronJob', shortNames: ['cj'] },
  endpointSlices,
  mutatingWebhookConfigurations,
  customResourceDefinitions,
  peerAuthentications,
  { ...security, plural: 'authorizationpolicies', kind: 'AuthorizationPolicy', shortNames: ['ap'] },
  destinationRules,
  { ...networking, plural: 'sidecars', kind: 'Sidecar', shortNames: [] },
  { ...networking, plural: 'serviceentries', kind: 'ServiceEntry', shortNames: ['se'] },
  { ...networking, plural: 'workloadentries', kind: 'WorkloadEntry', shortNames: ['we'] },
  { ...networking, plural: 'gateways', kind: 'Gateway', shortNames: ['gw'] },
];

/** The type served at `/apis/GROUP/VERSION/PLURAL`; `undefined` for anything else. */
export function findResourceType(
  group: string,
  version: string,
  plural: string,
): ResourceType | undefined {
  return resourceTypes.find(
    (type) => type.group === group && type.plural === plural && type.versions.includes(version),
  );
}

export function resourceTypeOfKind(apiVersion: string, kind: string): ResourceType | undefined {
  return resourceTypes.find(
    (type) =>
      type.kind === kind &&
      type.versions.some((version) => apiVersionOf(type, version) === apiVersion),
  );
}

/** `v1` for the core group, else `GROUP/VERSION`. */
export function apiVersionOf(type: ResourceType, version: string = type.versions[0]): string {
  return type.group === '' ? version : `${type.group}/${version}`;
}

function namespacedCore(plural: string, kind: string, shortNames: readonly string[]): ResourceType {
  return { ...core, plural, kind, namespaced: true, shortNames };
}
