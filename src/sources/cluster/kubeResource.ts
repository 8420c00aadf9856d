import type { KindEntry, ObjectKind } from '../../mesh/index.ts';
import { ALL_KINDS, kindEntry } from '../../mesh/index.ts';

/** How one kind is addressed in the API. */
export interface KubeResource extends Pick<
  KindEntry,
  'writtenAs' | 'group' | 'versions' | 'plural' | 'namespaced' | 'custom' | 'metadataOnly'
> {
  readonly kind: ObjectKind;
}

/** Every kind that is read from clusters. */
export const KUBE_RESOURCES: readonly KubeResource[] = ALL_KINDS.flatMap((kind) => {
  const entry = kindEntry(kind);
  return entry.inFilesOnly === true ? [] : [{ kind, ...entry }];
});

/** The address of a kind, or undefined for a kind that is not read from clusters. */
export function resourceOf(kind: ObjectKind): KubeResource | undefined {
  return KUBE_RESOURCES.find((resource) => resource.kind === kind);
}

/** `v1`, or `group/version`. */
export function apiVersionOf(resource: KubeResource, version: string): string {
  return resource.group === '' ? version : `${resource.group}/${version}`;
}

/** The path of all objects of a kind, in one namespace or, when `namespace` is empty, everywhere. */
export function collectionPath(resource: KubeResource, version: string, namespace: string): string {
  const root = resource.group === '' ? `/api/${version}` : `/apis/${resource.group}/${version}`;
  const scope = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${resource.plural}`;
}

/** The path of one object. */
export function objectPath(
  resource: KubeResource,
  version: string,
  ref: { readonly namespace: string; readonly name: string },
): string {
  const namespace = resource.namespaced ? ref.namespace : '';
  return `${collectionPath(resource, version, namespace)}/${encodeURIComponent(ref.name)}`;
}
