import type { RowAction } from '../../contributions.ts';
import type { Mesh, Workload } from '../../mesh/index.ts';
import {
  counted,
  destinationRulesIn,
  findWorkload,
  hasPodsOutside,
  meshMtls,
  namespaceMtls,
  peerAuthenticationsIn,
  refKey,
  sameRef,
  visibleLine,
  workloadMtls,
  workloadsIn,
} from '../../mesh/index.ts';
import { contextName } from '../session/contextId.ts';
import type { TreeContent } from './meshTree.ts';
import { currentNotice, filteredNamespaces, namespacePage } from './meshTree.ts';
import { modeActions, modeActionsIn } from './modeActions.ts';
import { findingsOfRow, markWords } from './findingMarks.ts';
import { differingRow } from './differingNamespaces.ts';
import { joinWords, modeLooks } from './modeLook.ts';
import { portSummary, summaryWords } from './modeSummary.ts';
import type { ModeSummary } from './modeSummary.ts';
import { withTrouble, workloadTrouble } from './policyTrouble.ts';
import { summaryOfMesh, summaryOfNamespace, summaryOfWorkload } from './scopeSummary.ts';
import { noticeRow } from './noticeRow.ts';
import { contextActions, roleWords } from './contextRow.ts';
import { plainRow, spoken } from './plainRow.ts';
import type {
  MeshNode,
  MoreNamespacesNode,
  NamespaceNode,
  PolicyNode,
  PortNode,
  TreeNode,
  WorkloadNode,
} from '../nodes/treeNode.ts';
import { nodeId } from '../nodes/treeNode.ts';
import type { TreeRow } from './treeRow.ts';

/** What a row says, computed from the mesh of the moment. Names come from a cluster: they stay on their line. */
export function rowOf(content: TreeContent, node: TreeNode): TreeRow {
  const row = plainRowOf(content, node);
  return {
    ...row,
    label: visibleLine(row.label),
    description: visibleLine(row.description),
    accessibilityLabel: visibleLine(row.accessibilityLabel),
  };
}

function plainRowOf(content: TreeContent, node: TreeNode): TreeRow {
  const { mesh } = content;
  switch (node.kind) {
    case 'mesh':
      return meshRow(content, node);
    case 'differing-namespaces':
      return differingRow(mesh, node);
    case 'namespace':
      return namespaceRow(mesh, node);
    case 'workload':
      return workloadRow(content, node);
    case 'port':
      return portRow(mesh, node);
    case 'policy':
      return policyRow(content, node);
    case 'more-namespaces':
      return moreRow(content, node);
    case 'notice':
      return noticeRow(node, currentNotice(content, node));
  }
}

/** A row while there is no mesh to compute it from: a notice, or one that is about to go. */
export function rowWithoutMesh(node: TreeNode): TreeRow {
  return node.kind === 'notice' ? noticeRow(node, node.notice) : goneRow(node, nodeId(node));
}

function meshRow({ mesh, role }: TreeContent, node: MeshNode): TreeRow {
  const name = contextName(node.context);
  const summary = summaryOfMesh(mesh);
  const words = [...summary.words, roleWords[role]];
  return {
    ...modeRow(node, name, { ...summary, words }),
    accessibilityLabel: spoken(name, 'mesh', ...words),
    children: 'expanded',
    actions: [...modeActions(meshMtls(mesh), 'mesh'), 'scaffold', ...contextActions(role)],
  };
}

type ModeRow = Omit<TreeRow, 'children' | 'actions'>;

function modeRow(node: TreeNode, label: string, summary: ModeSummary): ModeRow {
  const look = modeLooks[summary.state];
  return {
    id: nodeId(node),
    label,
    description: summaryWords(summary),
    icon: look.icon,
    color: look.color,
    state: summary.state,
    accessibilityLabel: spoken(label, ...summary.words),
  };
}

function namespaceRow(mesh: Mesh, node: NamespaceNode): TreeRow {
  const { namespace } = node;
  const workloads = workloadsIn(mesh, namespace);
  return {
    ...modeRow(node, namespace, summaryOfNamespace(mesh, namespace)),
    children: 'collapsed',
    actions: [
      ...modeActionsIn(mesh, namespace, [
        ...modeActions(namespaceMtls(mesh, namespace), 'namespace'),
        'enforce-with-exceptions',
      ]),
      ...moves(workloads),
      'scaffold',
      'open-manifest',
    ],
  };
}

function workloadRow(content: TreeContent, node: WorkloadNode): TreeRow {
  const { mesh, proxyMarks } = content;
  const workload = findWorkload(mesh, node.workload);
  if (workload === undefined) return goneRow(node, node.workload.name);
  const summary = summaryOfWorkload(mesh, workload);
  return {
    ...modeRow(node, workload.name, {
      ...summary,
      words: [
        ...markWords(findingsOfRow(content, workload.ref)),
        ...proxyWords(proxyMarks?.get(refKey(workload.ref))),
        ...summary.words,
      ],
    }),
    children: 'collapsed',
    actions: [
      ...modeActionsIn(
        mesh,
        workload.namespace,
        modeActions(workloadMtls(mesh, workload), 'workload'),
      ),
      ...moves([workload]),
      'probe-from',
      'probe-to',
      ...asksProxy(workload),
      'scaffold',
      'open-manifest',
    ],
  };
}

