import type { findingsIn, Mesh, MissingFact, NamespaceEntry, ObjectRef } from '../../mesh/index.ts';
import {
  destinationRulesIn,
  findWorkload,
  meshMtls,
  namespacesOf,
  peerAuthenticationsIn,
  policiesActingOn,
  workloadMtls,
  workloadsIn,
} from '../../mesh/index.ts';
import { someDiffer } from './differingNamespaces.ts';
import type { NamespaceFilter } from './namespaceFilter.ts';
import { passes } from './namespaceFilter.ts';
import type {
  MeshNode,
  NamespaceNode,
  Notice,
  NoticeNode,
  PolicyNode,
  TreeNode,
  WorkloadNode,
} from '../nodes/treeNode.ts';
import { nodeId } from '../nodes/treeNode.ts';

/** Namespaces shown before the row that offers more. */
export const namespacePage = 1000;

/** What a context is among those that are open: manifests and the palette are about the active one. */
export type ContextRole = 'only' | 'active' | 'other';

/** The part of a cluster that the tree shows. */
export interface TreeContent {
  readonly context: string;
  readonly role: ContextRole;
  readonly mesh: Mesh;
  /** How many namespaces are shown; grows by a page at a time. */
  readonly shownNamespaces: number;
  /** Undefined to show all namespaces. */
  readonly filter: NamespaceFilter | undefined;
  /** How much of a proxy differed from the prediction when it was last looked at, by `refKey` of its workload. */
  readonly proxyMarks?: ReadonlyMap<string, number>;
  /** What finds mistakes; absent until it is loaded. */
  readonly findMistakes?: FindMistakes;
}

/** Finds the mistakes in a mesh. The tree loads it after its first rows. */
export type FindMistakes = typeof findingsIn;

/** The rows below a row, in the order in which they are shown. */
export function childrenOf(content: TreeContent, parent: TreeNode): readonly TreeNode[] {
  switch (parent.kind) {
    case 'mesh':
      return meshChildren(content, parent);
    case 'namespace':
      return namespaceChildren(content, parent);
    case 'workload':
      return workloadChildren(content, parent);
    case 'port':
    case 'policy':
    case 'differing-namespaces':
    case 'more-namespaces':
    case 'notice':
      return [];
  }
}

/** The row above a row, so that VS Code can reveal it. */
export function parentOf(node: TreeNode): TreeNode | undefined {
  const { context } = node;
  switch (node.kind) {
    case 'mesh':
      return undefined;
    case 'differing-namespaces':
    case 'namespace':
    case 'more-namespaces':
      return { kind: 'mesh', context };
    case 'notice':
      return context === '' ? undefined : { kind: 'mesh', context };
    case 'workload':
      return { kind: 'namespace', context, namespace: node.workload.namespace };
    case 'port':
      return { kind: 'workload', context, workload: node.workload };
    case 'policy':
      return node.under;
  }
}

function meshChildren(content: TreeContent, parent: MeshNode): readonly TreeNode[] {
  const { context, mesh, shownNamespaces } = content;
  const namespaces = filteredNamespaces(content);
  const rows: TreeNode[] = missingNotices(content);
  if (someDiffer(meshMtls(mesh))) rows.push({ kind: 'differing-namespaces', context });
  rows.push(...policyNodes(parent, withoutSelector(mesh, mesh.rootNamespace)));
  for (const { name } of namespaces.slice(0, shownNamespaces)) {
    rows.push({ kind: 'namespace', context, namespace: name });
  }
  if (namespaces.length > shownNamespaces) {
    rows.push({ kind: 'more-namespaces', context, after: shownNamespaces });
  }
  return rows;
}

/** The namespaces that pass the filter, sorted by name, on whatever page. */
export function filteredNamespaces({ mesh, filter }: TreeContent): readonly NamespaceEntry[] {
  const all = namespacesOf(mesh);
  return filter === undefined ? all : all.filter(({ name }) => passes(mesh, name, filter));
}

/**
 * One row for each kind that may not be read, or could not, in however many namespaces. Kinds that a
 * cluster does not have hide nothing, and kinds still being read are there in a moment. Namespaces
 * that may not be listed can be named.
 */
function missingNotices({ context, mesh }: TreeContent): NoticeNode[] {
  const byKind = new Map<string, { readonly fact: MissingFact; readonly places: number }>();
  for (const fact of mesh.missing) {
    if (fact.why === 'not-installed' || fact.why === 'not-loaded') continue;
    const key = `${fact.kind}/${fact.why}`;
    const known = byKind.get(key);
    byKind.set(key, { fact: known?.fact ?? fact, places: (known?.places ?? 0) + 1 });
  }
  const notices = [...byKind.values()].flatMap(({ fact, places }): Notice[] => {
    const missing = { kind: 'missing', fact, places } as const;
    const isNamespaces = fact.kind === 'Namespace' && fact.why === 'forbidden';
    return isNamespaces ? [missing, { kind: 'name-namespaces' }] : [missing];
  });
  return notices.map((notice) => ({ kind: 'notice', context, notice }));
}

/** What a notice says now: the places that it is about change while its row stays. */
export function currentNotice(content: TreeContent, node: NoticeNode): Notice {
  const same = missingNotices(content).find((one) => nodeId(one) === nodeId(node));
  return same?.notice ?? node.notice;
}

/** Workloads first, then the policies of the namespace's own scope and its DestinationRules. */
function namespaceChildren(content: TreeContent, parent: NamespaceNode): readonly TreeNode[] {
  const { context, mesh } = content;
  const { namespace } = parent;
  const workloads = workloadsIn(mesh, namespace).map(({ ref }): WorkloadNode => ({
    kind: 'workload',
    context,
    workload: ref,
  }));
  return [
    ...workloads,
    ...policyNodes(parent, withoutSelector(mesh, namespace)),
    ...policyNodes(parent, destinationRulesIn(mesh, namespace)),
  ];
}

function workloadChildren(content: TreeContent, parent: WorkloadNode): readonly TreeNode[] {
  const { context, mesh } = content;
  const workload = findWorkload(mesh, parent.workload);
  if (workload === undefined) return [];
  const ports = workloadMtls(mesh, workload).ports.map(({ port }): TreeNode => ({
    kind: 'port',
    context,
    workload: workload.ref,
    port,
  }));
  const { peerAuthentications, destinationRules } = policiesActingOn(mesh, workload);
  return [...ports, ...policyNodes(parent, [...peerAuthentications, ...destinationRules])];
}

function withoutSelector(mesh: Mesh, namespace: string): readonly ObjectRef[] {
  return peerAuthenticationsIn(mesh, namespace).filter((policy) => policy.selector === undefined);
}

function policyNodes(under: PolicyNode['under'], policies: readonly ObjectRef[]): PolicyNode[] {
  return policies.map(({ kind, namespace, name }) => ({
    kind: 'policy',
    context: under.context,
    policy: { kind, namespace, name },
    under,
  }));
}
