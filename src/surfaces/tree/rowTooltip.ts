import type {
  Accepts,
  EffectiveMode,
  Mesh,
  MissingFact,
  ObjectRef,
  PortMtls,
  Workload,
  WorkloadMtls,
} from '../../mesh/index.ts';
import {
  acceptsSentence,
  dataPlaneLabel,
  describeEnforcement,
  describeIgnored,
  describeMissing,
  describeModeSource,
  describeUnlike,
  findWorkload,
  invalidSentences,
  meshMtls,
  missingForecast,
  namespaceMtls,
  podsSentence,
  restartSentence,
  sameRef,
  visibleLine,
  workloadMtls,
} from '../../mesh/index.ts';
import { findingLines, findingsOfRow } from './findingMarks.ts';
import { differingTooltip } from './differingNamespaces.ts';
import type { TreeContent } from './meshTree.ts';
import { currentNotice } from './meshTree.ts';
import { noticeTooltip } from './noticeRow.ts';
import {
  meshTrouble,
  namespaceTrouble,
  workloadTrouble,
  type PolicyTrouble,
} from './policyTrouble.ts';
import type { Tooltip } from './tooltip.ts';
import type { PortNode, TreeNode } from '../nodes/treeNode.ts';

/** What a row says when the mouse rests on it; undefined where the row itself says all. */
export function tooltipOf(content: TreeContent, node: TreeNode): Tooltip | undefined {
  return onItsLines(plainTooltipOf(content, node));
}

/** As `tooltipOf`, while there is no mesh. */
export function tooltipWithoutMesh(node: TreeNode): Tooltip | undefined {
  return onItsLines(node.kind === 'notice' ? noticeTooltip(node.notice) : undefined);
}

/** Names and sentences of others stay on their lines. */
function onItsLines(tooltip: Tooltip | undefined): Tooltip | undefined {
  return (
    tooltip && {
      heading: visibleLine(tooltip.heading),
      paragraphs: tooltip.paragraphs.map(visibleLine),
      list: tooltip.list.map(visibleLine),
    }
  );
}

function plainTooltipOf(content: TreeContent, node: TreeNode): Tooltip | undefined {
  const { mesh } = content;
  switch (node.kind) {
    case 'mesh':
      return meshTooltip(mesh);
    case 'namespace':
      return namespaceTooltip(mesh, node.namespace);
    case 'workload': {
      const workload = findWorkload(mesh, node.workload);
      return workload && withFindings(workloadTooltip(mesh, workload), content, workload.ref);
    }
    case 'port':
      return portTooltip(mesh, node);
    case 'differing-namespaces':
      return differingTooltip(mesh);
    case 'notice':
      return noticeTooltip(currentNotice(content, node));
    case 'policy':
      return policyTooltip(content, node.policy);
    case 'more-namespaces':
      return undefined;
  }
}

/** A policy says all in its row, unless something is wrong with it. */
function policyTooltip(content: TreeContent, policy: ObjectRef): Tooltip | undefined {
  const found = findingsOfRow(content, policy);
  const heading = `${policy.kind} ${policy.namespace}/${policy.name}`;
  return found.length === 0 ? undefined : { heading, paragraphs: [], list: findingLines(found) };
}

function withFindings(tooltip: Tooltip, content: TreeContent, object: ObjectRef): Tooltip {
  const lines = findingLines(findingsOfRow(content, object));
  return lines.length === 0 ? tooltip : { ...tooltip, list: [...lines, ...tooltip.list] };
}

function meshTooltip(mesh: Mesh): Tooltip {
  const mtls = meshMtls(mesh);
  if (mtls.unknown !== undefined) return unknownTooltip('Mesh', mtls.unknown);
  const trouble = meshTrouble(mesh, mtls);
  if (trouble.invalid.length > 0) return invalidTooltip('Mesh', mtls, trouble);
  return {
    heading: `Mesh: namespaces inherit ${mtls.mode}`,
    paragraphs: [
      describeModeSource(mtls.from),
      `Root namespace: ${mesh.rootNamespace}.`,
      ...overriddenSentences(mesh),
    ],
    list: ignoredList(mtls),
  };
}

/** Answers that go by a setting and not by the cluster are said to. */
function overriddenSentences({ overrides }: Mesh): readonly string[] {
  return [
    ...(overrides.rootNamespace === undefined
      ? []
      : ['The root namespace is overridden by the setting istioMtls.rootNamespace.']),
    ...(overrides.meshConfig === undefined
      ? []
      : ['The mesh config is overridden by the setting istioMtls.meshConfig.']),
  ];
}

