import type { FieldRef, NonEmpty, ObjectKind, ObjectRef, WorkloadRef } from '../model/reference.ts';
import type { Accepts, ClientTlsMode, DataPlane, MutualTlsMode, PolicyScope } from './mode.ts';

/** Where a composed mode comes from: Istio's built-in PERMISSIVE (R13), or one field of one policy (R20). */
export type ModeSource =
  | { readonly kind: 'default' }
  | { readonly kind: 'policy'; readonly scope: PolicyScope; readonly field: FieldRef };

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
  | 'empty-selector-in-ambient'; // R92

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
}

/** A fact that could not be read, so that an answer which depends on it is unknown. */
export interface MissingFact {
  readonly kind: ObjectKind;
  /** Empty when the kind could not be read in any namespace. */
  readonly namespace: string;
  readonly name?: string;
  readonly why: 'forbidden' | 'not-installed' | 'not-loaded' | 'failed' | 'not-found';
}

/** Who closes the connection. */
export type Side = 'client' | 'server';

/** How a failed connection shows itself, by the numbers of the specification (R190 to R195). */
export type Symptom = 'F1' | 'F2' | 'F3' | 'F4' | 'F5' | 'F6' | 'F7' | 'F8' | 'blocked';

/** What happens to a connection. */
export type Outcome =
  | { readonly kind: 'mutual-tls'; readonly transport: 'istio' | 'hbone' }
  | { readonly kind: 'tls' }
  | { readonly kind: 'plaintext' }
  | { readonly kind: 'refused'; readonly by: Side; readonly symptom: Symptom }
  | { readonly kind: 'unknown'; readonly missing: NonEmpty<MissingFact> };

/** One fact that took part in deciding an outcome. Cases carry references, never prose. */
export type Reason =
  | {
      readonly kind: 'server-mode';
      readonly workload: WorkloadRef;
      readonly port: number;
      readonly mode: MutualTlsMode;
      readonly from: ModeSource;
    }
  | { readonly kind: 'no-proxy'; readonly side: Side; readonly workload: WorkloadRef }
  | {
      readonly kind: 'data-plane';
      readonly side: Side;
      readonly workload: WorkloadRef;
      readonly dataPlane: DataPlane;
    }
  | { readonly kind: 'auto-mtls' }
  | { readonly kind: 'auto-mtls-off' }
  | {
      readonly kind: 'namespace-hint-disable';
      readonly namespace: string;
      readonly from: ModeSource;
    }
  | { readonly kind: 'endpoint-without-tls-label'; readonly workload: WorkloadRef }
  | { readonly kind: 'destination-rule'; readonly rule: FieldRef; readonly tls: ClientTlsMode }
  | { readonly kind: 'destination-rule-without-tls'; readonly rule: FieldRef }
  | { readonly kind: 'unknown-host'; readonly host: string };

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
