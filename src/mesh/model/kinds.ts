/** What the engine needs to know about a Kubernetes kind, besides what its objects say. */
export interface KindEntry {
  /** How manifests spell the kind, where another group has one of the same name. */
  readonly writtenAs?: string;
  /** API group, empty for the core group. Kinds of the same name in other groups are different kinds. */
  readonly group: string;
  /** The versions that are read, from most to least wanted. */
  readonly versions: readonly [string, ...string[]];
  readonly plural: string;
  readonly namespaced: boolean;
  /** The map of `NamespaceObjects` that holds its objects; undefined for what belongs to no namespace. */
  readonly keptIn: string | undefined;
  /** Which answers are unknown as long as its objects are. */
  readonly decides: readonly Answer[];
  /** Where in `spec` the labels stand by which it selects workloads of its namespace; absent for what selects none. */
  readonly selects?: readonly string[];
  /** A CustomResourceDefinition: it may be absent, and may be served in an older version only. */
  readonly custom?: true;
  /** Only `metadata` is asked for: owner references are all that the engine needs. */
  readonly metadataOnly?: true;
  /** Read from files, but not from clusters. */
  readonly inFilesOnly?: true;
}

/**
 * `pods-to-come`: what new pods will be, by templates. `running`: what carries traffic. `rollout`: its pods are
 * replaced when its template changes. `client-tls`: what clients send, together with other such kinds (R160).
 */
export type Answer = 'pods-to-come' | 'running' | 'rollout' | 'client-tls';

const core = { group: '', versions: ['v1'], namespaced: true, decides: [] } as const;
const controller = {
  versions: ['v1'],
  namespaced: true,
  keptIn: 'controllers',
  decides: ['pods-to-come'],
} as const;
const rolling = { ...controller, group: 'apps', decides: ['pods-to-come', 'rollout'] } as const;
const istio = {
  group: 'networking.istio.io',
  versions: ['v1', 'v1beta1', 'v1alpha3'],
  namespaced: true,
  decides: [],
  custom: true,
} as const;
const gatewayApi = {
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1beta1'],
  namespaced: true,
  decides: [],
  custom: true,
} as const;
const backendPolicy = {
  namespaced: true,
  keptIn: 'backendPolicies',
  decides: ['client-tls'],
  custom: true,
} as const;

/**
 * Every kind that the engine reads, in the order in which a cluster is asked for them. To add one: an entry here, a
 * type in `objects.ts`, and the decoder that the compiler then asks for in `decode/decode.ts`.
 */
