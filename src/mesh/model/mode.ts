/** The modes of a PeerAuthentication as Istio spells them. Source: istio.io/docs/reference/config/security/peer_authentication. */
export type PolicyMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE' | 'UNSET';

/** What composing all policies yields for a workload port; UNSET never survives (R12, R13). */
export type MutualTlsMode = Exclude<PolicyMode, 'UNSET'>;

/** The TLS modes of a DestinationRule. */
export type ClientTlsMode = 'DISABLE' | 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL';

/** The level at which a policy speaks (R4). */
export type PolicyScope = 'mesh' | 'namespace' | 'workload' | 'port';

/**
 * Which data plane carries a workload's traffic (R120). `waypoint` pods serve other workloads and
 * enforce no PeerAuthentication of their own (R97).
 */
export type DataPlane = 'sidecar' | 'ambient' | 'gateway' | 'waypoint' | 'none';

/** What a workload port takes on the wire. */
export type Accepts = 'mutual-tls' | 'tls' | 'plaintext';