function namespaceTooltip(mesh: Mesh, namespace: string): Tooltip {
  const mtls = namespaceMtls(mesh, namespace);
  if (mtls.unknown !== undefined) return unknownTooltip(namespace, mtls.unknown);
  const trouble = namespaceTrouble(mesh, mtls);
  if (trouble.invalid.length > 0) return invalidTooltip(namespace, mtls, trouble);
  const exceptions = mtls.exceptions.map(
    ({ workload, port, mode }) =>
      `${workload.name}${port === undefined ? '' : `:${port}`}: ${mode}`,
  );
  return {
    heading: `${namespace}: ${mtls.mode}`,
    paragraphs: [
      describeModeSource(mtls.from),
      `Data plane: ${dataPlaneLabel(mtls.dataPlane)}. ${describeEnforcement(mtls.enforcement, mtls.dataPlane)}`,
    ],
    list: [...exceptions, ...ignoredList(mtls)],
  };
}

function workloadTooltip(mesh: Mesh, workload: Workload): Tooltip {
  const mtls = workloadMtls(mesh, workload);
  const name = `${workload.ref.kind} ${workload.namespace}/${workload.name}`;
  if (mtls.unknown !== undefined) return unknownTooltip(name, mtls.unknown);
  const trouble = workloadTrouble(mesh, workload, mtls);
  if (trouble.invalid.length > 0) return invalidTooltip(name, mtls, trouble);
  const known = mtls.enforcement.kind !== 'unknown';
  return {
    heading: `${name}: ${mtls.mode}`,
    paragraphs: [
      describeModeSource(mtls.from),
      mtls.unlike === undefined ? '' : describeUnlike(mtls.unlike),
      enforcedSentences(mtls, mtls.accepts),
      known ? podsSentence(workload) : '',
      known && missingForecast(mesh, workload) === undefined ? restartSentence(workload) : '',
    ].filter((text) => text !== ''),
    list: [...differentPorts(mtls), ...ignoredList(mtls)],
  };
}

function differentPorts({ mode, ports }: WorkloadMtls): readonly string[] {
  const different = ports.filter((port) => port.mode !== mode);
  return different.map((port) => `Port ${port.port}: ${port.mode}`);
}

/** What nobody knows to be enforced is not known to be accepted either. */
function enforcedSentences(mtls: WorkloadMtls, accepts: readonly Accepts[]): string {
  const { enforcement, dataPlane } = mtls;
  const enforced = describeEnforcement(enforcement, dataPlane);
  return enforcement.kind === 'unknown' ? enforced : `${enforced} ${acceptsSentence(accepts)}`;
}

function portTooltip(mesh: Mesh, node: PortNode): Tooltip | undefined {
  const workload = findWorkload(mesh, node.workload);
  const mtls = workload && workloadMtls(mesh, workload);
  const found = mtls?.ports.find(({ port }) => port === node.port);
  if (workload === undefined || mtls === undefined || found === undefined) return undefined;
  const trouble = workloadTrouble(mesh, workload, mtls);
  const name = `${node.workload.name}, port ${node.port}`;
  return trouble.invalid.length > 0 && mtls.unknown === undefined
    ? invalidTooltip(name, found, trouble)
    : portParagraphs(found, { mtls, node });
}

function portParagraphs(
  port: PortMtls,
  { mtls, node }: { readonly mtls: WorkloadMtls; readonly node: PortNode },
): Tooltip {
  const name = `${node.workload.name}, port ${port.port}`;
  if (mtls.unknown !== undefined) return unknownTooltip(name, mtls.unknown);
  const isKnown = mtls.enforcement.kind !== 'unknown';
  const accepted = isKnown ? acceptsSentence(port.accepts) : describeEnforcement(mtls.enforcement);
  return {
    heading: `${name}: ${port.mode}`,
    paragraphs: [describeModeSource(port.from), accepted],
    list: ignoredList(port),
  };
}

function invalidTooltip(name: string, mtls: EffectiveMode, { invalid }: PolicyTrouble): Tooltip {
  const others = mtls.ignored.filter(({ policy }) => !invalid.some((one) => sameRef(one, policy)));
  return {
    heading: `${name}: invalid policy`,
    paragraphs: invalidSentences(invalid, mtls.mode),
    list: others.map(describeIgnored),
  };
}

function ignoredList({ ignored }: EffectiveMode): readonly string[] {
  return ignored.map(describeIgnored);
}

function unknownTooltip(name: string, missing: readonly MissingFact[]): Tooltip {
  return { heading: `${name}: unknown`, paragraphs: missing.map(describeMissing), list: [] };
}
