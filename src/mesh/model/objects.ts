import { isControllerKind } from './kinds.ts';
import type { LabelSelector } from './spec/labelSelector.ts';
import type {
  InjectorPolicy,
  MeshConfig,
  OutboundTrafficPolicy,
  ProxyDefaults,
} from './meshConfig.ts';
import type { PolicyMode } from './mode.ts';
import type { NonEmpty, ObjectRef, Origin, WorkloadControllerKind } from './reference.ts';
import type { AuthorizationSpec } from './spec/authorization.ts';
import type {
  BackendTarget,
  EntryEndpoint,
  GatewayListener,
  GatewayServer,
  ServiceEntryPort,
  SidecarEgress,
  SidecarIngress,
  SliceEndpoint,
} from './spec/networking.ts';
import type { VirtualServiceSpec } from './spec/routes.ts';
import type { ClientTlsSettings, TrafficPolicy } from './trafficPolicy.ts';

export type {
  BackendTarget,
  EntryEndpoint,
  GatewayListener,
  GatewayServer,
  ServiceEntryPort,
  SidecarEgress,
  SidecarIngress,
  SliceEndpoint,
} from './spec/networking.ts';

/** Labels or annotations. */
export type Labels = Readonly<Record<string, string>>;

/** What every object of a mesh has. `namespace` is empty for cluster-scoped kinds. */
export interface ObjectMeta extends ObjectRef {
  readonly uid: string;
  readonly labels: Labels;
  /** Only the annotations that Istio gives a meaning to; all others are dropped on arrival. */
  readonly annotations: Labels;
  /** Milliseconds since 1970, whole seconds; undefined for an object that no cluster has created yet. */
  readonly createdAt: number | undefined;
  readonly origin: Origin;
  /** Why an API server refuses the manifest, as a clause: no cluster has this object, so it decides nothing. */
  readonly refused?: string;
}

export interface Namespace extends ObjectMeta {
  readonly kind: 'Namespace';
}

export type TransportProtocol = 'TCP' | 'UDP' | 'SCTP';

/** A port that a container declares. */
export interface ContainerPort {
  readonly port: number;
  readonly name?: string;
  readonly protocol: TransportProtocol;
}

export interface Container {
  readonly name: string;
  readonly ports: readonly ContainerPort[];
}

/** The `istio-proxy` container of a pod, and the job its arguments give it (R116, R118). */
export interface ProxyContainer {
  readonly native: boolean;
  readonly role: 'sidecar' | 'router' | 'waypoint' | undefined;
}

/** The ports that `istio-init` redirects to the sidecar: its arguments -b and -d (R54). */
export interface RedirectArguments {
  readonly include: string | undefined;
  readonly exclude: string | undefined;
}

/** What a Pod and a pod template have in common. */
export interface PodShape {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  /** Long-running containers: native sidecars are among them (R64). */
  readonly containers: readonly Container[];
  readonly proxy: ProxyContainer | undefined;
  readonly redirect: RedirectArguments | undefined;
  /** Some application container runs as UID 1337, which bypasses the sidecar (R57, R142). */
  readonly runsAsProxyUser: boolean;
  /** Ports that the kubelet asks over the network, as the probes name them; rewritten probes are left out (R58). */
  readonly probedPorts: readonly (number | string)[];
  /** The annotation that injection leaves behind; it keeps ambient away (R80) but proves no sidecar (R117). */
  readonly hasSidecarStatus: boolean;
  /** Ports of a VM by name, which go before what others say about them; a pod's are with its containers (R208). */
  readonly portMap?: ReadonlyMap<string, number>;
}

export interface OwnerRef {
  readonly kind: string;
  readonly name: string;
}

export interface Pod extends ObjectMeta, PodShape {
  readonly kind: 'Pod';
  readonly owner: OwnerRef | undefined;
  /** Empty in a manifest that no cluster has run. */
  readonly phase: string;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly podIPs: readonly string[];
  /** Control plane revision that injected the sidecar, from the status annotation (R121). */
  readonly injectedBy: string | undefined;
}

/** A controller whose template makes pods. */
export interface WorkloadController extends ObjectMeta {
  readonly kind: WorkloadControllerKind;
  readonly owner: OwnerRef | undefined;
  readonly template: PodShape;
  /** `spec.replicas: 0`: the template makes no pods for now. */
  readonly scaledToZero: boolean;
  /** PILOT_* and similar switches of a control plane; empty for every other controller (R251). */
  readonly controlPlaneEnv: Labels;
}

export interface ServicePort {
  readonly port: number;
  readonly name: string;
  readonly protocol: TransportProtocol;
  readonly appProtocol: string | undefined;
  /** A number, or the name of a container port, which each pod may resolve differently (R208). */
  readonly targetPort: number | string;
}

export interface Service extends ObjectMeta {
  readonly kind: 'Service';
  readonly headless: boolean;
  /** Pods that are not ready serve, too. */
  readonly publishesUnready: boolean;
  readonly clusterIPs: readonly string[];
  readonly externalName: string | undefined;
  /** Undefined when the Service has no selector: its endpoints are given by hand. */
  readonly selector: Labels | undefined;
  readonly ports: readonly ServicePort[];
}

