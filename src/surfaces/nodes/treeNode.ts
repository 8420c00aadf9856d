import type { MissingFact, ObjectRef, WorkloadRef } from '../../mesh/index.ts';

/** The mesh of one open context: a root row. `context` is the context's id in this and every other node. */
export interface MeshNode {
  readonly kind: 'mesh';
  readonly context: string;
}

export interface NamespaceNode {
  readonly kind: 'namespace';
  readonly context: string;
  readonly namespace: string;
}

export interface WorkloadNode {
  readonly kind: 'workload';
  readonly context: string;
  readonly workload: WorkloadRef;
}

/** One port of a workload: the number that its pods listen on (R17). */
export interface PortNode {
  readonly kind: 'port';
  readonly context: string;
  readonly workload: WorkloadRef;
  readonly port: number;
}

/** A policy shown where it acts; the same policy may act in several places. */
export interface PolicyNode {
  readonly kind: 'policy';
  readonly context: string;
  readonly policy: ObjectRef;
  readonly under: MeshNode | NamespaceNode | WorkloadNode;
}

/**
 * How many namespaces do not have the mesh's own mode. A row of its own, because VS Code asks for everything below a
 * row that says something else, and below the mesh is everything.
 */
export interface DifferingNamespacesNode {
  readonly kind: 'differing-namespaces';
  readonly context: string;
}

/** The row that shows the next page of namespaces. */
export interface MoreNamespacesNode {
  readonly kind: 'more-namespaces';
  readonly context: string;
  /**
   * How many namespaces stand above it. Below the next page is another row, so that the focus of the keyboard falls on
   * the first namespace of that page instead of following this row to its end.
   */
  readonly after: number;
}

/** Why a part of the tree is missing, and what can be done about it. */
export type Notice =
  /** `forbidden` when the context may list nothing where it looked. */
  | {
      readonly kind: 'failed';
      readonly cause: string;
      readonly hint?: string;
      readonly forbidden?: true;
    }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'no-istio' }
  /** Another program switched the current context of the kubeconfig to this one. */
  | { readonly kind: 'switched'; readonly to: string }
  /** `places` counts the namespaces in which the kind could not be read; the fact names the first. */
  | { readonly kind: 'missing'; readonly fact: MissingFact; readonly places: number }
  /** Namespaces may not be listed: the person can name those to read. */
  | { readonly kind: 'name-namespaces' };

export interface NoticeNode {
  readonly kind: 'notice';
  /** Empty for what concerns no open context. */
  readonly context: string;
  readonly notice: Notice;
}

/** One row of the Mesh view. Plain data: what a row says is computed from the mesh of the moment. */
export type TreeNode =
  | MeshNode
  | DifferingNamespacesNode
  | NamespaceNode
  | WorkloadNode
  | PortNode
  | PolicyNode
  | MoreNamespacesNode
  | NoticeNode;

/** An object of an open context, for opening its manifest without a row. */
export interface ObjectInContext {
  readonly kind: 'object';
  readonly context: string;
  readonly object: ObjectRef;
}

/** A stable key of a row: equal for the same thing in every snapshot, different for different things. */
export function nodeId(node: TreeNode): string {
  switch (node.kind) {
    case 'mesh':
      return `${node.context}/mesh`;
    case 'namespace':
      return `${node.context}/namespace/${node.namespace}`;
    case 'workload':
      return `${node.context}/${refPath(node.workload)}`;
    case 'port':
      return `${node.context}/${refPath(node.workload)}/port/${node.port}`;
    case 'policy':
      return `${nodeId(node.under)}/policy/${refPath(node.policy)}`;
    case 'differing-namespaces':
      return `${node.context}/differing-namespaces`;
    case 'more-namespaces':
      return `${node.context}/more-namespaces/${node.after}`;
    case 'notice':
      return `${node.context}/notice/${noticeKey(node.notice)}`;
  }
}

function refPath(ref: ObjectRef): string {
  return `${ref.kind}/${ref.namespace}/${ref.name}`;
}

function noticeKey(notice: Notice): string {
  return notice.kind === 'missing' ? `missing/${notice.fact.kind}/${notice.fact.why}` : notice.kind;
}
