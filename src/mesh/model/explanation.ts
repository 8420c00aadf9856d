import type { NonEmpty, ObjectRef } from './reference.ts';
import type { Accepts, MutualTlsMode, PolicyScope } from './mode.ts';
import type { MissingFact, ModeSource, Reason, Side } from './reason.ts';

export type { MissingFact, ModeSource, PortClass, Reason, Side } from './reason.ts';

/** Why a policy that looks relevant decides nothing here. */
export type IgnoredReason =
  | 'selector-in-root-namespace' // R6
  | 'older-policy-wins' // R10, R11
  | 'mode-unset' // R12
  | 'overridden' // a narrower scope set its own mode (R12, R15)
  | 'selector-does-not-match' // R7
  | 'other-revision' // R2
  | 'namespace-not-discovered' // R3
  | 'port-level-without-workload-scope' // R14
  | 'port-not-listed' // R16
  | 'empty-selector-in-ambient' // R92
  | 'same-age-in-ambient' // R93
  | 'ages-unknown'; // R10, R11: of manifests that no cluster has created yet

/** One policy that was looked at and did not decide; `winner` is the policy it lost to. */
export interface IgnoredPolicy {
  readonly policy: ObjectRef;
  readonly scope: PolicyScope;
  readonly mode: MutualTlsMode | 'UNSET';
  readonly reason: IgnoredReason;
  readonly winner?: ObjectRef;
}

/** The composed policy mode at one place, with the field that decided and every policy that did not. */
export interface EffectiveMode {
  readonly mode: MutualTlsMode;
  readonly from: ModeSource;
  readonly ignored: readonly IgnoredPolicy[];
  /** All pods by their mode, where control planes or labels give them unlike ones; `mode` is then one that lets plaintext in. */
  readonly unlike?: NonEmpty<ModeOfPods>;
}

/** Pods of one workload that share a mode. */
export interface ModeOfPods {
  readonly mode: MutualTlsMode;
  readonly from: ModeSource;
  readonly pods: number;
}

/**
 * How a connection fails: what the side that ends it does (R190 to R195). What the client sees of it
 * also depends on its own proxy, see `seenAs`.
 */
export type Symptom =
  /** Plaintext of an application, where the sidecar accepts only mutual TLS. */
  | 'server-resets-plaintext'
  /** The same, sent by the client’s own Envoy. */
  | 'server-resets-proxy-plaintext'
  /** The same, sent by ztunnel or a waypoint. */
  | 'server-resets-ambient-plaintext'
  /** TLS that is not Istio’s own, for which a PERMISSIVE HTTP port has no filter chain. */
  | 'server-resets-foreign-tls'
  /** TLS for a server of plaintext, plaintext for one of TLS, or TLS of another kind. */
  | 'protocol-mismatch'
  /** An AuthorizationPolicy refuses each request: the server's proxy answers 403. */
  | 'authorization-denied'
  /** The same where the server's proxy sees bytes only: it closes the connection. */
  | 'authorization-closed'
  /** ztunnel accepts the connection and closes it by policy. */
  | 'ztunnel-policy-rejection'
  /** The handshake asks for a certificate of the mesh, and there is none. */
  | 'client-certificate-required'
  /** TLS arrives at an HTTP port that has no mutual TLS, and is read as HTTP. */
  | 'tls-read-as-http'
  /** The client’s proxy lets nothing out to hosts that it does not know. */
  | 'unknown-host-blocked'
  /** A route of the client's proxy leads to a host or a subset that the proxy does not know. */
  | 'route-leads-nowhere'
  /** The client's proxy has routes, and none takes the request. */
  | 'no-route'
  /** The waypoint on the way knows no such service. */
  | 'unknown-to-waypoint'
  /** Nobody is there: the client's proxy answers so, and without one its node refuses. */
  | 'no-endpoints'
  /** The client wants another identity than the server has: its rule does, or its control plane knows no such trust domain. */
  | 'server-identity-rejected'
  /** The client’s proxy cannot read the authorities that it is to trust. */
  | 'authorities-unreadable';

/** What happens to a connection. */
export type Outcome =
  | { readonly kind: 'mutual-tls'; readonly transport: 'istio' | 'hbone' }
  | { readonly kind: 'tls' }
  | { readonly kind: 'plaintext' }
  | { readonly kind: 'refused'; readonly by: Side; readonly symptom: Symptom }
  | { readonly kind: 'unknown'; readonly missing: NonEmpty<MissingFact> };

/** An outcome and every fact that decided it, in the order in which they decided. */
export interface Explanation {
  readonly outcome: Outcome;
  readonly because: NonEmpty<Reason>;
}

/** The mode of one workload port and what its data plane really takes on the wire (R52, R86, R180). */
export interface PortMtls extends EffectiveMode {
  readonly port: number;
  readonly accepts: readonly Accepts[];
}

/** Whether anything makes the composed mode true (R24). */
export type Enforcement =
  | { readonly kind: 'enforced' }
  | {
      readonly kind: 'not-enforced';
      readonly why: 'no-proxy' | 'host-network' | 'gateway' | 'waypoint' | 'inbound-not-captured';
    }
  | { readonly kind: 'partly-enforced'; readonly unenforcedPods: number; readonly pods: number }
  | { readonly kind: 'unknown'; readonly missing: NonEmpty<MissingFact> };
