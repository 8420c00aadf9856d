import { findResourceType, resourceTypes } from '../objects/resources.ts';
import type { ResourceType } from '../objects/resources.ts';

/** What a path of the Kubernetes API addresses. */
export type Route =
  | { readonly kind: 'version' }
  | { readonly kind: 'health' }
  | { readonly kind: 'core-versions' }
  | { readonly kind: 'groups' }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'resources'; readonly group: string; readonly version: string }
  | { readonly kind: 'access-review' }
  | ResourceRoute
  | { readonly kind: 'unknown' };

export interface ResourceRoute {
  readonly kind: 'resource';
  readonly type: ResourceType;
  readonly version: string;
  readonly namespace: string | undefined;
  /** Absent for a collection. */
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** What follows the subresource, with its leading slash: the path behind `pods/proxy`. */
  readonly rest: string;
}

const unknown: Route = { kind: 'unknown' };

/** Reads the path of a request; query parameters take no part. */
export function routeOf(pathname: string): Route {
  const segments = pathname.split('/').slice(1).map(decoded);
  const [root = '', ...rest] = segments;
  if (root === 'version') return { kind: 'version' };
  if (['healthz', 'readyz', 'livez'].includes(root)) return { kind: 'health' };
  if (root === 'api') return versionRoute('', rest);
  if (root !== 'apis') return unknown;
  const [group = '', ...below] = rest;
  if (group === '') return { kind: 'groups' };
  if (!isServedGroup(group)) return unknown;
  return below.length === 0 ? { kind: 'group', group } : versionRoute(group, below);
}

function versionRoute(group: string, segments: readonly string[]): Route {
  const [version = '', ...path] = segments;
  if (version === '') return group === '' ? { kind: 'core-versions' } : { kind: 'group', group };
  if (group === 'authorization.k8s.io') {
    if (path.join('/') === 'selfsubjectaccessreviews') return { kind: 'access-review' };
  }
  if (path.length === 0 || path[0] === '') return { kind: 'resources', group, version };
  return resourceRoute({ group, version }, path);
}

function resourceRoute(
  api: { readonly group: string; readonly version: string },
  path: readonly string[],
): Route {
  const isNamespaced = path[0] === 'namespaces' && path.length > 2 && !isNamespaceSubresource(path);
  const namespace = isNamespaced ? path[1] : undefined;
  const [plural = '', name, subresource, ...rest] = isNamespaced ? path.slice(2) : path;
  const type = findResourceType(api.group, api.version, plural);
  if (!type || (type.namespaced && namespace === undefined && name !== undefined)) return unknown;
  if (!type.namespaced && namespace !== undefined) return unknown;
  const tail = `/${rest.join('/')}`;
  return { kind: 'resource', type, version: api.version, namespace, name, subresource, rest: tail };
}

function isNamespaceSubresource(path: readonly string[]): boolean {
  return path.length === 3 && (path[2] === 'status' || path[2] === 'finalize');
}

function isServedGroup(group: string): boolean {
  return group === 'authorization.k8s.io' || resourceTypes.some((type) => type.group === group);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
