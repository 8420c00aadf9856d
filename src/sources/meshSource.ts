import { isDeepStrictEqual } from 'node:util';

import type { Mesh, MeshInput, MeshObject, MeshUpdate, ObjectRef } from '../mesh/index.ts';
import { buildMesh, refKey, updateMesh } from '../mesh/index.ts';
import { Emitter } from '../emitter.ts';
import type { ClusterSource } from './cluster/clusterSource.ts';
import type { ClusterStatus } from './cluster/clusterStatus.ts';
import type { ObjectChange } from './cluster/resourceWatch.ts';

/** What every surface shows: one mesh and how far to trust it. */
export interface MeshSnapshot {
  readonly mesh: Mesh;
  readonly status: ClusterStatus;
  readonly context: string;
  /** Undefined while that is not known. */
  readonly istioInstalled: boolean | undefined;
}

/** The meshes of one cluster over time. */
export interface MeshSource {
  /** Undefined until the cluster said anything. */
  readonly current: MeshSnapshot | undefined;
  subscribe(listener: (now: MeshSnapshot | undefined) => void): { dispose(): void };
  dispose(): void;
}

/** A source that can stop reading, and begin anew. */
export interface PausableMeshSource extends MeshSource {
  /** Closes the cluster source. The mesh of a cluster that was read stays, as `paused`. */
  pause(): void;
  /** Opens the cluster source anew, unless it is open; what stayed is shown until everything is read. */
  resume(): void;
}

export interface MeshSourceOptions {
  /** Called at once, and after each pause. */
  readonly open: () => ClusterSource;
  readonly context: string;
  readonly overrides?: MeshInput['overrides'];
}

/**
 * Milliseconds between two meshes: changes that arrive meanwhile become one. The first after a pause is not held back.
 * A little more than VS Code wants between two changes of a tree, so that none has to wait for that as well.
 */
const SHORTEST_MS = 215;
/** When making and showing a mesh takes long, the next one comes after so many times that, up to `longestMs`. */
const PACE = { times: 2, longestMs: 250 };
/** While lists are still being read nearly every answer changes, and showing each step would delay the last. */
const CONNECTING_PACE = { times: 10, longestMs: 3_000 };

/** Follows a cluster and makes a new mesh of what changed. Disposes the cluster sources that it opened. */
export function meshOfCluster(options: MeshSourceOptions): PausableMeshSource {
  return new FollowingMesh(options);
}

class FollowingMesh implements PausableMeshSource {
  readonly #options: MeshSourceOptions;
  readonly #changed = new Emitter<MeshSnapshot | undefined>();
  readonly #upsert = new Map<string, MeshObject>();
  readonly #remove = new Map<string, ObjectRef>();
  #source: ClusterSource | undefined;
  /** Since when `#current` is what was known before a pause, in milliseconds since the epoch. */
  #keptSince: number | undefined;
  #current: MeshSnapshot | undefined;
  #missing: MeshInput['missing'];
  #timer: NodeJS.Timeout | undefined;
  #lastTook = 0;
  #publishedAt = Number.NEGATIVE_INFINITY;

  constructor(options: MeshSourceOptions) {
    this.#options = options;
    this.resume();
  }

  get current(): MeshSnapshot | undefined {
    return this.#current;
  }

  subscribe(listener: (now: MeshSnapshot | undefined) => void): { dispose(): void } {
    return this.#changed.subscribe(listener);
  }

