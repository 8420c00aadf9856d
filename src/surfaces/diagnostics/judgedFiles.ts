import { fileFindings, type FileFinding } from '../../sources/yaml/fileFindings.ts';
import type { ManifestFile } from '../../sources/yaml/manifestFile.ts';
import type { WorkspaceFile } from '../../sources/yaml/workspaceManifests.ts';
import {
  meshOfWorkspace,
  withFileFirst,
  type DocumentMesh,
  type MeshSources,
} from '../yamlContext/documentMesh.ts';

/** What was found in a file, and the mesh that it was judged by; no mesh where the text alone was judged. */
export interface JudgedFile {
  readonly file: ManifestFile;
  readonly found: readonly FileFinding[];
  readonly by: DocumentMesh | undefined;
}

/** Judges files by all that is known, each once for as long as neither it nor that changes. */
export class FileJudge {
  #sources: MeshSources | undefined;
  #shared: DocumentMesh | undefined;
  #judged = new Map<string, JudgedFile>();

  /** Takes what is known from now on. Returns whether that is anything else than before. */
  update(sources: MeshSources): boolean {
    const before = this.#sources;
    const isSame =
      before !== undefined &&
      before.cluster?.mesh === sources.cluster?.mesh &&
      before.cluster?.status.kind === sources.cluster?.status.kind &&
      before.contextId === sources.contextId &&
      before.workspace === sources.workspace &&
      before.settings === sources.settings;
    if (isSame) return false;
    this.#sources = sources;
    this.#shared = meshOfWorkspace(sources);
    this.#judged = new Map();
    return true;
  }

  /** Everything that is wrong in a file. What is not finished yet is not judged by what it has to do with others. */
  judge({ file, finished }: WorkspaceFile): JudgedFile {
    const before = this.#judged.get(file.uri);
    if (before?.file === file) return before;
    const shared = finished === 'whole' ? this.#shared : undefined;
    const by = shared && { ...shared, mesh: withFileFirst(shared.mesh, file) };
    const found = finished === 'nothing' ? [] : fileFindings(file, by?.mesh);
    const judged = { file, found, by };
    this.#judged.set(file.uri, judged);
    return judged;
  }
}
