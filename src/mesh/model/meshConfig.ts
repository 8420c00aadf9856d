import type { LabelSelector } from './spec/labelSelector.ts';

export type OutboundTrafficPolicy = 'ALLOW_ANY' | 'REGISTRY_ONLY';

/** The part of Istio's MeshConfig that mutual TLS depends on, defaults filled in (R250). */
export interface MeshConfig {
  readonly rootNamespace: string;
  readonly trustDomain: string;
  /** By which trust domains clients know the identities of the mesh: the own one and its aliases (R27). */
  readonly ownTrustDomains: readonly string[];
  /** Whose certificates servers take: the own trust domain, its aliases, those of other authorities (R27). */
  readonly acceptedTrustDomains: readonly string[];
  readonly enableAutoMtls: boolean;
  readonly defaultDestinationRuleExportTo: readonly string[];
  readonly defaultServiceExportTo: readonly string[];
  readonly defaultVirtualServiceExportTo: readonly string[];
  readonly outboundTrafficPolicy: OutboundTrafficPolicy;
  /** Minimum TLS version of mesh mutual TLS (R26). */
  readonly minProtocolVersion: 'TLSV1_2' | 'TLSV1_3';
  /** Empty means every namespace (R3). */
  readonly discoverySelectors: readonly LabelSelector[];
}

export const DEFAULT_ROOT_NAMESPACE = 'istio-system';

export const DEFAULT_MESH_CONFIG: MeshConfig = Object.freeze({
  rootNamespace: DEFAULT_ROOT_NAMESPACE,
  trustDomain: 'cluster.local',
  ownTrustDomains: ['cluster.local'],
  acceptedTrustDomains: ['cluster.local'],
  enableAutoMtls: true,
  defaultDestinationRuleExportTo: ['*'],
  defaultServiceExportTo: ['*'],
  defaultVirtualServiceExportTo: ['*'],
  outboundTrafficPolicy: 'ALLOW_ANY',
  minProtocolVersion: 'TLSV1_2',
  discoverySelectors: [],
});

/** Ports that sidecars capture when a pod says nothing: `values.global.proxy` (R54). */
export interface ProxyDefaults {
  readonly includeInboundPorts: string;
  readonly excludeInboundPorts: string;
}

export const ALL_PORTS: ProxyDefaults = Object.freeze({
  includeInboundPorts: '*',
  excludeInboundPorts: '',
});

/** What the webhook itself decides by: the `istio-sidecar-injector` ConfigMap (R112). */
export interface InjectorPolicy {
  readonly policy: 'enabled' | 'disabled' | 'illegal';
  readonly neverInject: readonly LabelSelector[];
  readonly alwaysInject: readonly LabelSelector[];
}

export const DEFAULT_INJECTOR_POLICY: InjectorPolicy = Object.freeze({
  policy: 'enabled',
  neverInject: [],
  alwaysInject: [],
});
