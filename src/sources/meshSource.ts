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
export function meshOfCluster({ source, context, overrides }: MeshSourceOptions): MeshSource {
  const listeners = new Set<(now: MeshSnapshot | undefined) => void>();
  const pending = new Map<string, MeshObject | ObjectRef>();
  const removed = new Set<string>();
  let current: MeshSnapshot | undefined;
  let timer: NodeJS.Timeout | undefined;

  function note(change: ObjectChange): void {
    for (const object of change.upsert) {
      pending.set(refKey(object), object);
      removed.delete(refKey(object));
    }
    for (const ref of change.remove) {
      pending.set(refKey(ref), ref);
      removed.add(refKey(ref));
    }
    timer ??= setTimeout(publish, current === undefined ? 0 : COALESCE_MS);
  }

  function publish(): void {
    timer = undefined;
    const mesh = current === undefined ? build() : update(current.mesh);
    pending.clear();
    removed.clear();
    current = { mesh, status: source.status, context, istioInstalled: source.istioInstalled };
    for (const listener of [...listeners]) listener(current);
  }

  function build(): Mesh {
    const { objects, missing } = source.snapshot();
    return buildMesh({ objects, missing, ...(overrides !== undefined && { overrides }) });
  }

  function update(mesh: Mesh): Mesh {
    const upsert: MeshObject[] = [];
    const remove: ObjectRef[] = [];
    for (const [key, change] of pending) {
      if (removed.has(key)) remove.push(change);
      else if ('origin' in change) upsert.push(change);
    }
    return updateMesh(mesh, { upsert, remove, missing: source.snapshot().missing });
  }

  const subscription = source.subscribe(note);
  return {
    get current() {
      return current;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    dispose: () => {
      clearTimeout(timer);
      subscription.dispose();
      listeners.clear();
      source.dispose();
    },
  };
}
