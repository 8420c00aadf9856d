import type { Mesh, MeshMtls } from '../../mesh/index.ts';
import { counted, meshMtls } from '../../mesh/index.ts';
import { joinWords, modeLooks } from './modeLook.ts';
import { plainRow } from './plainRow.ts';
import type { DifferingNamespacesNode } from '../nodes/treeNode.ts';
import type { TreeRow } from './treeRow.ts';

/** Whether any namespace is not known to be uniformly of the mesh's own mode. */
export function someDiffer(mtls: MeshMtls): boolean {
  return mtls.unknown === undefined && !mtls.uniform;
}

/** What the mesh's own row says of that, in words that stay the same while namespace after namespace follows. */
export function differWords(mtls: MeshMtls): string {
  if (!someDiffer(mtls)) return '';
  return differing(mtls) > 0 ? 'namespaces differ' : 'namespaces unknown';
}

/** How many namespaces differ, and what they have instead. */
export function differingRow(mesh: Mesh, node: DifferingNamespacesNode): TreeRow {
  const mtls = meshMtls(mesh);
  const { unknown } = mtls.namespaces;
  const count = differing(mtls);
  const label =
    count > 0
      ? counted(count, 'namespace differs', 'namespaces differ')
      : counted(unknown, 'namespace is unknown', 'namespaces are unknown');
  const { icon, color } = modeLooks[count > 0 ? 'mixed' : 'unknown'];
  return { ...plainRow(node, label, otherModes(mtls)), icon, color };
}

/** Namespaces that are known to be of another mode, or of several. */
function differing({ mode, namespaces }: MeshMtls): number {
  const all = Object.values(namespaces).reduce((sum, count) => sum + count, 0);
  return all - namespaces[mode] - namespaces.unknown;
}

/** `9 STRICT · 3 mixed · 1 unknown` in a PERMISSIVE mesh. */
function otherModes({ mode, namespaces }: MeshMtls): string {
  const counts = Object.entries(namespaces).filter(([one, count]) => one !== mode && count > 0);
  return joinWords(...counts.map(([one, count]) => `${count} ${one}`));
}
