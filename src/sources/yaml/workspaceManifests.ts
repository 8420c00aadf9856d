import { Emitter } from '../../emitter.ts';
import type { MeshObject } from '../../mesh/index.ts';
import type { Files } from './files.ts';
import {
  finishedIn,
  folderOf,
  isKustomization,
  kustomizedNamespace,
  readKustomization,
  type Finished,
  type Kustomization,
} from './kustomization.ts';
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
  /** The files that mention kinds of a mesh, in the order of their names. */
  readonly read: readonly WorkspaceFile[];
}

/** A file of a workspace, and how much of it is as it will be in a cluster. */
export interface WorkspaceFile {
  readonly file: ManifestFile;
  readonly finished: Finished;
}

/** The manifests of a workspace, read once and then kept up to date. Reads nothing before `load`. */
export class WorkspaceManifests {
  readonly #files: Files;
  readonly #abort = new AbortController();
  readonly #changed = new Emitter();
  readonly #read = new Map<string, ManifestFile>();
  readonly #kustomizations = new Map<string, Kustomization>();
  /** The folders of Helm charts. */
  readonly #charts = new Set<string>();
  /** How often each file was asked for: of two answers only the later one counts. */
  readonly #turns = new Map<string, number>();
  #current: DeclaredObjects | undefined;
  #truncated = false;
  #loading: Promise<void> | undefined;
  #watching: { dispose(): void } | undefined;

  constructor(files: Files) {
    this.#files = files;
  }

  /** Undefined until the first reading is complete. */
  get current(): DeclaredObjects | undefined {
    return this.#current;
  }

  /** Starts the first reading if nothing has; resolves when it is complete. */
  load(): Promise<void> {
    return (this.#loading ??= this.#readAll());
  }

  /** The namespace that kustomizations of the workspace put a file into, as far as they have been read. */
  namespaceOf(uri: string): string | undefined {
    return kustomizedNamespace(this.#kustomizations, pathOf(uri));
  }

  /** How much of a file is as it will be in a cluster, as far as kustomizations and charts have been read. */
  finished(uri: string): Finished {
    return this.#isInChart(uri) ? 'nothing' : finishedIn(this.#kustomizations, pathOf(uri));
  }

  /** Below the templates of a chart everything is for Helm, which also chooses the namespace. */
  #isInChart(uri: string): boolean {
    for (const folder of this.#charts) if (uri.startsWith(`${folder}/templates/`)) return true;
    return false;
  }

  /** Called after each change of `current`. */
  subscribe(listener: () => void): { dispose(): void } {
    return this.#changed.subscribe(listener);
  }

  dispose(): void {
    this.#abort.abort();
    this.#watching?.dispose();
    this.#changed.dispose();
    this.#read.clear();
    this.#kustomizations.clear();
  }

  async #readAll(): Promise<void> {
    this.#watching = this.#files.onDidChange((uri) => {
      void this.#follow(uri);
    });
    const uris = await this.#files.list(this.#abort.signal);
    this.#truncated = uris.length > MAX_FILES;
    for (const uri of uris) if (uri.endsWith('/Chart.yaml')) this.#charts.add(folderOf(uri));
    // Where a kustomization puts the others must be known before they are read.
    await this.#refreshAll(uris.filter(isKustomization));
    await this.#refreshAll(uris.slice(0, MAX_FILES).filter((uri) => !isKustomization(uri)));
    this.#publish();
  }

  async #refreshAll(uris: readonly string[]): Promise<void> {
    for (let at = 0; at < uris.length; at += FILES_AT_ONCE) {
      await Promise.all(uris.slice(at, at + FILES_AT_ONCE).map((uri) => this.#refresh(uri)));
    }
  }

  async #follow(uri: string): Promise<void> {
    await this.#refresh(uri);
    if (isKustomization(uri)) await this.#refreshAll(this.#below(folderOf(uri)));
    if (this.#current !== undefined) this.#publish();
  }

  async #refresh(uri: string): Promise<void> {
    const turn = (this.#turns.get(uri) ?? 0) + 1;
    this.#turns.set(uri, turn);
    const text = await this.#files.read(uri, this.#abort.signal);
    if (this.#abort.signal.aborted || this.#turns.get(uri) !== turn) return;
    if (isKustomization(uri)) this.#keepKustomization(uri, text);
    else this.#keepManifests(uri, text);
  }

  #keepKustomization(uri: string, text: string | undefined): void {
    const path = pathOf(uri);
    const read = text === undefined ? undefined : readKustomization(path, text);
    if (read === undefined) this.#kustomizations.delete(folderOf(path));
    else this.#kustomizations.set(folderOf(path), read);
  }

  #keepManifests(uri: string, text: string | undefined): void {
    const options = { previous: this.#read.get(uri), namespace: this.namespaceOf(uri) };
    if (text === undefined || !mentionsMeshKinds(text)) this.#read.delete(uri);
    else this.#read.set(uri, readManifestFile(uri, text, options));
  }

  #below(folder: string): readonly string[] {
    return [...this.#read.keys()].filter((uri) => uri.startsWith(`${folder}/`));
  }

  #publish(): void {
    if (this.#abort.signal.aborted) return;
    const read = [...this.#read.values()]
      .sort((left, right) => (left.uri < right.uri ? -1 : 1))
      .map((file) => ({ file, finished: this.finished(file.uri) }));
    this.#current = declaredIn(read, this.#truncated);
    this.#changed.fire();
  }
}

/** A uri as it is written in a kustomization: without the escapes of uris. */
function pathOf(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

/** Files in the order of their names, so that the same workspace always declares the same. */
function declaredIn(read: readonly WorkspaceFile[], truncated: boolean): DeclaredObjects {
  const byFile = read.map(({ file, finished }) =>
    finished === 'nothing' ? [] : manifestsOf(file).flatMap(({ object }) => object ?? []),
  );
  return {
    read,
    objects: byFile.flat(),
    files: byFile.filter((objects) => objects.length > 0).length,
    truncated,
  };
}
