/**
 * What a condition of an AuthorizationPolicy looks at. `address` is an address of the connection itself, `origin` what
 * only Envoy can tell of it, such as the address that it says it comes from; `request` stands for all that only HTTP has.
 */
export type AuthorizationAttribute =
  | 'principal'
  | 'namespace'
  | 'service-account'
  | 'trust-domain'
  | 'port'
  | 'address'
  | 'origin'
  | 'request';

/** Any of `values`, where there are some, and none of `notValues`; a `*` at one end stands for the rest. */
export interface AuthorizationCondition {
  readonly on: AuthorizationAttribute;
  readonly values: readonly string[];
  readonly notValues: readonly string[];
}

/** Conditions that all hold. */
export type AuthorizationMatch = readonly AuthorizationCondition[];

/** Who, any of them, may do what, any of it, while all else holds. No `from` is anybody, no `to` anything. */
export interface AuthorizationRule {
  readonly from: readonly AuthorizationMatch[];
  readonly to: readonly AuthorizationMatch[];
  readonly when: AuthorizationMatch;
}

/** What a policy is attached to instead of selecting workloads. */
export interface PolicyTarget {
  readonly kind: string;
  readonly name: string;
}

export interface AuthorizationSpec {
  readonly action: 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM';
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly targets: readonly PolicyTarget[];
  readonly rules: readonly AuthorizationRule[];
  /** It is only tried out: nothing is refused for it. */
  readonly isDryRun: boolean;
}
