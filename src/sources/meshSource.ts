import type { MeshObject } from '../mesh/model/objects.ts';
import { buildMesh, updateMesh } from '../mesh/model/buildMesh.ts';
import type { MeshInput } from '../mesh/model/buildMesh.ts';
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

/** Changes that arrive within this time become one mesh. The first one is not held back. */
const COALESCE_MS = 80;

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
  #timer: NodeJS.Timeout | undefined;

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
    this.#timer ??= setTimeout(
      () => {
        this.#publish();
      },
      this.#current === undefined ? 0 : COALESCE_MS,
    );
  }

  #publish(): void {
    const { source, context } = this.#options;
    this.#timer = undefined;
    const mesh = this.#current === undefined ? this.#build() : this.#update(this.#current.mesh);
    this.#upsert.clear();
    this.#remove.clear();
    this.#current = { mesh, status: source.status, context, istioInstalled: source.istioInstalled };
    for (const listener of [...this.#listeners]) listener(this.#current);
  }

  #build(): Mesh {
    const { source, overrides } = this.#options;
    return buildMesh({ ...source.snapshot(), ...(overrides !== undefined && { overrides }) });
  }

  #update(mesh: Mesh): Mesh {
    const { missing } = this.#options.source.snapshot();
    const [upsert, remove] = [[...this.#upsert.values()], [...this.#remove.values()]];
    return updateMesh(mesh, { upsert, remove, missing });
  }
}
