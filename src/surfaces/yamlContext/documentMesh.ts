import type { Mesh, MeshInput, MeshObject } from '../../mesh/index.ts';
import {
  assumeInjected,
  buildMesh,
  counted,
  namespaceLabels,
  objectNamed,
  objectsIn,
  updateMesh,
  withUndeclaredUnknown,
} from '../../mesh/index.ts';
import type { MeshSnapshot } from '../../sources/meshSource.ts';
import { manifestsOf, type ManifestFile } from '../../sources/yaml/manifestFile.ts';
import type { DeclaredObjects } from '../../sources/yaml/workspaceManifests.ts';
import type { MeshSettings } from '../platform/meshSettings.ts';

/** What a document is judged by, besides its own text. `since` in milliseconds since 1970. */
export type Basis =
  | ({ readonly kind: 'cluster' | 'cluster-loading' } & LaidOver)
  | ({ readonly kind: 'cluster-stale' | 'cluster-paused'; readonly since: number } & LaidOver)
  | { readonly kind: 'cluster-failed'; readonly context: string; readonly cause: string }
  | {
      readonly kind: 'workspace';
      readonly files: number;
      readonly truncated: boolean;
      /** Why the settings that override Istio's own are of no use; one sentence. */
      readonly unusable?: string;
    };

/** A cluster over which texts are laid. */
interface LaidOver {
  readonly context: string;
  /** How many other open files, whose text is not saved, are laid over it as well; none when absent. */
  readonly unsaved?: number;
}

/** The mesh that holds once the document is applied, and what it was computed from. */
export interface DocumentMesh {
  readonly mesh: Mesh;
  readonly basis: Basis;
  /** The id of the context whose cluster has the objects that are not of files; absent without a cluster. */
  readonly contextId?: string;
}

/** Where objects beside the document's own may come from. */
export interface MeshSources {
  readonly cluster: MeshSnapshot | undefined;
  /** The id of the context that the cluster belongs to. */
  readonly contextId?: string | undefined;
  /** Undefined until the workspace has been read. */
  readonly workspace: Omit<DeclaredObjects, 'read'> | undefined;
  /** What the settings say instead of Istio's own, where no cluster is asked; nothing when absent. */
  readonly settings?: MeshSettings;
  /** Open files whose text is not saved: it is what their author is about to apply. None when absent. */
  readonly unsaved?: readonly ManifestFile[];
}

/**
 * The mesh a document is judged by: the cluster's with the document laid over it, or what the
 * workspace declares when there is no cluster to ask. Undefined while neither has been read.
 */
export function meshOfDocument(file: ManifestFile, sources: MeshSources): DocumentMesh | undefined {
  const { cluster, contextId, workspace, settings } = sources;
  const own = objectsOf(file);
  const others = (sources.unsaved ?? []).filter(({ uri }) => uri !== file.uri);
  const unsaved = others.flatMap(objectsOf);
  if (cluster !== undefined && cluster.status.kind !== 'failed') {
    const mesh = withNamespaces(laidOver(laidOver(cluster.mesh, unsaved), own), settings);
    const count = others.filter((one) => objectsOf(one).length > 0).length;
    const judged = { mesh, basis: clusterBasis(cluster, count) };
    return contextId === undefined ? judged : { ...judged, contextId };
  }
  if (workspace === undefined) return undefined;
  const replaced = new Set([file, ...others].map(({ uri }) => uri));
  const objects = [...withoutFiles(workspace.objects, replaced), ...unsaved, ...own];
  const mesh = withNamespaces(buildMesh({ objects, ...overridden(settings) }), settings);
  const alone = cluster === undefined;
  return { mesh, basis: alone ? workspaceBasis(workspace, settings) : clusterBasis(cluster) };
}

/**
 * The mesh that holds once all files of the workspace are applied, over the cluster's where there is one. Undefined
 * while the workspace has not been read.
 */
export function meshOfWorkspace(sources: MeshSources): DocumentMesh | undefined {
  const { cluster, contextId, workspace, settings } = sources;
  if (workspace === undefined) return undefined;
  if (cluster === undefined || cluster.status.kind === 'failed') {
    const mesh = buildMesh({ objects: workspace.objects, ...overridden(settings) });
    const basis =
      cluster === undefined ? workspaceBasis(workspace, settings) : clusterBasis(cluster);
    return { mesh: withNamespaces(mesh, settings), basis };
  }
  const mesh = withNamespaces(laidOver(cluster.mesh, workspace.objects), settings);
  const judged = { mesh, basis: clusterBasis(cluster) };
  return contextId === undefined ? judged : { ...judged, contextId };
}

