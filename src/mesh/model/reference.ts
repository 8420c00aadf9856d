import type { ObjectKind, WorkloadControllerKind } from './kinds.ts';

export type { ObjectKind, WorkloadControllerKind } from './kinds.ts';

/** Kinds that appear as a workload: a top-level controller, a bare Pod, or a VM's WorkloadEntry. */
export type WorkloadKind = WorkloadControllerKind | 'Pod' | 'WorkloadEntry';

/** Names one object. `namespace` is empty for cluster-scoped kinds. */
export interface ObjectRef {
  readonly kind: ObjectKind;
  readonly namespace: string;
  readonly name: string;
}

/** Names one workload. */
export interface WorkloadRef extends ObjectRef {
  readonly kind: WorkloadKind;
}

/** A place inside an object, such as `spec.mtls.mode` or `spec.portLevelMtls["8080"].mode`. */
export interface FieldRef {
  readonly object: ObjectRef;
  readonly field: string;
}

/**
 * Where an object was read: from the cluster, or from a document of a file. `assumed` is a Namespace that nobody
 * declares, and that the caller says is injected.
 */
export type Origin =
  | { readonly kind: 'cluster' }
  | { readonly kind: 'assumed' }
  | { readonly kind: 'file'; readonly uri: string; readonly document: number };

export type NonEmpty<T> = readonly [T, ...T[]];

/** A key that is unique per object and stable: `Kind/namespace/name`. */
export function refKey(ref: ObjectRef): string {
  return `${ref.kind}/${ref.namespace}/${ref.name}`;
}

export function sameRef(left: ObjectRef, right: ObjectRef): boolean {
  return left.kind === right.kind && left.namespace === right.namespace && left.name === right.name;
}
