import { isDeepStrictEqual } from 'node:util';

import type { MeshObject, ObjectRef } from '../../mesh/index.ts';
import { refKey } from '../../mesh/index.ts';
import type { Pace } from './backoff.ts';
import { backoffMs, pause } from './backoff.ts';
import type { KubeFailure } from '../transport/kubeFailure.ts';
import { describeFailure, isForbidden } from '../transport/kubeFailure.ts';
import type { KubeResource } from './kubeResource.ts';
import type { Collection } from './resourceReader.ts';
import {
  isOneNamespace,
  pathOf,
  readObject,
  readPage,
  refOf,
  resourceVersionOf,
  watchAccept,
} from './resourceReader.ts';
import { servedVersion } from './servedVersions.ts';
import { watchErrorFailure } from '../transport/statusFailure.ts';
import type { KubeTransport, WatchEnd, WatchEvent } from '../transport/transport.ts';
import type { WatchPosition } from './watchPosition.ts';
import { isOrdinaryEnd, needsList, watchQuery } from './watchPosition.ts';
import type { WatchState } from './watchState.ts';
import { lost } from './watchState.ts';

/** What changed among the objects of a watch. */
export interface ObjectChange {
  readonly upsert: readonly MeshObject[];
  readonly remove: readonly ObjectRef[];
}

export interface ResourceWatchOptions {
  readonly transport: KubeTransport;
  readonly resource: KubeResource;
  /** Empty for everywhere. */
  readonly namespace: string;
  readonly pace: Pace;
  /** Called when objects or state changed; never after `dispose`. */
  onChange(change: ObjectChange): void;
}

/** A watch that the server ends sooner than this has not worked. */
const SHORTEST_WATCH_MS = 1_000;
/** So many watches may end at once before it counts as a fault of the connection. */
const TOLERATED_ENDS = 2;
/** At 500 objects each: more than a cluster can hold. A server whose lists never end is not to be followed. */
const MOST_PAGES = 2_000;
const ENDS_AT_ONCE = 'The API server ends every watch at once.';
const NO_CHANGE: ObjectChange = { upsert: [], remove: [] };

/**
 * One kind in one namespace or everywhere, kept equal to the cluster for as long as it lives: lists, watches, and
 * begins again when anything breaks. The client library's informer is not used: its stop, error and connect events
 * do not mean what they say, and it neither pages nor asks for bookmarks.
 */
export class ResourceWatch {
  readonly #options: ResourceWatchOptions;
  readonly #stopping = new AbortController();
  readonly #objects = new Map<string, MeshObject>();
  #state: WatchState = { kind: 'connecting' };
  #failures = 0;

  constructor(options: ResourceWatchOptions) {
    this.#options = options;
    void this.#live();
  }

  get resource(): KubeResource {
    return this.#options.resource;
  }

  get state(): WatchState {
    return this.#state;
  }

  objects(): Iterable<MeshObject> {
    return this.#objects.values();
  }

  dispose(): void {
    this.#stopping.abort();
  }

