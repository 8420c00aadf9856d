import type { MeshObject } from '../../mesh/model/objects.ts';
import type { Files } from './files.ts';
import {
  manifestsOf,
  mentionsMeshKinds,
  readManifestFile,
  type ManifestFile,
} from './manifestFile.ts';

/** More files than this are not read on their own. */
const MAX_FILES = 5_000;
const FILES_AT_ONCE = 16;

/** What the files of a workspace declare together. A new value after each change. */
export interface DeclaredObjects {
  readonly objects: readonly MeshObject[];
  /** Number of files that hold at least one object of a mesh. */
  readonly files: number;
  /** Not all files could be looked at: there are too many of them. */
  readonly truncated: boolean;
}

/** The manifests of a workspace, read once and then kept up to date. */
export interface WorkspaceManifests {
  /** Undefined until the first reading is complete. */
  readonly current: DeclaredObjects | undefined;
  /** Starts the first reading if nothing has; resolves when it is complete or disposed of. */
  load(): Promise<void>;
  /** Called after each change of `current`. */
  subscribe(listener: () => void): { dispose(): void };
  dispose(): void;
}

/** Opens the manifests of a workspace. Reads nothing before `load` is called. */
export function openWorkspaceManifests(files: Files): WorkspaceManifests {
  const abort = new AbortController();
  const listeners = new Set<() => void>();
  const read = new Map<string, ManifestFile>();
  const turns = new Map<string, number>();
  let current: DeclaredObjects | undefined;
  let truncated = false;
  let loading: Promise<void> | undefined;
  let watching: { dispose(): void } | undefined;

  const refresh = async (uri: string): Promise<void> => {
    const turn = (turns.get(uri) ?? 0) + 1;
    turns.set(uri, turn);
    const text = await files.read(uri, abort.signal);
    // A later change may have been read faster.
    if (abort.signal.aborted || turns.get(uri) !== turn) return;
    if (text === undefined || !mentionsMeshKinds(text)) read.delete(uri);
    else read.set(uri, readManifestFile(uri, text, read.get(uri)));
  };
  const publish = (): void => {
    if (abort.signal.aborted) return;
    current = declaredIn(read, truncated);
    for (const listener of listeners) listener();
  };
  const readAll = async (): Promise<void> => {
    watching = files.onDidChange((uri) => {
      void refresh(uri).then(() => {
        if (current !== undefined) publish();
      });
    });
    const uris = await files.list(abort.signal);
    truncated = uris.length > MAX_FILES;
    await inBatches(uris.slice(0, MAX_FILES), refresh);
    publish();
  };

  return {
    get current() {
      return current;
    },
    load: () => (loading ??= readAll()),
    subscribe: (listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    dispose: () => {
      abort.abort();
      watching?.dispose();
      listeners.clear();
      read.clear();
    },
  };
}

async function inBatches(
  uris: readonly string[],
  refresh: (uri: string) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < uris.length; at += FILES_AT_ONCE) {
    await Promise.all(uris.slice(at, at + FILES_AT_ONCE).map(refresh));
  }
}

/** Files in the order of their names, so that the same workspace always declares the same. */
function declaredIn(read: ReadonlyMap<string, ManifestFile>, truncated: boolean): DeclaredObjects {
  const inOrder = [...read.values()].sort((left, right) => (left.uri < right.uri ? -1 : 1));
  const byFile = inOrder.map((file) =>
    manifestsOf(file).flatMap(({ object }) => (object === undefined ? [] : [object])),
  );
  return {
    objects: byFile.flat(),
    files: byFile.filter((objects) => objects.length > 0).length,
    truncated,
  };
}
