import type { Mesh } from '../../mesh/model/mesh.ts';
import { destinationRuleText } from './destinationRuleText.ts';
import type { HoverTopic } from './hoverTopic.ts';
import { namespaceText } from './namespaceText.ts';
import { peerAuthenticationText, portModeText, selectorText } from './peerAuthenticationText.ts';
import type { Block } from './richText.ts';
import { serviceText } from './serviceText.ts';
import { workloadText } from './workloadText.ts';

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
  }
}
