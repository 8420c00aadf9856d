import type { Mesh } from '../../mesh/model/mesh.ts';
import type { ManifestText } from '../../sources/yaml/manifestFile.ts';
import { destinationRuleText } from './destinationRuleText.ts';
import { describeBasis, type DocumentMesh } from './documentMesh.ts';
import type { HoverTopic } from './hoverTopic.ts';
import { legacyPolicyText } from './legacyPolicyText.ts';
import { namespaceText } from './namespaceText.ts';
import { peerAuthenticationText, portModeText, selectorText } from './peerAuthenticationText.ts';
import { paragraph, type Block } from './richText.ts';
import { serviceText } from './serviceText.ts';
import { workloadText } from './workloadText.ts';

/** All that a hover shows: what the mesh says about the topic, and what that was computed from. */
export function hoverBlocks(
  judged: DocumentMesh,
  manifest: ManifestText,
  hover: { readonly topic: HoverTopic; readonly now: number },
): readonly Block[] {
  const said = hoverText(judged.mesh, hover.topic);
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

/** What a mesh says about a topic: the answer in one sentence first, then why. Empty when nothing. */
export function hoverText(mesh: Mesh, topic: HoverTopic): readonly Block[] {
  switch (topic.kind) {
    case 'peer-authentication':
      return peerAuthenticationText(mesh, topic.policy);
    case 'selector':
      return selectorText(mesh, topic.policy);
    case 'port-mode':
      return portModeText(mesh, topic.policy, topic.port);
    case 'destination-rule':
      return destinationRuleText(mesh, topic.rule, topic.port);
    case 'namespace':
      return namespaceText(mesh, topic.namespace.name);
    case 'service':
      return serviceText(mesh, topic.service, topic.port);
    case 'workload':
      return workloadText(mesh, topic.workload, topic.port);
    case 'legacy-policy':
      return legacyPolicyText(mesh, topic.policy);
  }
}
