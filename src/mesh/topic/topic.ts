import type { LegacyPolicy } from '../decode/legacyPolicy.ts';
import type { Mesh } from '../snapshot/mesh.ts';
import type {
  DestinationRule,
  MeshObject,
  Namespace,
  PeerAuthentication,
  Pod,
  Service,
  WorkloadController,
} from '../model/objects.ts';
import { describeRefused } from '../words/describeWords.ts';
import { paragraph, type Block } from './blocks.ts';
import { destinationRuleText } from './destinationRuleText.ts';
import { legacyPolicyText } from './legacyPolicyText.ts';
import { namespaceText } from './namespaceText.ts';
import { peerAuthenticationText, portModeText, selectorText } from './peerAuthenticationText.ts';
import { serviceText } from './serviceText.ts';
import { workloadText } from './workloadText.ts';

/** What can be asked about: an object as a whole, or one field of it. */
export type Topic =
  | { readonly kind: 'peer-authentication'; readonly policy: PeerAuthentication }
  | { readonly kind: 'selector'; readonly policy: PeerAuthentication }
  | { readonly kind: 'port-mode'; readonly policy: PeerAuthentication; readonly port: number }
  | { readonly kind: 'destination-rule'; readonly rule: DestinationRule; readonly port?: number }
  | { readonly kind: 'namespace'; readonly namespace: Namespace }
  | { readonly kind: 'service'; readonly service: Service; readonly port?: number }
  | {
      readonly kind: 'workload';
      readonly workload: WorkloadController | Pod;
      readonly port?: number;
    }
  | { readonly kind: 'legacy-policy'; readonly policy: LegacyPolicy };

/** What a mesh says about a topic: the answer in one sentence first, then why. Empty when nothing. */
export function topicText(mesh: Mesh, topic: Topic): readonly Block[] {
  const object = objectOf(topic);
  if (object?.refused !== undefined) {
    return [paragraph(describeRefused(object, object.refused))];
  }
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

/** The object that is asked about; undefined for a policy that is no part of a mesh. */
function objectOf(topic: Topic): MeshObject | undefined {
  switch (topic.kind) {
    case 'peer-authentication':
    case 'selector':
    case 'port-mode':
      return topic.policy;
    case 'destination-rule':
      return topic.rule;
    case 'namespace':
      return topic.namespace;
    case 'service':
      return topic.service;
    case 'workload':
      return topic.workload;
    case 'legacy-policy':
      return undefined;
  }
}