/** That a proxy was looked at, and does not have what it should. */
function proxyWords(differences = 0): readonly string[] {
  return differences === 0 ? [] : ['proxy differs'];
}

/** A proxy that can be asked: ztunnel cannot. */
function asksProxy({ dataPlanes }: Workload): readonly RowAction[] {
  const asked = dataPlanes.some(
    ({ dataPlane, pods }) => pods > 0 && !['none', 'ambient'].includes(dataPlane),
  );
  return asked ? ['show-proxy'] : [];
}

/** Into the mesh and out of it, where that would do something. */
function moves(workloads: readonly Workload[]): readonly RowAction[] {
  return [
    ...(workloads.some(hasPodsOutside) ? (['bring-into-mesh'] as const) : []),
    ...(workloads.some(hasSidecar) ? (['take-out-of-mesh'] as const) : []),
  ];
}

function hasSidecar({ dataPlanes }: Workload): boolean {
  return dataPlanes.some(({ dataPlane }) => dataPlane === 'sidecar');
}

function portRow(mesh: Mesh, node: PortNode): TreeRow {
  const workload = findWorkload(mesh, node.workload);
  const mtls = workload && workloadMtls(mesh, workload);
  const port = mtls?.ports.find((one) => one.port === node.port);
  if (workload === undefined || mtls === undefined || port === undefined) {
    return goneRow(node, String(node.port));
  }
  const name = workload.ports.find((one) => one.port === node.port)?.name;
  const label = name === undefined ? `port ${node.port}` : `port ${node.port} (${name})`;
  const { invalid } = workloadTrouble(mesh, workload, mtls);
  return {
    ...modeRow(node, label, withTrouble(portSummary(port, mtls), { invalid, conflicting: [] })),
    children: 'none',
    actions: [
      ...modeActionsIn(mesh, workload.namespace, modeActions(port, 'port')),
      'probe-to',
      'scaffold',
    ],
  };
}

function policyRow(content: TreeContent, node: PolicyNode): TreeRow {
  const { kind, namespace, name } = node.policy;
  const found = findingsOfRow(content, node.policy);
  const says = joinWords(...markWords(found), policyWords(content.mesh, node));
  const label = namespace === namespaceAbove(node) ? name : `${namespace}/${name}`;
  return {
    id: nodeId(node),
    label,
    description: joinWords(says, kind),
    icon: found.length > 0 ? 'warning' : kind === 'PeerAuthentication' ? 'law' : 'arrow-swap',
    color: found.length > 0 ? 'list.warningForeground' : 'descriptionForeground',
    children: 'none',
    actions: [
      ...(kind === 'PeerAuthentication' ? (['change-policy'] as const) : []),
      'show-workloads',
      'reveal-policy',
      'open-manifest',
    ],
    accessibilityLabel: `${kind} ${namespace}/${name}${says === '' ? '' : `, ${says}`}`,
    click: 'open-manifest',
  };
}

/** The namespace that the rows above have named already; the row of a mesh names none. */
function namespaceAbove({ under }: PolicyNode): string | undefined {
  switch (under.kind) {
    case 'mesh':
      return undefined;
    case 'namespace':
      return under.namespace;
    case 'workload':
      return under.workload.namespace;
  }
}

/** What the policy itself says, in a few words. */
function policyWords(mesh: Mesh, { policy }: PolicyNode): string {
  if (policy.kind === 'DestinationRule') {
    const rule = destinationRulesIn(mesh, policy.namespace).find((one) => sameRef(one, policy));
    return rule === undefined ? '' : rule.host;
  }
  const peer = peerAuthenticationsIn(mesh, policy.namespace).find((one) => sameRef(one, policy));
  if (peer === undefined) return '';
  const ports = peer.portLevelMtls.length;
  return ports === 0 ? peer.mode : `${peer.mode}, ${ports} ${ports === 1 ? 'port' : 'ports'}`;
}

function moreRow(content: TreeContent, node: MoreNamespacesNode): TreeRow {
  const hidden = filteredNamespaces(content).length - node.after;
  const next = Math.min(hidden, namespacePage);
  const label = `Show ${counted(next, 'more namespace', 'more namespaces')}`;
  return {
    ...plainRow(node, label, `${hidden} not shown`),
    icon: 'ellipsis',
    click: 'show-more-namespaces',
  };
}

/** A row about something that was there a moment ago; the next refresh removes it. */
function goneRow(node: TreeNode, label: string): TreeRow {
  return { ...plainRow(node, label, 'gone'), icon: 'question' };
}
