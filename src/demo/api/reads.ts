import type { JsonObject, KubeObject } from '../objects/json.ts';
import { isObject, numberAt, parseJson, textAt } from '../objects/json.ts';
import { apiVersionOf } from '../objects/resources.ts';
import type { ResourceRoute } from './route.ts';
import { selectorOf } from '../objects/selectors.ts';
import type { Answer } from '../objects/status.ts';
import { badRequest, expired, notFound, ok } from '../objects/status.ts';
import type { Storage } from '../objects/storage.ts';
import { versioned } from './writes.ts';

/** How objects are written into an answer: whole, or as `PartialObjectMetadata`. */
export type Presentation = 'whole' | 'metadata';

/** `Accept: application/json;as=PartialObjectMetadata…` asks for the metadata alone. */
export function presentationOf(accept: string): Presentation {
  return /as=PartialObjectMetadata(List)?\b/.test(accept.split(',')[0] ?? '')
    ? 'metadata'
    : 'whole';
}

export function present(object: KubeObject, route: ResourceRoute, as: Presentation): JsonObject {
  if (as === 'whole') return versioned(object, route);
  const { metadata } = object;
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

export function getObject(storage: Storage, route: ResourceRoute, as: Presentation): Answer {
  const { type, namespace, name = '' } = route;
  const object = storage.get(type, namespace, name);
  if (object) return ok(present(object, route, as));
  return notFound({ group: type.group, resource: type.plural, kind: type.kind, name });
}

/** A list with `limit` and `continue`: later pages show the state that the first page showed. */
export function listObjects(
  storage: Storage,
  route: ResourceRoute,
  query: URLSearchParams,
  as: Presentation,
): Answer {
  const selector = selectorOf(query);
  if (!selector)
    return badRequest('unable to parse the labelSelector or fieldSelector of the request');
  const limit = Number(query.get('limit') ?? 0);
  if (!Number.isInteger(limit) || limit < 0)
    return badRequest('limit must be a non-negative integer');
  const page = pageStart(query.get('continue') ?? '', storage.revision);
  if (!page) return badRequest('continue key is not valid: the token cannot be read');
  const stored = storage.listAt(route.type, route.namespace, page.revision);
  if (!stored) {
    return expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.',
    );
  }
  const rest = stored.filter((object) => selector(object) && keyOf(object) > page.after);
  const items = limit > 0 ? rest.slice(0, limit) : rest;
  const last = items.at(-1);
  const more =
    last && items.length < rest.length
      ? {
          continue: pageToken(page.revision, keyOf(last)),
          remainingItemCount: rest.length - items.length,
        }
      : {};
  const metadata = { resourceVersion: String(page.revision), ...more };
  const list =
    as === 'whole'
      ? { kind: `${route.type.kind}List`, apiVersion: apiVersionOf(route.type, route.version) }
      : { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' };
  return ok({ ...list, metadata, items: items.map((object) => present(object, route, as)) });
}

interface PageStart {
  readonly revision: number;
  /** Key of the last object of the page before. */
  readonly after: string;
}

function pageStart(token: string, current: number): PageStart | undefined {
  if (token === '') return { revision: current, after: '' };
  const decoded = parseJson(Buffer.from(token, 'base64url').toString());
  const revision = numberAt(decoded, 'rv');
  const after = textAt(decoded, 'start');
  if (!isObject(decoded) || revision === undefined || after === undefined) return undefined;
  return { revision, after };
}

function pageToken(rv: number, start: string): string {
  return Buffer.from(JSON.stringify({ rv, start })).toString('base64url');
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