export const KINDS = {
  Namespace: { ...core, plural: 'namespaces', namespaced: false, keptIn: undefined },
  PeerAuthentication: {
    ...istio,
    group: 'security.istio.io',
    versions: ['v1', 'v1beta1'],
    plural: 'peerauthentications',
    selects: ['selector', 'matchLabels'],
    keptIn: 'peerAuthentications',
  },
  AuthorizationPolicy: {
    ...istio,
    group: 'security.istio.io',
    versions: ['v1', 'v1beta1'],
    plural: 'authorizationpolicies',
    selects: ['selector', 'matchLabels'],
    keptIn: 'authorizationPolicies',
  },
  Pod: { ...core, plural: 'pods', keptIn: 'pods', decides: ['running'] },
  Service: { ...core, plural: 'services', keptIn: 'services', selects: ['selector'] },
  Deployment: { ...rolling, plural: 'deployments' },
  StatefulSet: { ...rolling, plural: 'statefulsets' },
  DaemonSet: { ...rolling, plural: 'daemonsets' },
  ReplicaSet: { ...controller, group: 'apps', plural: 'replicasets', metadataOnly: true },
  Job: { ...controller, group: 'batch', plural: 'jobs' },
  CronJob: { ...controller, group: 'batch', plural: 'cronjobs' },
  ReplicationController: {
    ...controller,
    group: '',
    plural: 'replicationcontrollers',
    // What no cluster is asked for cannot be missing there.
    decides: [],
    inFilesOnly: true,
  },
  DestinationRule: {
    ...istio,
    plural: 'destinationrules',
    selects: ['workloadSelector', 'matchLabels'],
    keptIn: 'destinationRules',
    decides: ['client-tls'],
  },
  VirtualService: { ...istio, plural: 'virtualservices', keptIn: 'virtualServices' },
  Sidecar: {
    ...istio,
    plural: 'sidecars',
    keptIn: 'sidecars',
    selects: ['workloadSelector', 'labels'],
  },
  ServiceEntry: {
    ...istio,
    plural: 'serviceentries',
    keptIn: 'serviceEntries',
    selects: ['workloadSelector', 'labels'],
  },
  WorkloadEntry: {
    ...istio,
    plural: 'workloadentries',
    keptIn: 'workloadEntries',
    decides: ['running'],
  },
  Gateway: { ...istio, plural: 'gateways', keptIn: 'gateways', selects: ['selector'] },
  KubernetesGateway: {
    ...gatewayApi,
    writtenAs: 'Gateway',
    plural: 'gateways',
    keptIn: 'kubernetesGateways',
  },
  BackendTLSPolicy: {
    ...backendPolicy,
    group: 'gateway.networking.k8s.io',
    versions: ['v1', 'v1alpha3'],
    plural: 'backendtlspolicies',
  },
  XBackendTrafficPolicy: {
    ...backendPolicy,
    group: 'gateway.networking.x-k8s.io',
    versions: ['v1alpha1'],
    plural: 'xbackendtrafficpolicies',
  },
  EndpointSlice: {
    ...core,
    group: 'discovery.k8s.io',
    plural: 'endpointslices',
    keptIn: 'endpointSlices',
  },
  MutatingWebhookConfiguration: {
    ...core,
    group: 'admissionregistration.k8s.io',
    plural: 'mutatingwebhookconfigurations',
    namespaced: false,
    keptIn: undefined,
  },
  ConfigMap: { ...core, plural: 'configmaps', keptIn: 'configMaps' },
} as const satisfies Readonly<Record<string, KindEntry>>;

type Kinds = typeof KINDS;

/** The kinds of object the engine reads, spelled as their manifests spell them. */
export type ObjectKind = keyof Kinds;

/** A map of `NamespaceObjects`. */
export type Collection = NonNullable<Kinds[ObjectKind]['keptIn']>;

/** The kinds whose objects a map holds. */
export type KindIn<C extends Collection> = {
  [K in ObjectKind]: Kinds[K]['keptIn'] extends C ? K : never;
}[ObjectKind];

/** Kinds whose pod template makes pods. */
export type WorkloadControllerKind = KindIn<'controllers'>;

export function isKind(name: string): name is ObjectKind {
  return Object.hasOwn(KINDS, name);
}

export const ALL_KINDS: readonly ObjectKind[] = Object.keys(KINDS).filter(isKind);

/** The entry of a kind, with every field that an entry may have. */
export function kindEntry(
  kind: ObjectKind,
): KindEntry & { readonly keptIn: Collection | undefined } {
  return KINDS[kind];
}

/** How manifests spell a kind. */
export function writtenKind(kind: ObjectKind): string {
  return kindEntry(kind).writtenAs ?? kind;
}

const BY_SPELLING: ReadonlyMap<string, ObjectKind> = new Map(
  ALL_KINDS.map((kind) => [`${KINDS[kind].group} ${writtenKind(kind)}`, kind]),
);

/** The kind that a manifest spells so in an API group; undefined for one that the engine does not read. */
export function kindSpelled(group: string, kind: string): ObjectKind | undefined {
  return BY_SPELLING.get(`${group} ${kind}`);
}

/** The kinds that decide an answer, in the order of the table. */
export function kindsDeciding(answer: Answer): readonly ObjectKind[] {
  return ALL_KINDS.filter((kind) => kindEntry(kind).decides.includes(answer));
}

export function isControllerKind(kind: string): kind is WorkloadControllerKind {
  return isKind(kind) && KINDS[kind].keptIn === 'controllers';
}

/** The kinds whose pod template makes pods. */
export const CONTROLLER_KINDS: readonly WorkloadControllerKind[] =
  ALL_KINDS.filter(isControllerKind);