export interface EndpointSlice extends ObjectMeta {
  readonly kind: 'EndpointSlice';
  readonly serviceName: string | undefined;
  readonly endpoints: readonly SliceEndpoint[];
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

export interface PortMode {
  readonly port: number;
  readonly mode: PolicyMode;
}

export interface PeerAuthentication extends ObjectMeta {
  readonly kind: 'PeerAuthentication';
  /** Undefined when absent, empty when it has no labels: equal for sidecars, not for ambient (R5, R92). */
  readonly selector: Labels | undefined;
  readonly mode: PolicyMode;
  /** In ascending order of port; empty when there are none. */
  readonly portLevelMtls: readonly PortMode[];
  /** An API server would refuse it; its unknown modes count as UNSET here. */
  readonly invalid: boolean;
}

export interface Subset {
  readonly name: string;
  readonly labels: Labels;
  readonly trafficPolicy: TrafficPolicy | undefined;
}

export interface DestinationRule extends ObjectMeta {
  readonly kind: 'DestinationRule';
  readonly host: string;
  /** Empty means the mesh default (R155). */
  readonly exportTo: readonly string[];
  readonly workloadSelector: Labels | undefined;
  readonly trafficPolicy: TrafficPolicy | undefined;
  readonly subsets: readonly Subset[];
}

export interface Sidecar extends ObjectMeta {
  readonly kind: 'Sidecar';
  readonly workloadSelector: Labels | undefined;
  readonly egress: NonEmpty<SidecarEgress> | undefined;
  readonly ingress: NonEmpty<SidecarIngress> | undefined;
  readonly outboundTrafficPolicy: OutboundTrafficPolicy | undefined;
}

export interface ServiceEntry extends ObjectMeta {
  readonly kind: 'ServiceEntry';
  readonly hosts: readonly string[];
  readonly addresses: readonly string[];
  readonly external: boolean;
  readonly resolution: string;
  readonly ports: readonly ServiceEntryPort[];
  readonly endpoints: readonly EntryEndpoint[];
  readonly workloadSelector: Labels | undefined;
  readonly exportTo: readonly string[];
}

export interface WorkloadEntry extends ObjectMeta, EntryEndpoint {
  readonly kind: 'WorkloadEntry';
}

/** networking.istio.io VirtualService: which host and subset a call reaches (R310). */
export interface VirtualService extends ObjectMeta, VirtualServiceSpec {
  readonly kind: 'VirtualService';
}

/** gateway.networking.k8s.io Gateway: a waypoint, or a gateway at the edge (R97). */
export interface KubernetesGateway extends ObjectMeta {
  readonly kind: 'KubernetesGateway';
  readonly className: string;
  readonly listeners: readonly GatewayListener[];
  /** Its controller has given it an address; a manifest that no cluster has is taken to get one. */
  readonly hasAddress: boolean;
}

/** What a text inside an object configures, or one clause about why nobody can tell: `trustDomain is not text`. */
export type Configured<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'unreadable'; readonly why: string };

/** What Istio's own maps configure (R112, R250). Undefined where a map has no text of that kind. */
export interface ConfigMap extends ObjectMeta {
  readonly kind: 'ConfigMap';
  readonly meshConfig: Configured<MeshConfig> | undefined;
  readonly injectorPolicy: Configured<InjectorPolicy> | undefined;
  readonly proxyDefaults: Configured<ProxyDefaults> | undefined;
}

export interface InjectionWebhook {
  readonly name: string;
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
}

export interface MutatingWebhookConfiguration extends ObjectMeta {
  readonly kind: 'MutatingWebhookConfiguration';
  readonly webhooks: readonly InjectionWebhook[];
}

/** networking.istio.io Gateway: what gateway pods listen for (R61). */
export interface Gateway extends ObjectMeta {
  readonly kind: 'Gateway';
  readonly selector: Labels;
  readonly servers: readonly GatewayServer[];
}

/** A policy of the Gateway API for clients, which istiod turns into a DestinationRule (R160). */
export interface BackendPolicy extends ObjectMeta {
  readonly kind: 'BackendTLSPolicy' | 'XBackendTrafficPolicy';
  readonly targets: readonly BackendTarget[];
  /** Undefined for a policy that says nothing about TLS. */
  readonly tls: ClientTlsSettings | undefined;
}

/** security.istio.io AuthorizationPolicy: whom the proxies of its workloads let in (R300). */
export interface AuthorizationPolicy extends ObjectMeta, AuthorizationSpec {
  readonly kind: 'AuthorizationPolicy';
}

export type MeshObject =
  | Namespace
  | Pod
  | WorkloadController
  | Service
  | EndpointSlice
  | PeerAuthentication
  | AuthorizationPolicy
  | DestinationRule
  | Sidecar
  | ServiceEntry
  | WorkloadEntry
  | ConfigMap
  | MutatingWebhookConfiguration
  | Gateway
  | VirtualService
  | KubernetesGateway
  | BackendPolicy;

export function isWorkloadController(object: MeshObject): object is WorkloadController {
  return isControllerKind(object.kind);
}
