import { parsesNothing, type ParseYaml } from '../config/parseYaml.ts';
import type { MeshObject } from '../model/objects.ts';
import {
  kindEntry,
  kindSpelled,
  type ObjectKind,
  type WorkloadControllerKind,
} from '../model/kinds.ts';
import type { Origin } from '../model/reference.ts';
import { decodeAuthorizationPolicy } from './authorizationPolicy.ts';
import { decodeBackendTlsPolicy, decodeBackendTrafficPolicy } from './backendPolicy.ts';
import { decodeConfigMap, decodeWebhookConfiguration } from './controlPlane.ts';
import { decodeDestinationRule } from './destinationRule.ts';
import { asObject, stringAt, type Json } from '../model/json.ts';
import { decodeKubernetesGateway } from './gatewayApi.ts';
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
import { quoted, typeProblem, warning, type Problem } from '../model/problem.ts';
import {
  AUTHORIZATION_POLICY_SPEC,
  BACKEND_POLICY_SPEC,
  CONTROLLER_SPEC,
  CRON_JOB_SPEC,
  DESTINATION_RULE_SPEC,
  GATEWAY_SPEC,
  KUBERNETES_GATEWAY_SPEC,
  JOB_SPEC,
  METADATA,
  POD_SPEC,
  REPLICATION_CONTROLLER_SPEC,
  SERVICE_ENTRY_SPEC,
  SERVICE_SPEC,
  SIDECAR_SPEC,
  VIRTUAL_SERVICE_SPEC,
  WORKLOAD_ENTRY_SPEC,
} from '../schema/specTypes.ts';
import { checkType, type ValueType } from '../schema/valueType.ts';
import { decodeEndpointSlice, decodeService } from './service.ts';
import { decodeVirtualService } from './virtualService.ts';
import { decodeWorkloadController } from './workloadController.ts';

export type { Problem } from '../model/problem.ts';

/** What could be read of one object, and everything that is wrong with it. */
export interface Decoded {
  readonly object: MeshObject | undefined;
  readonly problems: readonly Problem[];
}

type Decode = (object: Json, meta: Meta, problems: Problem[], parseYaml: ParseYaml) => MeshObject;

/** What reads a kind, and the type of its spec where `decode` does not check that itself. */
interface Decoder {
  readonly decode: Decode;
  readonly spec?: ValueType;
}

function decodeNamespace(_: Json, meta: Meta): MeshObject {
  return { kind: 'Namespace', ...meta };
}

function controller(kind: WorkloadControllerKind, spec = CONTROLLER_SPEC): Decoder {
  return { spec, decode: (object, meta) => decodeWorkloadController(object, meta, kind) };
}

const DECODERS: Readonly<Record<ObjectKind, Decoder>> = {
  Namespace: { decode: decodeNamespace },
  Pod: { spec: POD_SPEC, decode: decodePod },
  Deployment: controller('Deployment'),
  StatefulSet: controller('StatefulSet'),
  DaemonSet: controller('DaemonSet'),
  ReplicaSet: controller('ReplicaSet'),
  ReplicationController: controller('ReplicationController', REPLICATION_CONTROLLER_SPEC),
  Job: controller('Job', JOB_SPEC),
  CronJob: controller('CronJob', CRON_JOB_SPEC),
  Service: { spec: SERVICE_SPEC, decode: decodeService },
  EndpointSlice: { decode: decodeEndpointSlice },
  PeerAuthentication: { decode: decodePeerAuthentication },
  AuthorizationPolicy: { spec: AUTHORIZATION_POLICY_SPEC, decode: decodeAuthorizationPolicy },
  DestinationRule: { spec: DESTINATION_RULE_SPEC, decode: decodeDestinationRule },
  Sidecar: { spec: SIDECAR_SPEC, decode: decodeSidecar },
  ServiceEntry: { spec: SERVICE_ENTRY_SPEC, decode: decodeServiceEntry },
  WorkloadEntry: { spec: WORKLOAD_ENTRY_SPEC, decode: decodeWorkloadEntry },
  Gateway: { spec: GATEWAY_SPEC, decode: decodeGateway },
  VirtualService: { spec: VIRTUAL_SERVICE_SPEC, decode: decodeVirtualService },
  KubernetesGateway: { spec: KUBERNETES_GATEWAY_SPEC, decode: decodeKubernetesGateway },
  BackendTLSPolicy: { spec: BACKEND_POLICY_SPEC, decode: decodeBackendTlsPolicy },
  XBackendTrafficPolicy: { spec: BACKEND_POLICY_SPEC, decode: decodeBackendTrafficPolicy },
  ConfigMap: { decode: decodeConfigMap },
  MutatingWebhookConfiguration: { decode: decodeWebhookConfiguration },
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
  const kind = kindSpelled(groupOf(object), stringAt(object, 'kind') ?? '');
  if (kind === undefined) return formerKind(object);
  const meta = decodeMeta(object, origin, kindEntry(kind).namespaced);
  if (meta === undefined) {
    return {
      object: undefined,
      problems: [typeProblem(['metadata', 'name'], 'The object has no name.')],
    };
  }
  const problems: Problem[] = [];
  // What a cluster has, an API server has checked; there may be a hundred thousand of them.
  const isManifest = origin.kind === 'file';
  if (isManifest) checkManifest(kind, object, problems);
  const decoded = DECODERS[kind].decode(object, meta, problems, parseYaml);
  const refused = isManifest ? refusalIn(problems) : undefined;
  return {
    object: refused === undefined ? decoded : { ...decoded, refused },
    problems: problems.length === 0 ? NOTHING.problems : problems,
  };
}

/** Finds what an API server refuses in a manifest of whatever kind. */
function checkManifest(kind: ObjectKind, object: Json, problems: Problem[]): void {
  const { group, versions } = kindEntry(kind);
  const apiVersion = stringAt(object, 'apiVersion') ?? '';
  const known = versions.map((version) => (group === '' ? version : `${group}/${version}`));
  if (!known.includes(apiVersion)) {
    const text = `There is no ${kind} of ${quoted(apiVersion)}: use ${known[0] ?? group}.`;
    problems.push(typeProblem(['apiVersion'], text));
  }
  checkType(object['metadata'], METADATA, ['metadata'], problems);
  const { spec } = DECODERS[kind];
  if (spec !== undefined) checkType(object['spec'], spec, ['spec'], problems);
}

/** The first thing that an API server refuses, as a clause with its place. */
function refusalIn(problems: readonly Problem[]): string | undefined {
  const found = problems.find(({ severity, stored }) => severity === 'error' && stored !== true);
  if (found === undefined) return undefined;
  return `${found.path.join('.')}: ${found.message.replace(/\.$/, '')}`;
}

/** A policy of the API that Istio gave up in 1.6 governs nothing, however sound it looks (R200). */
function formerKind(object: Json): Decoded {
  const { policy, problems } = decodeLegacyPolicy(object);
  if (policy === undefined)
    return problems.length === 0 ? NOTHING : { object: undefined, problems };
  const text = `Istio has ignored ${policy.kind} since 1.6: PeerAuthentication has taken its place.`;
  return { object: undefined, problems: [warning('MTLS0004', ['kind'], text), ...problems] };
}

function groupOf(object: Json): string {
  const apiVersion = stringAt(object, 'apiVersion') ?? '';
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}