  pause(): void {
    if (this.#source === undefined) return;
    this.#close();
    this.#keptSince = this.#current && upToDateUntil(this.#current.status);
    this.#tell(this.#keptSnapshot({ kind: 'connecting' }));
  }

  resume(): void {
    if (this.#source !== undefined) return;
    const source = this.#options.open();
    this.#source = source;
    source.subscribe((change) => {
      this.#note(source, change);
    });
  }

  dispose(): void {
    this.#changed.dispose();
    this.#close();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#upsert.clear();
    this.#remove.clear();
    this.#source?.dispose();
    this.#source = undefined;
  }

  #note(source: ClusterSource, change: ObjectChange): void {
    for (const object of change.upsert) {
      this.#upsert.set(refKey(object), object);
      this.#remove.delete(refKey(object));
    }
    for (const ref of change.remove) {
      this.#remove.set(refKey(ref), ref);
      this.#upsert.delete(refKey(ref));
    }
    const isNews =
      change.upsert.length === 0 && change.remove.length === 0 && this.#hasSynced(source);
    if (isNews) clearTimeout(this.#timer);
    else if (this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#publish(source);
      },
      isNews ? 0 : this.#waitMs(),
    );
  }

  /** Whether everything is read now that was not when the last mesh was made. */
  #hasSynced(source: ClusterSource): boolean {
    const before = this.#current?.status.kind;
    return before !== 'synced' && source.status.kind === 'synced';
  }

  #waitMs(): number {
    const connecting = this.#current?.status.kind === 'connecting';
    const { times, longestMs } = connecting ? CONNECTING_PACE : PACE;
    const everyMs = Math.min(Math.max(SHORTEST_MS, times * this.#lastTook), longestMs);
    return Math.max(0, this.#publishedAt + everyMs - performance.now());
  }

  #publish(source: ClusterSource): void {
    this.#timer = undefined;
    this.#publishedAt = performance.now();
    this.#tell(this.#keptSnapshot(source.status) ?? this.#newSnapshot(source));
    this.#upsert.clear();
    this.#remove.clear();
    this.#lastTook = performance.now() - this.#publishedAt;
  }

  #tell(now: MeshSnapshot | undefined): void {
    this.#current = now;
    this.#changed.fire(now);
  }

  /** What was known before a pause, while nothing newer is; undefined once that is so. */
  #keptSnapshot(status: ClusterStatus): MeshSnapshot | undefined {
    if (this.#current === undefined || this.#keptSince === undefined) return undefined;
    const kept = statusOfKept(status, this.#keptSince);
    // Who compares snapshots is not made to look again.
    if (isDeepStrictEqual(kept, this.#current.status)) return this.#current;
    return kept && { ...this.#current, status: kept };
  }

  #newSnapshot(source: ClusterSource): MeshSnapshot {
    const before = this.#keptSince === undefined ? this.#current : undefined;
    this.#keptSince = undefined;
    const mesh = before === undefined ? this.#build(source) : this.#update(source, before.mesh);
    const { status, istioInstalled } = source;
    return { mesh, status, context: this.#options.context, istioInstalled };
  }

  #build(source: ClusterSource): Mesh {
    const { overrides } = this.#options;
    const { objects, missing } = source.snapshot();
    this.#missing = missing;
    return buildMesh({ objects, missing, ...(overrides !== undefined && { overrides }) });
  }

  #update(source: ClusterSource, mesh: Mesh): Mesh {
    const upsert = [...this.#upsert.values()];
    const remove = [...this.#remove.values()];
    return updateMesh(mesh, { upsert, remove, ...this.#newMissing(source) });
  }

  /** Answers are kept for as long as the list of what is missing is the same one. */
  #newMissing(source: ClusterSource): Pick<MeshUpdate, 'missing'> {
    const { missing } = source.snapshot();
    if (isDeepStrictEqual(missing, this.#missing)) return {};
    this.#missing = missing;
    return { missing };
  }
}

/** Until when a mesh with this status was up to date; undefined where it never was, so that it is not worth keeping. */
function upToDateUntil(status: ClusterStatus): number | undefined {
  switch (status.kind) {
    case 'synced':
      return Date.now();
    case 'stale':
    case 'paused':
      return status.since;
    case 'connecting':
    case 'failed':
      return undefined;
  }
}

/** How far to trust what was known before a pause while the cluster is read anew; undefined once that has an outcome. */
function statusOfKept(status: ClusterStatus, since: number): ClusterStatus | undefined {
  switch (status.kind) {
    case 'connecting':
    case 'paused':
      return { kind: 'paused', since };
    case 'failed':
      // What may not be read any more is not shown any more either.
      return status.forbidden === true ? undefined : { kind: 'stale', since, cause: status.cause };
    case 'synced':
    case 'stale':
      return undefined;
  }
}
