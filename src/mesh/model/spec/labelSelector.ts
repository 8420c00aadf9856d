export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** A Kubernetes label selector: every requirement must hold. */
export type LabelSelector = readonly LabelRequirement[];
