import { parsesNothing, type ParseYaml } from '../config/parseYaml.ts';
import type { MeshObject } from '../model/objects.ts';
import { isKind, KINDS, type ObjectKind, type WorkloadControllerKind } from '../model/kinds.ts';
import type { Origin } from '../model/reference.ts';
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

type Decoder = (object: Json, meta: Meta, problems: Problem[], parseYaml: ParseYaml) => MeshObject;

function decodeNamespace(_: Json, meta: Meta): MeshObject {
  return { kind: 'Namespace', ...meta };
}

function controller(kind: WorkloadControllerKind): Decoder {
  return (object, meta) => decodeWorkloadController(object, meta, kind);
}

const DECODERS: Readonly<Record<ObjectKind, Decoder>> = {
  Namespace: decodeNamespace,
  Pod: decodePod,
  Deployment: controller('Deployment'),
  StatefulSet: controller('StatefulSet'),
  DaemonSet: controller('DaemonSet'),
  ReplicaSet: controller('ReplicaSet'),
  ReplicationController: controller('ReplicationController'),
  Job: controller('Job'),
  CronJob: controller('CronJob'),
  Service: decodeService,
  EndpointSlice: decodeEndpointSlice,
  PeerAuthentication: decodePeerAuthentication,
  DestinationRule: decodeDestinationRule,
  Sidecar: decodeSidecar,
  ServiceEntry: decodeServiceEntry,
  WorkloadEntry: decodeWorkloadEntry,
  Gateway: decodeGateway,
  BackendTLSPolicy: decodeBackendTlsPolicy,
  XBackendTrafficPolicy: decodeBackendTrafficPolicy,
  ConfigMap: decodeConfigMap,
  MutatingWebhookConfiguration: decodeWebhookConfiguration,
};

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
  const kind = stringAt(object, 'kind') ?? '';
  if (!isKind(kind) || !isOfGroup(object, KINDS[kind].group)) return formerKind(object);
  const meta = decodeMeta(object, origin, KINDS[kind].namespaced);
  if (meta === undefined) {
    return {
      object: undefined,
      problems: [problem(['metadata', 'name'], 'The object has no name.')],
    };
  }
  const problems: Problem[] = [];
  const decoded = DECODERS[kind](object, meta, problems, parseYaml);
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
