import type { Json, JsonObject } from '../objects/json.ts';
import type { ResourceType } from '../objects/resources.ts';
import { pods, resourceTypes } from '../objects/resources.ts';

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** `/version`. The git version says that this is a demo. */
export function versionInfo(): JsonObject {
  return {
    major: '1',
    minor: '34',
    gitVersion: 'v1.34.0-istio-mtls-demo',
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: '',
    platform: `${process.platform}/${process.arch}`,
  };
}

/** `/api`. */
export function coreVersions(): JsonObject {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
}

/** `/apis`. */
export function groupList(): JsonObject {
  const groups = new Set([...resourceTypes.map((type) => type.group), 'authorization.k8s.io']);
  groups.delete('');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: [...groups].sort().map(groupOf) };
}

/** `/apis/GROUP`. */
export function groupInfo(group: string): JsonObject {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) };
}

/** `/api/v1` and `/apis/GROUP/VERSION`; `undefined` when the version is not served. */
export function resourceList(group: string, version: string): JsonObject | undefined {
  if (!versionsOf(group).includes(version)) return undefined;
  const types = resourceTypes.filter(
    (type) => type.group === group && type.versions.includes(version),
  );
  const groupVersion = group === '' ? version : `${group}/${version}`;
  const resources = group === 'authorization.k8s.io' ? [accessReviews] : types.flatMap(resourcesOf);
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

const accessReviews: JsonObject = {
  name: 'selfsubjectaccessreviews',
  singularName: 'selfsubjectaccessreview',
  namespaced: false,
  kind: 'SelfSubjectAccessReview',
  verbs: ['create'],
};

function groupOf(name: string): JsonObject {
  const versions = versionsOf(name).map((version) => ({
    groupVersion: `${name}/${version}`,
    version,
  }));
  return { name, versions, preferredVersion: versions[0] ?? null };
}

function versionsOf(group: string): readonly string[] {
  if (group === 'authorization.k8s.io') return ['v1'];
  return resourceTypes.find((type) => type.group === group)?.versions ?? [];
}

function resourcesOf(type: ResourceType): readonly Json[] {
  const { plural: name, kind, namespaced, shortNames } = type;
  const resource = { name, singularName: kind.toLowerCase(), namespaced, kind, verbs, shortNames };
  if (type !== pods) return [resource];
  const exec = { name: 'pods/exec', singularName: '', namespaced, kind: 'PodExecOptions' };
  const proxy = { name: 'pods/proxy', singularName: '', namespaced, kind: 'PodProxyOptions' };
  return [
    resource,
    { ...exec, verbs: ['create', 'get'] },
    { ...proxy, verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  ];
}