  get #signal(): AbortSignal {
    return this.#stopping.signal;
  }

  async #live(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        await this.#begin();
      } catch (error) {
        // A defect of ours, or of a listener, must end neither the watch nor the process.
        const cause = error instanceof Error ? error.message : 'unknown error';
        await this.#backOff({ kind: 'malformed', cause }).catch(() => undefined);
      }
    }
  }

  async #begin(): Promise<void> {
    const { transport, resource, namespace } = this.#options;
    const served = await servedVersion(transport, resource, this.#signal);
    if (served.kind === 'not-served') await this.#refused({ kind: 'absent' });
    else if (served.kind !== 'served') await this.#recover(served);
    else await this.#follow({ resource, namespace, version: served.version });
  }

  /** A single Namespace, which who may get it can seldom watch, is read again from time to time. */
  async #poll(collection: Collection): Promise<void> {
    const read = await this.#list(collection);
    if (typeof read !== 'string') {
      await this.#recover(read);
      return;
    }
    this.#works();
    await pause(this.#options.pace.refusedMs, this.#signal);
  }

  async #follow(collection: Collection): Promise<void> {
    if (isOneNamespace(collection)) {
      await this.#poll(collection);
      return;
    }
    let from: string | KubeFailure = await this.#list(collection);
    while (typeof from === 'string' && !this.#signal.aborted) {
      from = await this.#watch(collection, from);
      if (typeof from !== 'string' && isForbidden(from)) from = await this.#listOnly(collection);
    }
    if (typeof from !== 'string') await this.#recover(from);
  }

  /** Who may list but not watch sees what was there some time ago, and is told so. */
  async #listOnly(collection: Collection): Promise<string | KubeFailure> {
    const listed = await this.#list(collection);
    if (typeof listed !== 'string') return listed;
    const { resource, pace } = this.#options;
    const cause = `This context may list ${resource.plural} but not watch them`;
    const often = `they are listed every ${pace.refusedMs / 1000} s`;
    this.#works();
    this.#enter(lost(this.#state, `${cause}: ${often}.`));
    await pause(pace.refusedMs, this.#signal);
    return listed;
  }

  /** Reads all pages, publishing each as it arrives; then drops what is gone. Returns the version listed. */
  async #list(collection: Collection): Promise<string | KubeFailure> {
    const gone = new Set(this.#objects.keys());
    let next: string | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const page = await readPage(this.#options.transport, collection, next, this.#signal);
      if (page.kind !== 'page') return page;
      for (const object of page.objects) gone.delete(refKey(object));
      this.#put(page.objects);
      next = page.next;
      if (next !== undefined) continue;
      this.#drop([...gone]);
      // After a loss, a list alone does not show that changes arrive again.
      if (this.#state.kind !== 'stale') this.#enter({ kind: 'synced' });
      return page.resourceVersion;
    }
    return { kind: 'malformed', cause: `the list of ${collection.resource.plural} has no end` };
  }

  /** All that can be followed here is followed: what was lost is found, and the next failure is the first again. */
  #works(): void {
    this.#failures = 0;
    this.#enter({ kind: 'synced' });
  }

  /** Watches until the server or the network ends it. Returns where to go on, or why to list anew. */
  async #watch(collection: Collection, from: string): Promise<string | KubeFailure> {
    const startedAt = Date.now();
    const position: WatchPosition = { version: from, opened: false, error: undefined };
    const end = await this.#events(collection, position);
    const failure = position.error ?? (isOrdinaryEnd(end, position) ? undefined : end);
    if (failure === undefined && Date.now() - startedAt >= SHORTEST_WATCH_MS) {
      this.#failures = 0;
      return position.version;
    }
    if (failure !== undefined && needsList(failure)) return failure;
    await this.#backOff(failure);
    return position.version;
  }

  async #events(collection: Collection, position: WatchPosition): Promise<WatchEnd> {
    const asked = new AbortController();
    const stop = (): void => {
      asked.abort();
    };
    let proven: NodeJS.Timeout | undefined;
    this.#signal.addEventListener('abort', stop, { once: true });
    const end = await this.#options.transport.watch({
      path: pathOf(collection),
      query: watchQuery(position.version),
      headers: { accept: watchAccept(collection) },
      signal: asked.signal,
      onOpen: () => {
        position.opened = true;
        if (this.#failures === 0) this.#enter({ kind: 'synced' });
        else
          proven = setTimeout(() => {
            this.#works();
          }, SHORTEST_WATCH_MS);
      },
      onEvent: (event) => {
        if (this.#signal.aborted || position.error !== undefined) return;
        if (event.type === 'ERROR') {
          position.error = watchErrorFailure(event.object);
          stop();
          return;
        }
        this.#works();
        position.version = resourceVersionOf(event.object) ?? position.version;
        this.#take(collection, event);
      },
    });
    clearTimeout(proven);
    this.#signal.removeEventListener('abort', stop);
    return end;
  }

  #take(collection: Collection, event: WatchEvent): void {
    if (event.type === 'BOOKMARK') return;
    const object = event.type === 'DELETED' ? undefined : readObject(collection, event.object);
    if (object !== undefined) {
      this.#put([object]);
      return;
    }
    const ref = refOf(collection, event.object);
    if (ref !== undefined) this.#drop([refKey(ref)]);
  }

  #put(received: readonly MeshObject[]): void {
    const upsert = received.filter(
      (object) => !isDeepStrictEqual(this.#objects.get(refKey(object)), object),
    );
    for (const object of upsert) this.#objects.set(refKey(object), object);
    if (upsert.length > 0) this.#publish({ upsert, remove: [] });
  }

  #drop(keys: readonly string[]): void {
    const remove = keys.flatMap((key) => this.#objects.get(key) ?? []);
    for (const key of keys) this.#objects.delete(key);
    if (remove.length > 0) this.#publish({ upsert: [], remove });
  }

  async #recover(failure: KubeFailure): Promise<void> {
    // A list from the start is all that an outdated version asks for.
    if (failure.kind !== 'status') await this.#backOff(failure);
    else if (failure.status === 410) await this.#backOff(undefined);
    else if (failure.status === 404) await this.#refused({ kind: 'absent' });
    else if (isForbidden(failure)) await this.#refused({ kind: 'denied', cause: failure.message });
    else await this.#backOff(failure);
  }

  async #refused(state: WatchState): Promise<void> {
    if (this.#signal.aborted) return;
    this.#drop([...this.#objects.keys()]);
    this.#enter(state);
    await pause(this.#options.pace.refusedMs, this.#signal);
  }

  /** Shows that the connection is lost, unless the server merely ended it once or twice, and waits. */
  async #backOff(failure: KubeFailure | undefined): Promise<void> {
    if (this.#signal.aborted) return;
    this.#failures += 1;
    if (failure !== undefined) this.#enter(lost(this.#state, describeFailure(failure)));
    else if (this.#failures > TOLERATED_ENDS) this.#enter(lost(this.#state, ENDS_AT_ONCE));
    const { pace } = this.#options;
    const asked = failure?.kind === 'status' ? (failure.retryAfterMs ?? 0) : 0;
    await pause(
      Math.max(backoffMs(pace, this.#failures), Math.min(asked, pace.maxMs)),
      this.#signal,
    );
  }

  #enter(next: WatchState): void {
    if (isDeepStrictEqual(this.#state, next)) return;
    this.#state = next;
    this.#publish(NO_CHANGE);
  }

  #publish(change: ObjectChange): void {
    if (!this.#signal.aborted) this.#options.onChange(change);
  }
}
