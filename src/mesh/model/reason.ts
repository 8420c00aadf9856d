import type { FieldRef, NonEmpty, ObjectKind, ObjectRef, WorkloadRef } from './reference.ts';
import type { ClientTlsMode, DataPlane, MutualTlsMode, PolicyScope } from './mode.ts';

/** Where a composed mode comes from: Istio's built-in PERMISSIVE (R13), or one field of one policy (R20). */
export type ModeSource =
  | { readonly kind: 'default' }
  | { readonly kind: 'policy'; readonly scope: PolicyScope; readonly field: FieldRef };

/** A fact that could not be read, so that an answer which depends on it is unknown. */
export interface MissingFact {
  readonly kind: ObjectKind;
  /** Empty when the kind could not be read in any namespace. */
  readonly namespace: string;
  readonly name?: string;
  /** `not-watched`: only `MAX_WATCHED_NAMESPACES` are read where a kind may not be listed everywhere. */
  readonly why:
    | 'forbidden'
    | 'not-installed'
    | 'not-loaded'
    | 'not-watched'
    | 'failed'
    | 'not-found'
    /** A Namespace that no manifest declares: whether its pods get a proxy depends on its labels. */
    | 'undeclared'
    /** No object says whether the application speaks TLS. */
    | 'up-to-application'
    /** DNS says which address a name has. */
    | 'up-to-dns'
    /** A rule asks for addresses, or for what else no object tells of a connection (R304). */
    | 'up-to-address'
    /** The port may carry HTTP or not, and the policy lets in one of them. */
    | 'up-to-request'
    /** An authorizer outside the mesh is asked (R305). */
    | 'up-to-authorizer'
    | 'invalid';
  /** Of an invalid object: what is wrong with it, as a clause. */
  readonly cause?: string;
}

/** Who closes the connection. */
export type Side = 'client' | 'server';

/** How a port's protocol was declared, as far as mutual TLS cares (R43). */
export type PortClass = 'HTTP' | 'TCP' | 'AUTO';

/**
 * One fact that took part in deciding an outcome. Cases carry references, never prose. `inferred`
 * marks what was read in Istio's code but is asserted by no test or document of Istio.
 */
