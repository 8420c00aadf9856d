import {
  allWorkloads,
  namespacesOf,
  peerAuthenticationsIn,
  servicesIn,
  destinationRulesIn,
} from '../../../src/mesh/snapshot/mesh.ts';
import type { Mesh } from '../../../src/mesh/snapshot/mesh.ts';
import { describeOutcome, describeReason } from '../../../src/mesh/words/describe.ts';
import { connect } from '../../../src/mesh/connection/connection.ts';
import { topicText } from '../../../src/mesh/topic/topic.ts';
import type { Topic } from '../../../src/mesh/topic/topic.ts';
import type { Block } from '../../../src/mesh/topic/blocks.ts';
import type { TreeContent } from '../../../src/surfaces/tree/meshTree.ts';
import { childrenOf, namespacePage } from '../../../src/surfaces/tree/meshTree.ts';
import { rowOf } from '../../../src/surfaces/tree/rowOf.ts';
import type { Tooltip } from '../../../src/surfaces/tree/tooltip.ts';
import { tooltipOf } from '../../../src/surfaces/tree/rowTooltip.ts';
import type { TreeNode } from '../../../src/surfaces/nodes/treeNode.ts';
import type { TreeRow } from '../../../src/surfaces/tree/treeRow.ts';

export interface PaintedRow {
  readonly row: TreeRow;
  readonly tooltip: Tooltip | undefined;
}

/** Every row of the tree with everything expanded. */
export function everyRow(mesh: Mesh): readonly PaintedRow[] {
  const content: TreeContent = {
    context: 'context',
    role: 'only',
    mesh,
    shownNamespaces: namespacePage,
    filter: undefined,
  };
  const rows: PaintedRow[] = [];
  const paint = (node: TreeNode): void => {
    rows.push({ row: rowOf(content, node), tooltip: tooltipOf(content, node) });
    for (const child of childrenOf(content, node)) paint(child);
  };
  paint({ kind: 'mesh', context: content.context });
  return rows;
}

/** What hovers say about everything there is. */
export function everyHover(mesh: Mesh): readonly Block[] {
  return [...topics(mesh)].flatMap((topic) => topicText(mesh, topic));
}

function* topics(mesh: Mesh): Iterable<Topic> {
  for (const { name } of namespacesOf(mesh)) {
    const namespace = mesh.namespaces.get(name)?.namespace;
    if (namespace !== undefined) yield { kind: 'namespace', namespace };
    for (const policy of peerAuthenticationsIn(mesh, name)) {
      yield { kind: 'peer-authentication', policy };
      yield { kind: 'selector', policy };
      for (const { port } of policy.portLevelMtls) yield { kind: 'port-mode', policy, port };
    }
    for (const rule of destinationRulesIn(mesh, name)) yield { kind: 'destination-rule', rule };
    for (const service of servicesIn(mesh, name)) yield { kind: 'service', service };
  }
  for (const { pods } of allWorkloads(mesh)) {
    for (const workload of pods) yield { kind: 'workload', workload };
  }
}

/** Why each connection between a workload and a Service works or not, in sentences. */
export function everyExplanation(mesh: Mesh): readonly string[] {
  const sentences: string[] = [];
  for (const { name } of namespacesOf(mesh)) {
    for (const service of servicesIn(mesh, name)) {
      const host = `${service.name}.${name}.svc.cluster.local`;
      for (const { ref } of allWorkloads(mesh)) {
        for (const { port } of service.ports) {
          const all = connect(mesh, { kind: 'workload', workload: ref }, { host, port });
          for (const { outcome, because } of all)
            sentences.push(describeOutcome(outcome), ...because.map(describeReason));
        }
      }
    }
  }
  return sentences;
}
