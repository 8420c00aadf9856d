import type { Block, Topic } from '../../mesh/index.ts';
import { asObject, objectsIn, paragraph, topicText } from '../../mesh/index.ts';
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
    ...assumptionNote(judged, manifest),
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

/**
 * Where the namespace is not the one that is written: kustomize puts the object there, or it lands wherever it is
 * applied to, and something has to be assumed.
 */
function namespaceNote({ object, value }: ManifestText): readonly Block[] {
  if (object === undefined || object.namespace === '') return [];
  const written = asObject(asObject(value)?.['metadata'])?.['namespace'];
  if (written === object.namespace) return [];
  const judged = { code: object.namespace };
  if (written === undefined && object.namespace === 'default')
    return [paragraph('No namespace is written here: judged as if it were ', judged, '.')];
  return [paragraph('A kustomization.yaml puts this into the namespace ', judged, '.')];
}

/** Whether pods get a proxy here is what somebody said, and no manifest. */
function assumptionNote({ mesh }: DocumentMesh, { object }: ManifestText): readonly Block[] {
  if (object === undefined) return [];
  const { namespace } = objectsIn(mesh, object.namespace);
  if (namespace?.origin.kind !== 'assumed') return [];
  return [
    paragraph(
      'No Namespace ',
      { code: namespace.name },
      ' is declared: taken as injected, as ',
      { code: 'istioMtls.assumeInjected' },
      ' says.',
    ),
  ];
}