/** The same mesh where a file goes before all others: two files may declare one object, such as for two clusters. */
export function withFileFirst(mesh: Mesh, file: ManifestFile): Mesh {
  const hidden = objectsOf(file).filter((object) => {
    if (object.refused !== undefined) return false;
    const known = objectNamed(mesh, object);
    // What is laid over a cluster takes something of what is there.
    const isMixed = object.kind === 'Namespace' || object.kind === 'Pod';
    if (!isMixed || known === undefined) return known !== object;
    return known.origin.kind !== 'file' || known.origin.uri !== file.uri;
  });
  return hidden.length === 0 ? mesh : laidOver(mesh, objectsOf(file));
}

/** Namespaces that nobody declares are taken as the settings say, or leave unknown what their pods are. */
function withNamespaces(mesh: Mesh, settings: MeshSettings | undefined): Mesh {
  const assumed = settings?.kind === 'usable' ? settings.assumed : [];
  return withUndeclaredUnknown(assumeInjected(mesh, assumed));
}

/** Settings of no use leave the mesh config unknown, and with it all that depends on it. */
function overridden(settings: MeshSettings | undefined): Partial<MeshInput> {
  if (settings === undefined) return {};
  if (settings.kind === 'usable') return { overrides: settings.overrides };
  const name = 'istio';
  return { missing: [{ kind: 'ConfigMap', namespace: 'istio-system', name, why: 'failed' }] };
}

/** One sentence that says by what a document was judged. `now` in milliseconds since 1970. */
export function describeBasis(basis: Basis, now: number): string {
  switch (basis.kind) {
    case 'cluster':
      return `Cluster ${basis.context}, with ${laidWords(basis)} laid over it.`;
    case 'cluster-loading':
      return `Cluster ${basis.context} is still being read; ${laidWords(basis)} ${basis.unsaved === undefined ? 'is' : 'are'} laid over what is known of it.`;
    case 'cluster-stale':
      return `Cluster ${basis.context} as it was ${ago(now - basis.since)} ago, with ${laidWords(basis)} laid over it; the connection is lost.`;
    case 'cluster-paused':
      return `Cluster ${basis.context} as it was ${ago(now - basis.since)} ago, with ${laidWords(basis)} laid over it; it is being read again.`;
    case 'cluster-failed':
      return `This workspace's manifests only: cluster ${basis.context} cannot be read (${basis.cause}).`;
    case 'workspace':
      return `This workspace's manifests only${basis.truncated ? ', and not all of them, for there are too many' : ''}; no cluster is connected.${basis.unusable === undefined ? '' : ` ${basis.unusable}`}`;
  }
}

function laidWords({ unsaved = 0 }: LaidOver): string {
  if (unsaved === 0) return 'this file';
  return `this file and ${counted(unsaved, 'other', 'others')} that ${unsaved === 1 ? 'is' : 'are'} not saved`;
}

/** `count` other files that are not saved are laid over it. */
function clusterBasis({ context, status }: MeshSnapshot, count = 0): Basis {
  const over: LaidOver = count === 0 ? { context } : { context, unsaved: count };
  switch (status.kind) {
    case 'synced':
      return { kind: 'cluster', ...over };
    case 'connecting':
      return { kind: 'cluster-loading', ...over };
    case 'stale':
      return { kind: 'cluster-stale', ...over, since: status.since };
    case 'paused':
      return { kind: 'cluster-paused', ...over, since: status.since };
    case 'failed':
      return { kind: 'cluster-failed', context, cause: status.cause };
  }
}

function workspaceBasis(
  { files, truncated }: Omit<DeclaredObjects, 'read'>,
  settings: MeshSettings | undefined,
): Basis {
  const unusable = settings?.kind === 'unusable' && { unusable: settings.cause };
  return { kind: 'workspace', files, truncated, ...unusable };
}

function objectsOf(file: ManifestFile): readonly MeshObject[] {
  return manifestsOf(file).flatMap(({ object }) => (object === undefined ? [] : [object]));
}

function withoutFiles(
  objects: readonly MeshObject[],
  uris: ReadonlySet<string>,
): readonly MeshObject[] {
  return objects.filter(({ origin }) => origin.kind !== 'file' || !uris.has(origin.uri));
}

function laidOver(mesh: Mesh, objects: readonly MeshObject[]): Mesh {
  return updateMesh(mesh, { upsert: objects.map((object) => asApplied(mesh, object)) });
}

/**
 * What the cluster would hold after applying: labels that others set on a Namespace stay, and a Pod
 * that runs keeps what injection added to it.
 */
function asApplied(mesh: Mesh, object: MeshObject): MeshObject {
  if (object.kind === 'Namespace') {
    return { ...object, labels: { ...namespaceLabels(mesh, object.name), ...object.labels } };
  }
  if (object.kind !== 'Pod') return object;
  const running = objectsIn(mesh, object.namespace).pods.get(object.name);
  if (running === undefined) return object;
  return { ...running, labels: { ...running.labels, ...object.labels }, origin: object.origin };
}

function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
