import { isDeepStrictEqual } from 'node:util';

import type { MeshObject } from '../mesh/model/objects.ts';
import { buildMesh, updateMesh } from '../mesh/model/buildMesh.ts';
import type { MeshInput, MeshUpdate } from '../mesh/model/buildMesh.ts';
import type { Mesh } from '../mesh/model/mesh.ts';
import type { ObjectRef } from '../mesh/model/reference.ts';
import { refKey } from '../mesh/model/reference.ts';
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

export interface MeshSourceOptions {
  readonly source: ClusterSource;
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

/** Follows a cluster and makes a new mesh of what changed. Disposes the cluster source with itself. */
export function meshOfCluster(options: MeshSourceOptions): MeshSource {
  return new FollowingMesh(options);
}

class FollowingMesh implements MeshSource {
  readonly #options: MeshSourceOptions;
  readonly #listeners = new Set<(now: MeshSnapshot | undefined) => void>();
  readonly #upsert = new Map<string, MeshObject>();
  readonly #remove = new Map<string, ObjectRef>();
  readonly #subscription: { dispose(): void };
  #current: MeshSnapshot | undefined;
  #missing: MeshInput['missing'];
  #timer: NodeJS.Timeout | undefined;
  #lastTook = 0;
  #publishedAt = Number.NEGATIVE_INFINITY;

  constructor(options: MeshSourceOptions) {
    this.#options = options;
    this.#subscription = options.source.subscribe((change) => {
      this.#note(change);
    });
  }

  get current(): MeshSnapshot | undefined {
    return this.#current;
  }

  subscribe(listener: (now: MeshSnapshot | undefined) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
    this.#listeners.clear();
    this.#options.source.dispose();
  }

  #note(change: ObjectChange): void {
    for (const object of change.upsert) {
      this.#upsert.set(refKey(object), object);
      this.#remove.delete(refKey(object));
    }
    for (const ref of change.remove) {
      this.#remove.set(refKey(ref), ref);
      this.#upsert.delete(refKey(ref));
    }
    const isNews = change.upsert.length === 0 && change.remove.length === 0 && this.#hasSynced();
    if (isNews) clearTimeout(this.#timer);
    else if (this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#publish();
      },
      isNews ? 0 : this.#waitMs(),
    );
  }

  /** Whether everything is read now that was not when the last mesh was made. */
  #hasSynced(): boolean {
    const before = this.#current?.status.kind;
    return before !== 'synced' && this.#options.source.status.kind === 'synced';
  }

  #waitMs(): number {
    const connecting = this.#current?.status.kind === 'connecting';
    const { times, longestMs } = connecting ? CONNECTING_PACE : PACE;
    const everyMs = Math.min(Math.max(SHORTEST_MS, times * this.#lastTook), longestMs);
    return Math.max(0, this.#publishedAt + everyMs - performance.now());
  }

  #publish(): void {
    const { source, context } = this.#options;
    this.#timer = undefined;
    this.#publishedAt = performance.now();
    const mesh = this.#current === undefined ? this.#build() : this.#update(this.#current.mesh);
    this.#upsert.clear();
    this.#remove.clear();
    this.#current = { mesh, status: source.status, context, istioInstalled: source.istioInstalled };
    for (const listener of [...this.#listeners]) listener(this.#current);
    this.#lastTook = performance.now() - this.#publishedAt;
  }

  #build(): Mesh {
    const { source, overrides } = this.#options;
    const { objects, missing } = source.snapshot();
    this.#missing = missing;
    return buildMesh({ objects, missing, ...(overrides !== undefined && { overrides }) });
  }

  #update(mesh: Mesh): Mesh {
    const upsert = [...this.#upsert.values()];
    return updateMesh(mesh, { upsert, remove: [...this.#remove.values()], ...this.#newMissing() });
  }

  /** Answers are kept for as long as the list of what is missing is the same one. */
  #newMissing(): Pick<MeshUpdate, 'missing'> {
    const { missing } = this.#options.source.snapshot();
    if (isDeepStrictEqual(missing, this.#missing)) return {};
    this.#missing = missing;
    return { missing };
  }
}
