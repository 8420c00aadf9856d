import type {
  DestinationRule,
  PeerAuthentication,
  Pod,
  Service,
  Topic,
  WorkloadController,
} from '../../mesh/index.ts';
import { decodeLegacyPolicy, isWorkloadController } from '../../mesh/index.ts';
import type { ManifestText } from '../../sources/yaml/manifestFile.ts';
import type { YamlPath } from '../../sources/yaml/yamlPath.ts';

/**
 * The topic of a field of a manifest; undefined where mutual TLS has nothing to say. `path` counts
 * from the manifest's own root.
 */
export function topicAt(manifest: ManifestText, path: YamlPath): Topic | undefined {
  const { object } = manifest;
  if (object === undefined) return legacyPolicyTopic(manifest, path);
  switch (object.kind) {
    case 'PeerAuthentication':
      return peerAuthenticationTopic(object, path);
    case 'DestinationRule':
      return destinationRuleTopic(object, manifest.value, path);
    case 'Namespace':
      return isIdentity(path) || isLabel(path)
        ? { kind: 'namespace', namespace: object }
        : undefined;
    case 'Service':
      return serviceTopic(object, path);
    default:
      return isWorkloadController(object) || object.kind === 'Pod'
        ? workloadTopic(object, manifest.value, path)
        : undefined;
  }
}

function legacyPolicyTopic({ value }: ManifestText, path: YamlPath): Topic | undefined {
  const { policy } = decodeLegacyPolicy(value);
  return policy === undefined || !(isIdentity(path) || path[0] === 'spec')
    ? undefined
    : { kind: 'legacy-policy', policy };
}

function peerAuthenticationTopic(policy: PeerAuthentication, path: YamlPath): Topic | undefined {
  // A label tells for which control plane a policy is.
  if (isIdentity(path) || isLabel(path)) return { kind: 'peer-authentication', policy };
  const [spec, field, key] = path;
  if (spec !== 'spec') return undefined;
  if (field === 'selector') return { kind: 'selector', policy };
  if (field === 'mtls') return { kind: 'peer-authentication', policy };
  if (field !== 'portLevelMtls') return undefined;
  const port = Number(key);
  return Number.isInteger(port)
    ? { kind: 'port-mode', policy, port }
    : { kind: 'peer-authentication', policy };
}

function destinationRuleTopic(
  rule: DestinationRule,
  value: unknown,
  path: YamlPath,
): Topic | undefined {
  const topic = { kind: 'destination-rule', rule } as const;
  if (isIdentity(path)) return topic;
  if (path[0] !== 'spec') return undefined;
  // Whose rule it is, and for whom: all of it decides what clients send.
  if (['host', 'exportTo', 'workloadSelector'].includes(String(path[1]))) return topic;
  if (path[1] === 'subsets') return topic;
  if (path[1] !== 'trafficPolicy') return undefined;
  if (path[2] === 'tls') return topic;
  if (path[2] !== 'portLevelSettings' || path[3] === undefined) return undefined;
  const port = at(value, ['spec', 'trafficPolicy', 'portLevelSettings', path[3], 'port', 'number']);
  return typeof port === 'number' ? { ...topic, port } : undefined;
}

function serviceTopic(service: Service, path: YamlPath): Topic | undefined {
  if (isIdentity(path)) return { kind: 'service', service };
  if (path[0] !== 'spec') return undefined;
  if (path[1] === 'selector') return { kind: 'service', service };
  if (path[1] !== 'ports' || typeof path[2] !== 'number') return undefined;
  const port = service.ports[path[2]]?.port;
  return port === undefined ? undefined : { kind: 'service', service, port };
}

function workloadTopic(
  workload: WorkloadController | Pod,
  value: unknown,
  path: YamlPath,
): Topic | undefined {
  if (isIdentity(path) || isLabel(path) || decidesDataPlane(path))
    return { kind: 'workload', workload };
  const field = path.indexOf('containerPort');
  if (field < 0) return undefined;
  const port = at(value, path);
  return typeof port === 'number' ? { kind: 'workload', workload, port } : undefined;
}

/** The fields that name the object. */
function isIdentity(path: YamlPath): boolean {
  const text = path.join('.');
  return ['kind', 'metadata', 'metadata.name', 'metadata.namespace'].includes(text);
}

/** What else decides whether a pod has a proxy, and which of its ports that proxy sees. */
function decidesDataPlane(path: YamlPath): boolean {
  const annotations = path.indexOf('annotations');
  const isAnnotation = annotations > 0 && path[annotations - 1] === 'metadata';
  return isAnnotation || path.at(-1) === 'hostNetwork' || path.at(-1) === 'serviceAccountName';
}

/** Labels decide about injection, the data plane and selection. */
function isLabel(path: YamlPath): boolean {
  const labels = path.indexOf('labels');
  return labels > 0 && path[labels - 1] === 'metadata';
}

function at(value: unknown, path: YamlPath): unknown {
  let current: unknown = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Readonly<Record<string | number, unknown>>)[step];
  }
  return current;
}
