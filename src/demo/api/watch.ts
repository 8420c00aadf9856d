import type { ServerResponse } from 'node:http';
import type { JsonObject, KubeObject } from '../objects/json.ts';
import { withValue } from '../objects/json.ts';
import type { Presentation } from './reads.ts';
import { present } from './reads.ts';
import { apiVersionOf } from '../objects/resources.ts';
import type { ResourceRoute } from './route.ts';
import type { Selector } from '../objects/selectors.ts';
import { selectorOf } from '../objects/selectors.ts';
import type { Answer } from '../objects/status.ts';
import { badRequest, expired } from '../objects/status.ts';
import type { Storage, StoredEvent } from '../objects/storage.ts';

/** Milliseconds between bookmarks, for clients that asked for them. */
const bookmarkEveryMs = 10_000;
const longestWatchSeconds = 1800;
/** Bytes that may wait for a client that does not read; then its watch is cut, as a real server cuts slow ones. */
const mostUnread = 8 * 1024 * 1024;

interface Watch {
  readonly storage: Storage;
  readonly route: ResourceRoute;
  readonly as: Presentation;
  readonly selector: Selector;
  readonly response: ServerResponse;
  readonly bookmarks: boolean;
}

/**
 * Streams changes as lines of JSON until the time limit, the client's end or the server's.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 *
 * @returns the answer to give instead, when the request cannot be watched.
 */
export function watchObjects(
  storage: Storage,
  route: ResourceRoute,
  query: URLSearchParams,
  reply: { readonly as: Presentation; readonly response: ServerResponse },
): Answer | undefined {
  const selector = selectorOf(query);
  if (!selector)
    return badRequest('unable to parse the labelSelector or fieldSelector of the request');
  const from = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(from)) return badRequest(`invalid resource version ${JSON.stringify(from)}`);
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const watch: Watch = { storage, route, selector, bookmarks, ...reply };
  watch.response.writeHead(200, { 'Content-Type': 'application/json' });
  watch.response.flushHeaders();
  if (!sendBacklog(watch, Number(from), isTrue(query.get('sendInitialEvents')))) return undefined;
  follow(watch, Number(query.get('timeoutSeconds') ?? 0));
  return undefined;
}

/** Sends what happened since the revision, or the present state; false when the watch is over. */
function sendBacklog(watch: Watch, from: number, initialEvents: boolean): boolean {
  const { storage, response } = watch;
  if (from === 0 || initialEvents) {
    for (const object of storage.list(watch.route.type, watch.route.namespace)) {
      if (watch.selector(object)) send(watch, 'ADDED', present(object, watch.route, watch.as));
    }
    if (initialEvents) sendBookmark(watch, { 'k8s.io/initial-events-end': 'true' });
    return true;
  }
  const missed = storage.since(from);
  if (missed) {
    for (const event of missed) sendEvent(watch, event);
    return true;
  }
  const oldest = storage.revision;
  const answer = expired(`too old resource version: ${from} (${oldest})`);
  send(watch, 'ERROR', answer.body);
  response.end();
  return false;
}

function follow(watch: Watch, wantedSeconds: number): void {
  const { response } = watch;
  const subscription = watch.storage.subscribe((event) => {
    sendEvent(watch, event);
  });
  const bookmark = setInterval(() => {
    if (watch.bookmarks) sendBookmark(watch, {});
  }, bookmarkEveryMs);
  const seconds =
    wantedSeconds > 0 ? Math.min(wantedSeconds, longestWatchSeconds) : longestWatchSeconds;
  const end = setTimeout(() => {
    stop();
    if (watch.bookmarks) sendBookmark(watch, {});
    response.end();
  }, seconds * 1000);
  // Before the end is sent, not when it has arrived: nothing may be written in between.
  const stop = (): void => {
    subscription.dispose();
    clearInterval(bookmark);
    clearTimeout(end);
  };
  response.once('close', stop);
}

/** An object that starts or stops matching the selector is added or deleted for this watch. */
function sendEvent(watch: Watch, event: StoredEvent): void {
  const { type, namespace } = watch.route;
  if (event.type.plural !== type.plural || event.type.group !== type.group) return;
  if (namespace !== undefined && event.object.metadata.namespace !== namespace) return;
  const matches = event.kind !== 'deleted' && watch.selector(event.object);
  const matched = event.previous !== undefined && watch.selector(event.previous);
  if (!matches && !matched) return;
  const kind = !matches ? 'DELETED' : matched ? 'MODIFIED' : 'ADDED';
  send(watch, kind, present(matches ? event.object : lastMatch(event), watch.route, watch.as));
}

/** The last state that matched, under the revision in which it stopped matching. */
function lastMatch(event: StoredEvent): KubeObject {
  const revision = String(event.revision);
  return withValue(
    event.previous ?? event.object,
    ['metadata', 'resourceVersion'],
    revision,
  ) as KubeObject;
}

function sendBookmark(watch: Watch, annotations: JsonObject): void {
  const { type, version } = watch.route;
  const annotated = Object.keys(annotations).length > 0 ? { annotations } : {};
  const metadata = {
    resourceVersion: String(watch.storage.revision),
    creationTimestamp: null,
    ...annotated,
  };
  const whole = { kind: type.kind, apiVersion: apiVersionOf(type, version) };
  const partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' };
  send(watch, 'BOOKMARK', { ...(watch.as === 'whole' ? whole : partial), metadata });
}

function send(watch: Watch, type: string, object: JsonObject): void {
  const { response } = watch;
  if (response.writableLength > mostUnread) response.destroy();
  else response.write(`${JSON.stringify({ type, object })}\n`);
}

function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1';
}