export type Reason =
  // Who speaks
  | { readonly kind: 'outside-client' }
  | { readonly kind: 'no-proxy'; readonly side: Side; readonly workload: WorkloadRef }
  | {
      readonly kind: 'data-plane';
      readonly side: Side;
      readonly workload: WorkloadRef;
      readonly dataPlane: DataPlane;
    }
  | { readonly kind: 'proxy-container'; readonly workload: WorkloadRef } // R142
  // What the client puts on the wire
  | { readonly kind: 'outbound-not-captured'; readonly workload: WorkloadRef } // R142
  | { readonly kind: 'application-tls' } // R141
  | { readonly kind: 'loopback'; readonly workload: WorkloadRef } // R57, R142
  | { readonly kind: 'pod-address'; readonly address: string } // R144
  | { readonly kind: 'host-not-imported'; readonly host: string; readonly sidecar: ObjectRef } // R144
  | { readonly kind: 'host-not-exported'; readonly host: string; readonly by: ObjectRef } // R144
  | { readonly kind: 'host-of-other-revision'; readonly host: string; readonly by: ObjectRef } // R2, R144
  | { readonly kind: 'host-not-discovered'; readonly host: string; readonly namespace: string } // R3, R144
  /** `by` is the Sidecar that says so; without one the mesh config does. */
  | { readonly kind: 'passed-through' } // R144
  | { readonly kind: 'registry-only'; readonly by?: ObjectRef } // R144
  | { readonly kind: 'unknown-to-gateway' } // R144
  | { readonly kind: 'external-host'; readonly host: string } // R145
  /** An ExternalName, and the host that it stands for. */
  | { readonly kind: 'other-name'; readonly service: ObjectRef; readonly host: string } // R145
  | {
      readonly kind: 'auto-mtls'; // R145, R147
      /** The policy that clients take their server's namespace to follow, if there is one (R22, R146). */
      readonly from?: ModeSource;
    }
  | { readonly kind: 'auto-mtls-off' } // R145
  | {
      readonly kind: 'namespace-hint-disable'; // R146, R148
      readonly namespace: string;
      readonly from: ModeSource;
    }
  | { readonly kind: 'endpoint-without-tls-label'; readonly workload: WorkloadRef } // R119, R147
  | {
      readonly kind: 'endpoint-mode-disable';
      readonly workload: WorkloadRef;
      readonly port: number;
      readonly from: ModeSource;
    } // R147
  | {
      readonly kind: 'headless'; // R172, R173
      readonly service: ObjectRef;
      /** All its pods can take mutual TLS, and get it. */
      readonly mutualTls: boolean;
      readonly inferred?: true;
    }
  | {
      readonly kind: 'address-kept'; // R172
      readonly rule: FieldRef;
      /** All pods were asked whether they can take mutual TLS. */
      readonly isAsked: boolean;
      readonly mutualTls: boolean;
      readonly inferred?: true;
    }
  | { readonly kind: 'destination-rule'; readonly rule: FieldRef; readonly tls: ClientTlsMode }
  | { readonly kind: 'destination-rule-without-tls'; readonly rule: FieldRef } // R154, R162
  | {
      readonly kind: 'endpoint-stage-follows-rule';
      readonly rule: FieldRef;
      readonly tls: ClientTlsMode;
    } // R166
  | {
      readonly kind: 'ambiguous-rules';
      readonly used: ObjectRef;
      readonly others: NonEmpty<ObjectRef>;
      readonly inferred: true;
    } // R158
  | { readonly kind: 'rule-not-exported'; readonly rule: ObjectRef; readonly inferred?: true } // R153, R156
  | { readonly kind: 'rule-selects-other-clients'; readonly rule: ObjectRef } // R159
  | { readonly kind: 'credential-ignored'; readonly rule: FieldRef } // R170
  | { readonly kind: 'certificates-incomplete'; readonly rule: FieldRef } // R171
  | {
      readonly kind: 'authorities-unreadable'; // R160
      readonly policy: FieldRef;
      /** What the client’s proxy makes of it. */
      readonly sends: 'plaintext' | 'nothing';
      readonly inferred: true;
    }
  | {
      readonly kind: 'foreign-certificate-assumed';
      readonly rule: FieldRef;
      readonly inferred: true;
    } // R183
  | {
      readonly kind: 'server-identity-rejected'; // R168
      readonly rule: FieldRef;
      readonly identity: string;
    }
  | { readonly kind: 'rule-without-effect'; readonly rule: FieldRef; readonly tls: ClientTlsMode } // R99, R101, R104
  | { readonly kind: 'hbone'; readonly assumed?: true } // R101, R102, R169
  | { readonly kind: 'hbone-not-sent' } // R102
  | { readonly kind: 'no-hbone-at-server'; readonly workload: WorkloadRef } // R98, R101
  | {
      readonly kind: 'through-waypoint'; // R97
      readonly waypoint: WorkloadRef;
      readonly gateway: ObjectRef;
    }
  | {
      readonly kind: 'routed'; // R310 to R312
      readonly route: FieldRef;
      /** The VirtualService that handed over to the route's own. */
      readonly delegatedBy?: ObjectRef;
      /** What defines the host. */
      readonly to?: ObjectRef;
      /** Absent for requests that no route takes, or that the proxy answers itself. */
      readonly host?: string;
      readonly subset?: string;
      readonly percent: number;
      readonly byRequest: boolean;
    }
  | { readonly kind: 'route-target-unknown'; readonly host: string; readonly subset?: string } // R313
  // What the server makes of it
  | {
      readonly kind: 'server-mode';
      readonly workload: WorkloadRef;
      readonly port: number;
      readonly mode: MutualTlsMode;
      readonly from: ModeSource;
    }
  | {
      readonly kind: 'unset-policy-hides-younger'; // R10, R11
      readonly policy: ObjectRef;
      readonly hidden: NonEmpty<ObjectRef>;
    }
  | {
      readonly kind: 'unspecified-tie'; // R93
      readonly used: ObjectRef;
      readonly others: NonEmpty<ObjectRef>;
      readonly inferred: true;
    }
  | {
      readonly kind: 'foreign-trust-domain'; // R27
      readonly workload: WorkloadRef;
      readonly trustDomain: string;
    }
  | {
      readonly kind: 'unexpected-trust-domain'; // R27, R168
      readonly workload: WorkloadRef;
      /** Of the server's certificate. */
      readonly trustDomain: string;
    }
  | {
      readonly kind: 'ingress-tls'; // R47
      readonly sidecar: ObjectRef;
      readonly port: number;
      readonly tls: 'SIMPLE' | 'MUTUAL';
    }
  | {
      readonly kind: 'port-class'; // R43, R44, R50, R51
      readonly port: number;
      readonly class: PortClass;
      /** The Sidecar that lists the ports (R46), else the oldest Service that leads to the port; absent for neither (R45). */
      readonly by?: ObjectRef;
      /** What becomes of certificates that are not the mesh's own there (R52). */
      readonly inferred?: true;
    }
  | {
      readonly kind: 'ambient-conversion'; // R92, R94, R95, R96
      readonly workload: WorkloadRef;
      readonly port: number;
      readonly deniesPlaintext: boolean;
      readonly rule: 'R92' | 'R94' | 'R95' | 'R96';
      /** The policies whose combination it is: workload, namespace, mesh, as far as there are. */
      readonly policies: readonly ObjectRef[];
      readonly inferred: true;
    }
  | {
      readonly kind: 'port-not-captured'; // R54, R56
      readonly workload: WorkloadRef;
      readonly port: number;
      /** That clients send mutual TLS there all the same (R56). */
      readonly inferred?: true;
    }
  | { readonly kind: 'ambient-bypassed'; readonly workload: WorkloadRef; readonly inferred?: true } // R83
  | {
      readonly kind: 'gateway-server'; // R61
      readonly gateway: ObjectRef;
      readonly protocol: string;
      /** The Services and ServiceEntries by whose ports Gateways lead to these pods' ports. */
      readonly through: readonly ObjectRef[];
    }
  | {
      readonly kind: 'authorization-denies'; // R301, R302
      readonly workload: WorkloadRef;
      readonly policy: ObjectRef;
      /** Of the client's certificate; absent for one that shows none. */
      readonly identity?: string;
    }
  | {
      readonly kind: 'authorization-allows-others'; // R301, R302
      readonly workload: WorkloadRef;
      readonly policies: NonEmpty<ObjectRef>;
      readonly identity?: string;
    }
  | { readonly kind: 'authorization-allows'; readonly policies: NonEmpty<ObjectRef> } // R302
  | { readonly kind: 'authorization-by-request'; readonly policies: NonEmpty<ObjectRef> } // R303
  // What could not be found
  | {
      readonly kind: 'no-gateway-server'; // R61
      readonly workload: WorkloadRef;
      readonly port: number;
      /** The Services and ServiceEntries by whose ports Gateways lead to other ports of these pods. */
      readonly through: readonly ObjectRef[];
    }
  | { readonly kind: 'unknown-host'; readonly host: string }
  | { readonly kind: 'no-such-port'; readonly service: ObjectRef; readonly port: number }
  | { readonly kind: 'no-endpoints'; readonly service: ObjectRef }
  | { readonly kind: 'not-readable'; readonly fact: MissingFact };
