import type { NonEmpty } from '../../mesh/index.ts';
import type { ManifestDocument } from './manifestFile.ts';
import type { TextEdit } from './textRange.ts';
import { rangeOfNode } from './yamlPath.ts';

/**
 * Puts YAML in the place of whole documents of one file: of the first, whose leading comments stay, and
 * of the others, which go with all that belongs to them.
 */
export function replaceDocuments(
  [first, ...others]: NonEmpty<ManifestDocument>,
  yaml: string,
): readonly TextEdit[] {
  const { content, source, start } = first;
  const node = content.kind === 'manifests' ? rangeOfNode(content.root.contents) : undefined;
  if (node === undefined) return [];
  const newText = yaml.trimEnd().replaceAll('\n', source.includes('\r\n') ? '\r\n' : '\n');
  const end = node.start + source.slice(node.start, node.end).trimEnd().length;
  return [
    { range: { start: start + node.start, end: start + end }, newText },
    ...others.map((other) => ({ range: { start: other.start, end: other.end }, newText: '' })),
  ];
}
