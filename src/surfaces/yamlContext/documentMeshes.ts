import type { MeshObject } from '../../mesh/index.ts';
import type { Files } from '../../sources/yaml/files.ts';
import type { ManifestFile } from '../../sources/yaml/manifestFile.ts';
import type { Finished } from '../../sources/yaml/kustomization.ts';
import { WorkspaceManifests, type DeclaredObjects } from '../../sources/yaml/workspaceManifests.ts';
import { meshOfDocument, type DocumentMesh, type MeshSources } from './documentMesh.ts';
import type { MeshSettings } from '../platform/meshSettings.ts';
import type { MeshView } from '../session/meshView.ts';

/** The mesh that each document is judged by, computed once for each state of what it depends on. */
export interface DocumentMeshes {
  /** Undefined while neither the cluster nor the workspace has been read; asking starts the reading. */
  meshOf(file: ManifestFile): DocumentMesh | undefined;
  /** The namespace that kustomizations put a file into, as far as they have been read. */
  namespaceOf(uri: string): string | undefined;
  /** How much of a file is as it will be in a cluster, as far as kustomizations and charts have been read. */
  finished(uri: string): Finished;
  /** Waits for the first reading of the workspace, which this starts, at most `timeoutMs` and not after the signal. */
  waitForWorkspace(wait: Wait): Promise<void>;
  /** What the workspace declares, as far as it has been read. */
  declared(): readonly MeshObject[];
  /** What documents are judged by at this moment; asking starts the reading of the workspace. */
  sources(): WorkspaceSources;
  /** Called after the workspace or the cluster has changed. */
  subscribe(listener: () => void): { dispose(): void };
  dispose(): void;
}

/** Where all that is known comes from, with the files of the workspace. */
export interface WorkspaceSources extends MeshSources {
  readonly workspace: DeclaredObjects | undefined;
}

export interface Wait {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface DocumentMeshesOptions {
  readonly meshView: MeshView;
  readonly files: Files;
  /** What the settings say instead of Istio's own; the same value for as long as they do not change. */
  readonly settings: () => MeshSettings;
  /** Open files whose text is not saved; the same value of each for as long as its text does not change. */
  readonly unsaved: () => readonly ManifestFile[];
}

/** Documents whose mesh is kept; the least recently asked one goes first. */
const KEPT = 8;

export function openDocumentMeshes(options: DocumentMeshesOptions): DocumentMeshes {
  const workspace = new WorkspaceManifests(options.files);
  const kept = new Map<string, Kept>();
  const sources = (): WorkspaceSources => ({
    cluster: options.meshView.current,
    contextId: options.meshView.contextId,
    workspace: workspace.current,
    settings: options.settings(),
    unsaved: options.unsaved(),
  });
  const meshOf = (file: ManifestFile): DocumentMesh | undefined => {
    const now = sources();
    void workspace.load();
    const before = kept.get(file.uri);
    const mesh =
      before !== undefined && isCurrent(before, file, now)
        ? before.mesh
        : meshOfDocument(file, now);
    kept.delete(file.uri);
    kept.set(file.uri, { file, sources: now, mesh });
    const oldest = kept.keys().next().value;
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return mesh;
  };
  return {
    meshOf,
    namespaceOf: (uri) => workspace.namespaceOf(uri),
    finished: (uri) => workspace.finished(uri),
    waitForWorkspace: (wait) => settled(workspace.load(), wait),
    sources: () => {
      void workspace.load();
      return sources();
    },
    subscribe: (listener) => toldByBoth(workspace, options.meshView, listener),
    declared: () => workspace.current?.objects ?? [],
    dispose: () => {
      kept.clear();
      workspace.dispose();
    },
  };
}

/** Calls the listener whenever either says that it has changed. */
function toldByBoth(
  workspace: WorkspaceManifests,
  meshView: MeshView,
  listener: () => void,
): { dispose(): void } {
  const ofFiles = workspace.subscribe(listener);
  const ofCluster = meshView.subscribe(() => {
    listener();
  });
  return {
    dispose: () => {
      ofFiles.dispose();
      ofCluster.dispose();
    },
  };
}

interface Kept {
  readonly file: ManifestFile;
  readonly sources: MeshSources;
  readonly mesh: DocumentMesh | undefined;
}

function isCurrent(before: Kept, file: ManifestFile, now: MeshSources): boolean {
  return (
    before.file === file &&
    before.sources.cluster === now.cluster &&
    before.sources.contextId === now.contextId &&
    before.sources.workspace === now.workspace &&
    before.sources.settings === now.settings &&
    sameFiles(before.sources.unsaved, now.unsaved)
  );
}

function sameFiles(
  left: readonly ManifestFile[] = [],
  right: readonly ManifestFile[] = [],
): boolean {
  return left.length === right.length && left.every((file, index) => file === right[index]);
}

/** Resolves when the work does, when time is up or when the signal aborts: never rejects. */
async function settled(work: Promise<void>, { timeoutMs, signal }: Wait): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    signal.addEventListener('abort', done, { once: true });
    work.then(done, done);
  });
}
