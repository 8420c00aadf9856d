import type { Block, Topic } from '../../mesh/index.ts';
import { paragraph, topicText } from '../../mesh/index.ts';
import type { ManifestText } from '../../sources/yaml/manifestFile.ts';
import { describeBasis, type DocumentMesh } from '../yamlContext/documentMesh.ts';

/** All that a hover shows: what the mesh says about the topic, and what that was computed from. */
export function hoverBlocks(
  judged: DocumentMesh,
  manifest: ManifestText,
  hover: { readonly topic: Topic; readonly now: number },
): readonly Block[] {
  const said = topicText(judged.mesh, hover.topic);
  if (said.length === 0) return [];
  return [
    ...said,
    ...refusalNote(manifest),
    ...namespaceNote(manifest),
    paragraph(describeBasis(judged.basis, hover.now)),
  ];
}

/** A manifest that an API server would not even take has no effect at all. */
function refusalNote({ problems }: ManifestText): readonly Block[] {
  const error = problems.find(({ severity }) => severity === 'error');
  return error === undefined
    ? []
    : [paragraph('⚠ This manifest is refused as it stands: ', error.message)];
}

/** A manifest without a namespace lands wherever it is applied to; something has to be assumed. */
function namespaceNote({ object, value }: ManifestText): readonly Block[] {
  if (object === undefined || object.namespace === '') return [];
  const metadata = (value as { readonly metadata?: { readonly namespace?: unknown } }).metadata;
  if (metadata?.namespace !== undefined) return [];
  return [
    paragraph(
      'No namespace is written here: judged as if it were ',
      { code: object.namespace },
      '.',
    ),
  ];
}
