import { parsesNothing, type ParseYaml } from '../config/parseYaml.ts';
import type { MeshObject } from '../model/objects.ts';
import type { Origin, WorkloadControllerKind } from '../model/reference.ts';
import { decodeBackendTlsPolicy, decodeBackendTrafficPolicy } from './backendPolicy.ts';
import { decodeConfigMap, decodeWebhookConfiguration } from './controlPlane.ts';
import { decodeDestinationRule } from './destinationRule.ts';
import { asObject, stringAt, type Json } from '../model/json.ts';
import {
  decodeGateway,
  decodeServiceEntry,
  decodeSidecar,
  decodeWorkloadEntry,
} from './networking.ts';
import { decodeLegacyPolicy } from './legacyPolicy.ts';
import { decodeMeta, type Meta } from './objectMeta.ts';
import { decodePeerAuthentication } from './peerAuthentication.ts';
import { decodePod } from './pod.ts';
import { problem, warning, type Problem } from '../model/problem.ts';
import { decodeEndpointSlice, decodeService } from './service.ts';
import { decodeWorkloadController } from './workloadController.ts';

export type { Problem } from '../model/problem.ts';

/** What could be read of one object, and everything that is wrong with it. */
export interface Decoded {
  readonly object: MeshObject | undefined;
  readonly problems: readonly Problem[];
}

interface KindDecoder {
  /** API group: kinds of the same name in other groups are different kinds. */
  readonly group: string;
  readonly namespaced: boolean;
  readonly decode: (
    object: Json,
    meta: Meta,
    problems: Problem[],
    parseYaml: ParseYaml,
  ) => MeshObject;
}

const NETWORKING = 'networking.istio.io';

function controller(group: string, kind: WorkloadControllerKind): KindDecoder {
  const decode = (object: Json, meta: Meta): MeshObject =>
    decodeWorkloadController(object, meta, kind);
  return { group, namespaced: true, decode };
}

function namespaced(group: string, decode: KindDecoder['decode']): KindDecoder {
  return { group, namespaced: true, decode };
}

const DECODERS: ReadonlyMap<string, KindDecoder> = new Map<string, KindDecoder>([
  ['Pod', namespaced('', decodePod)],
  ['Deployment', controller('apps', 'Deployment')],
  ['StatefulSet', controller('apps', 'StatefulSet')],
  ['DaemonSet', controller('apps', 'DaemonSet')],
  ['ReplicaSet', controller('apps', 'ReplicaSet')],
  ['ReplicationController', controller('', 'ReplicationController')],
  ['Job', controller('batch', 'Job')],
  ['CronJob', controller('batch', 'CronJob')],
  ['Service', namespaced('', decodeService)],
  ['EndpointSlice', namespaced('discovery.k8s.io', decodeEndpointSlice)],
  ['PeerAuthentication', namespaced('security.istio.io', decodePeerAuthentication)],
  ['DestinationRule', namespaced(NETWORKING, decodeDestinationRule)],
  ['Sidecar', namespaced(NETWORKING, decodeSidecar)],
  ['ServiceEntry', namespaced(NETWORKING, decodeServiceEntry)],
  ['WorkloadEntry', namespaced(NETWORKING, decodeWorkloadEntry)],
  ['Gateway', namespaced(NETWORKING, decodeGateway)],
  ['BackendTLSPolicy', namespaced('gateway.networking.k8s.io', decodeBackendTlsPolicy)],
  ['XBackendTrafficPolicy', namespaced('gateway.networking.x-k8s.io', decodeBackendTrafficPolicy)],
  ['ConfigMap', namespaced('', decodeConfigMap)],
  [
    'Namespace',
    { group: '', namespaced: false, decode: (_, meta) => ({ kind: 'Namespace', ...meta }) },
  ],
  [
    'MutatingWebhookConfiguration',
    {
      group: 'admissionregistration.k8s.io',
      namespaced: false,
      decode: decodeWebhookConfiguration,
    },
  ],
]);

const NOTHING: Decoded = Object.freeze({ object: undefined, problems: Object.freeze([]) });

/**
 * Reads one Kubernetes object. Never throws: what is wrong is returned beside what could be read.
 * A kind the engine does not read gives neither an object nor a problem; one that Istio no longer
 * reads gives the problem that it does not (R200). Without `parseYaml`, what a ConfigMap of Istio configures is unknown.
 */
export function decode(
  value: unknown,
  origin: Origin,
  parseYaml: ParseYaml = parsesNothing,
): Decoded {
  const object = asObject(value);
  if (object === undefined) return NOTHING;
  const decoder = DECODERS.get(stringAt(object, 'kind') ?? '');
  if (decoder === undefined || !isOfGroup(object, decoder.group)) return formerKind(object);
  const meta = decodeMeta(object, origin, decoder.namespaced);
  if (meta === undefined) {
    return {
      object: undefined,
      problems: [problem(['metadata', 'name'], 'The object has no name.')],
    };
  }
  const problems: Problem[] = [];
  const decoded = decoder.decode(object, meta, problems, parseYaml);
  return { object: decoded, problems: problems.length === 0 ? NOTHING.problems : problems };
}

/** A policy of the API that Istio gave up in 1.6 governs nothing, however sound it looks (R200). */
function formerKind(object: Json): Decoded {
  const { policy, problems } = decodeLegacyPolicy(object);
  if (policy === undefined)
    return problems.length === 0 ? NOTHING : { object: undefined, problems };
  const text = `Istio has ignored ${policy.kind} since 1.6: PeerAuthentication has taken its place.`;
  return { object: undefined, problems: [warning(['kind'], text), ...problems] };
}

function isOfGroup(object: Json, group: string): boolean {
  const apiVersion = stringAt(object, 'apiVersion') ?? '';
  if (group === '') return !apiVersion.includes('/');
  return apiVersion.startsWith(group) && apiVersion[group.length] === '/';
}
