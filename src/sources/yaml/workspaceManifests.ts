import { Emitter } from '../../emitter.ts';
import type { MeshObject } from '../../mesh/index.ts';
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

/** The manifests of a workspace, read once and then kept up to date. Reads nothing before `load`. */
export class WorkspaceManifests {
  readonly #files: Files;
  readonly #abort = new AbortController();
  readonly #changed = new Emitter();
  readonly #read = new Map<string, ManifestFile>();
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

  /** Called after each change of `current`. */
  subscribe(listener: () => void): { dispose(): void } {
    return this.#changed.subscribe(listener);
  }

  dispose(): void {
    this.#abort.abort();
    this.#watching?.dispose();
    this.#changed.dispose();
    this.#read.clear();
  }

  async #readAll(): Promise<void> {
    this.#watching = this.#files.onDidChange((uri) => {
      void this.#follow(uri);
    });
    const uris = await this.#files.list(this.#abort.signal);
    this.#truncated = uris.length > MAX_FILES;
    const read = uris.slice(0, MAX_FILES);
    for (let at = 0; at < read.length; at += FILES_AT_ONCE) {
      await Promise.all(read.slice(at, at + FILES_AT_ONCE).map((uri) => this.#refresh(uri)));
    }
    this.#publish();
  }

  async #follow(uri: string): Promise<void> {
    await this.#refresh(uri);
    if (this.#current !== undefined) this.#publish();
  }

  async #refresh(uri: string): Promise<void> {
    const turn = (this.#turns.get(uri) ?? 0) + 1;
    this.#turns.set(uri, turn);
    const text = await this.#files.read(uri, this.#abort.signal);
    if (this.#abort.signal.aborted || this.#turns.get(uri) !== turn) return;
    if (text === undefined || !mentionsMeshKinds(text)) this.#read.delete(uri);
    else this.#read.set(uri, readManifestFile(uri, text, { previous: this.#read.get(uri) }));
  }

  #publish(): void {
    if (this.#abort.signal.aborted) return;
    this.#current = declaredIn(this.#read, this.#truncated);
    this.#changed.fire();
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
