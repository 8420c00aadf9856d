import type { Mesh, MeshMtls, OverallMode } from '../../mesh/index.ts';
import {
  counted,
  meshMtls,
  namespaceMtls,
  namespacesOf,
  overallMode,
  overallModeWords,
} from '../../mesh/index.ts';
import { joinWords, modeLooks } from './modeLook.ts';
import type { ModeState } from './modeLook.ts';
import { plainRow } from './plainRow.ts';
import type { DifferingNamespacesNode } from '../nodes/treeNode.ts';
import type { Tooltip } from './tooltip.ts';
import type { TreeRow } from './treeRow.ts';

/** How many namespaces the tooltip names. */
const MAX_NAMED = 20;

/** Whether any namespace is not known to be uniformly of the mesh's own mode. */
export function someDiffer(mtls: MeshMtls): boolean {
  return mtls.unknown === undefined && !mtls.uniform;
}

/** Whether one namespace is not known to be uniformly of the mesh's own mode, which is that of its root namespace. */
export function differs(mesh: Mesh, namespace: string): boolean {
  return overallMode(mesh, namespace) !== namespaceMtls(mesh, mesh.rootNamespace).mode;
}

/** Whether some namespace is known to accept plaintext somewhere. */
export function someWeaker({ namespaces }: MeshMtls): boolean {
  return weaker.some((mode) => namespaces[mode] > 0);
}

/** What the mesh's own row says of that, in words that stay the same while namespace after namespace follows. */
export function differWords(mtls: MeshMtls): string {
  if (!someDiffer(mtls)) return '';
  return differing(mtls) > 0 ? 'namespaces differ' : 'namespaces unknown';
}

/** How many namespaces differ, and what they have instead. A click shows only those. */
export function differingRow(mesh: Mesh, node: DifferingNamespacesNode): TreeRow {
  const mtls = meshMtls(mesh);
  const { unknown } = mtls.namespaces;
  const count = differing(mtls);
  const label =
    count > 0
      ? counted(count, 'namespace differs', 'namespaces differ')
      : counted(unknown, 'namespace is unknown', 'namespaces are unknown');
  const state = stateOf(mtls);
  const { icon, color } = modeLooks[state];
  return {
    ...plainRow(node, label, otherModes(mtls)),
    icon,
    color,
    state,
    actions: ['filter-differing'],
    click: 'filter-differing',
  };
}

/** Which namespaces they are, and what each of them has. */
export function differingTooltip(mesh: Mesh): Tooltip {
  const { mode } = namespaceMtls(mesh, mesh.rootNamespace);
  const all = namespacesOf(mesh).filter(({ name }) => differs(mesh, name));
  const named = all.slice(0, MAX_NAMED).map(({ name }) => {
    return `${name}: ${overallModeWords(overallMode(mesh, name))}`;
  });
  const more = all.length - named.length;
  return {
    heading: `Not ${mode} as the mesh is`,
    paragraphs: ['A click shows only these namespaces.'],
    list: more > 0 ? [...named, `${more} more`] : named,
  };
}

const weaker = ['PERMISSIVE', 'DISABLE', 'mixed', 'unenforced'] as const;

/** The least safe of what they have: plaintext before unknown, and STRICT where it is enforced in all of them. */
function stateOf({ mode, namespaces }: MeshMtls): ModeState {
  const has = (one: OverallMode): boolean => one !== mode && namespaces[one] > 0;
  if (weaker.some(has)) return 'mixed';
  return has('unknown') ? 'unknown' : 'strict';
}

/** Namespaces that are known to be of another mode, or of several. */
function differing({ mode, namespaces }: MeshMtls): number {
  const all = Object.values(namespaces).reduce((sum, count) => sum + count, 0);
  return all - namespaces[mode] - namespaces.unknown;
}

/** `9 STRICT · 3 mixed · 1 unknown` in a PERMISSIVE mesh. */
function otherModes({ mode, namespaces }: MeshMtls): string {
  const modes: readonly OverallMode[] = [...weaker, 'unknown', 'STRICT'];
  const others = modes.filter((one) => one !== mode && namespaces[one] > 0);
  return joinWords(...others.map((one) => `${namespaces[one]} ${overallModeWords(one)}`));
}
