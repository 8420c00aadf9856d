import type { MeshObject, ObjectRef } from '../../mesh/index.ts';
import { decodeObject } from '../yaml/decodeObject.ts';
import { fieldAt, isJsonObject, textAt } from '../transport/jsonValue.ts';
import type { KubeFailure } from '../transport/kubeFailure.ts';
import type { KubeResource } from './kubeResource.ts';
import { apiVersionOf, collectionPath, objectPath } from './kubeResource.ts';
import { parseList } from './listBody.ts';
import type { KubeTransport } from '../transport/transport.ts';

/**
 * One kind in one namespace (or everywhere, when `namespace` is empty), in the version that the server serves. The
 * kind Namespace in one namespace is the Namespace itself, by its name.
 */
export interface Collection {
  readonly resource: KubeResource;
  readonly version: string;
  readonly namespace: string;
}

export interface Page {
  readonly kind: 'page';
  readonly objects: readonly MeshObject[];
  /** Where the next page starts; undefined after the last. */
  readonly next: string | undefined;
  readonly resourceVersion: string;
}

export const PAGE_SIZE = 500;
/** A slow link may take its time for a large page, as long as something arrives. */
const LIST_IDLE_MS = 30_000;
const LIST_TIMEOUT_MS = 300_000;

/** Reads one page of a list and decodes it on arrival; each raw object is dropped before the next is made. */
export async function readPage(
  transport: KubeTransport,
  collection: Collection,
  from: string | undefined,
  signal: AbortSignal,
): Promise<Page | KubeFailure> {
  if (isOneNamespace(collection)) return readNamespace(transport, collection, signal);
  const objects: MeshObject[] = [];
  const keep = (item: unknown): void => {
    const object = readObject(collection, item);
    if (object !== undefined) objects.push(object);
  };
  const answer = await transport.request({
    method: 'GET',
    path: pathOf(collection),
    query: { limit: PAGE_SIZE, continue: from },
    headers: { accept: acceptOf(collection.resource, 'PartialObjectMetadataList') },
    idleMs: LIST_IDLE_MS,
    timeoutMs: LIST_TIMEOUT_MS,
    parse: (body) => parseList(body, keep),
    signal,
  });
  if (answer.kind !== 'ok') return answer;
  const items = fieldAt(answer.body, 'items');
  const resourceVersion = textAt(answer.body, 'metadata', 'resourceVersion');
  if (!Array.isArray(items ?? []) || resourceVersion === undefined) {
    return {
      kind: 'malformed',
      cause: `what came back for ${collection.resource.plural} is not a list`,
    };
  }
  return {
    kind: 'page',
    objects,
    // An empty text means the same as none.
    next: textAt(answer.body, 'metadata', 'continue') || undefined,
    resourceVersion,
  };
}

/**
 * Whether one Namespace is meant. A namespaced Role can allow to get its own Namespace, because `/namespaces/foo` counts
 * as being in foo, but neither to list nor to watch it, which happens outside of every namespace.
 * Source: kubernetes/apiserver, pkg/endpoints/request/requestinfo.go.
 */
export function isOneNamespace({ resource, namespace }: Collection): boolean {
  return resource.kind === 'Namespace' && namespace !== '';
}

/** One Namespace as a page of a list. */
async function readNamespace(
  transport: KubeTransport,
  collection: Collection,
  signal: AbortSignal,
): Promise<Page | KubeFailure> {
  const { resource, version, namespace: name } = collection;
  const path = objectPath(resource, version, { namespace: '', name });
  const answer = await transport.request({ method: 'GET', path, signal });
  if (answer.kind !== 'ok') return answer;
  const object = readObject(collection, answer.body);
  const resourceVersion = resourceVersionOf(answer.body);
  if (object?.name !== name || resourceVersion === undefined) {
    return { kind: 'malformed', cause: `what came back for ${name} is not that namespace` };
  }
  return { kind: 'page', objects: [object], next: undefined, resourceVersion };
}

/** Decodes one object of a list or watch. */
export function readObject(
  { resource, version }: Collection,
  value: unknown,
): MeshObject | undefined {
  if (!isJsonObject(value)) return undefined;
  // Items of a list carry no kind, and metadata-only ones carry another.
  const typed = {
    ...value,
    apiVersion: apiVersionOf(resource, version),
    kind: resource.writtenAs ?? resource.kind,
  };
  const object = decodeObject(typed, { kind: 'cluster' }).object;
  return object !== undefined && isWanted(object) ? object : undefined;
}

/** Names the object of a watch event, also when it cannot be decoded. */
export function refOf({ resource }: Collection, value: unknown): ObjectRef | undefined {
  const name = textAt(value, 'metadata', 'name');
  if (name === undefined) return undefined;
  return { kind: resource.kind, namespace: textAt(value, 'metadata', 'namespace') ?? '', name };
}

export function resourceVersionOf(value: unknown): string | undefined {
  return textAt(value, 'metadata', 'resourceVersion');
}

export function pathOf({ resource, version, namespace }: Collection): string {
  return collectionPath(resource, version, resource.namespaced ? namespace : '');
}

/** The Accept header for a watch of the collection. */
export function watchAccept({ resource }: Collection): string {
  return acceptOf(resource, 'PartialObjectMetadata');
}

function acceptOf(resource: KubeResource, partial: string): string {
  if (resource.metadataOnly === undefined) return 'application/json';
  return `application/json;as=${partial};g=meta.k8s.io;v=v1, application/json`;
}

/** Of the config maps beside a control plane, only Istio's own are kept: mesh config and injector config (R250). */
function isWanted(object: MeshObject): boolean {
  if (object.kind !== 'ConfigMap') return true;
  return (
    object.name === 'istio' ||
    (object.name.startsWith('istio-') && object.name !== 'istio-ca-root-cert')
  );
}
