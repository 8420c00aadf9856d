import type { Mesh, MeshObject, ObjectRef, Related } from '../../mesh/index.ts';
import { findingsIn, objectNamed, sameRef } from '../../mesh/index.ts';
import { fileFindings, type FileFinding } from '../../sources/yaml/fileFindings.ts';
import {
  finishedIn,
  folderOf,
  isKustomization,
  readKustomization,
  type Finished,
  type Kustomization,
} from '../../sources/yaml/kustomization.ts';
import { rangeOfMistake } from '../../sources/yaml/manifestAt.ts';
import {
  manifestsOf,
  readManifestFile,
  type ManifestFile,
  type ManifestLimits,
} from '../../sources/yaml/manifestFile.ts';
import { quickValue } from '../../sources/yaml/quickValue.ts';
import { lineAndColumn, type TextRange } from '../../sources/yaml/textRange.ts';
import type { CheckedFinding, CheckedRelated, FilePlace } from './checked.ts';

/** Values are read quickly whatever their number; only what must be read with places costs by its lexemes. */
const LIMITS: ManifestLimits = {
  characters: 50_000_000,
  lines: Number.POSITIVE_INFINITY,
  lexemesPerDocument: 400_000,
  lexemes: 400_000,
};

/** A text, what messages call it, and the namespace that kustomize puts its objects into. */
export interface ManifestSource {
  readonly name: string;
  readonly text: string;
  readonly namespace?: string | undefined;
  /** The same file by its absolute path, with slashes: by it, kustomizations and charts know what is theirs. */
  readonly path: string;
}

/** What is remembered of a file that was read: so little that thousands of them need no more than their texts. */
export interface ReadFile {
  readonly source: ManifestSource;
  /** How much of it is as it will be in a cluster. */
  readonly finished: Finished;
  /** Something is wrong with the text alone. */
  readonly hasProblems: boolean;
}

/** Files of manifests as they were read, of which nothing has been judged yet. */
export interface ManifestFiles {
  readonly files: readonly ReadFile[];
  readonly objects: readonly MeshObject[];
  readonly templates: number;
  /** Places that could not be read, as `FILE:LINE:COLUMN`. */
  readonly unread: readonly string[];
}

/** Reads the manifests of texts. Never throws: what cannot be read leaves the rest. */
export function readManifestFiles(texts: readonly ManifestSource[]): ManifestFiles {
  const finishedOf = finishedAmong(texts);
  const objects: MeshObject[] = [];
  const unread: string[] = [];
  let templates = 0;
  const files = texts.map((source): ReadFile => {
    const finished = finishedOf(source.path);
    if (finished === 'nothing') return { source, finished, hasProblems: false };
    const file = read(source);
    for (const { object } of manifestsOf(file)) if (object !== undefined) objects.push(object);
    unread.push(...unreadIn(file));
    templates += file.documents.filter(({ content }) => content.kind === 'template').length;
    return { source, finished, hasProblems: hasProblems(file) };
  });
  return { files, objects, templates, unread };
}

function read({ name, text, namespace }: ManifestSource): ManifestFile {
  return readManifestFile(name, text, { limits: LIMITS, namespace, quickly: quickValue });
}

/** Tells of a file whether kustomizations or charts among the texts still have to do something with it. */
function finishedAmong(texts: readonly ManifestSource[]): (path: string) => Finished {
  const kustomizations = new Map<string, Kustomization>();
  const charts: string[] = [];
  for (const { path, text } of texts) {
    const kustomization = isKustomization(path) ? readKustomization(path, text) : undefined;
    if (kustomization !== undefined) kustomizations.set(folderOf(path), kustomization);
    if (path.endsWith('/Chart.yaml')) charts.push(`${folderOf(path)}/templates/`);
  }
  return (path) =>
    charts.some((templates) => path.startsWith(templates))
      ? 'nothing'
      : finishedIn(kustomizations, path);
}

function unreadIn(file: ManifestFile): readonly string[] {
  if (file.tooLarge) return [file.uri];
  return file.documents.flatMap(({ content, start }) => {
    if (content.kind === 'too-large') return [spot(placeOf(file, { start, end: start }))];
    if (content.kind !== 'broken') return [];
    return [spot(placeOf(file, content.problems[0]))];
  });
}

function spot({ file, line, column }: FilePlace): string {
  return `${file}:${line}:${column}`;
}

/**
 * What is wrong in the files, judged by a mesh that has their objects. What is not finished yet is not judged by what it has to
 * do with others.
 */
export function findingsInFiles(files: readonly ReadFile[], mesh: Mesh): CheckedFinding[] {
  const sources = new Map(files.map(({ source }) => [source.name, source]));
  return [...judgedFiles(files, mesh)].flatMap(({ file, found }) =>
    found.map((one) => checkedFinding(one, { file, sources, mesh })),
  );
}

/** A file in which something may be wrong, read once more for the places, and what is. */
export interface JudgedText {
  readonly source: ManifestSource;
  readonly file: ManifestFile;
  readonly found: readonly FileFinding[];
}

/** The files in which something may be wrong, one at a time. */
export function* judgedFiles(files: readonly ReadFile[], mesh: Mesh): Iterable<JudgedText> {
  const judged = filesWithFindings(mesh);
  for (const { source, finished, hasProblems } of files) {
    if (finished === 'nothing' || !(judged.has(source.name) || hasProblems)) continue;
    const file = read(source);
    yield { source, file, found: fileFindings(file, finished === 'whole' ? mesh : undefined) };
  }
}

/** Most files have none: only in the others it matters where everything stands. */
function filesWithFindings(mesh: Mesh): ReadonlySet<string> {
  const origins = findingsIn(mesh).map(({ origin }) => origin);
  return new Set(origins.flatMap((origin) => (origin.kind === 'file' ? [origin.uri] : [])));
}

function hasProblems({ documents }: ManifestFile): boolean {
  return documents.some(
    ({ content }) =>
      content.kind === 'broken' ||
      (content.kind === 'manifests' &&
        content.manifests.some(({ problems }) => problems.length > 0)),
  );
}

interface Surroundings {
  readonly file: ManifestFile;
  readonly sources: ReadonlyMap<string, ManifestSource>;
  readonly mesh: Mesh;
}

function checkedFinding(
  { code, severity, message, range, finding }: FileFinding,
  surroundings: Surroundings,
): CheckedFinding {
  const { file } = surroundings;
  const place = placeOf(file, range);
  const object = finding?.object ?? objectAt(file, range);
  const related = (finding?.related ?? []).map((one) => checkedRelated(one, surroundings));
  return { code, severity, message, place, object, related };
}

/** The object of the document that a range lies in, where it is the only one. */
function objectAt(file: ManifestFile, { start }: TextRange): ObjectRef | undefined {
  const document = file.documents.find((one) => one.start <= start && start <= one.end);
  if (document?.content.kind !== 'manifests') return undefined;
  const [only, ...others] = document.content.manifests;
  if (only?.object === undefined || others.length > 0) return undefined;
  const { kind, namespace, name } = only.object;
  return { kind, namespace, name };
}

function checkedRelated(
  { object, path, message }: Related,
  { file, sources, mesh }: Surroundings,
): CheckedRelated {
  const origin = objectNamed(mesh, object)?.origin;
  const source = origin?.kind === 'file' ? sources.get(origin.uri) : undefined;
  if (source === undefined) return { object, message, place: undefined };
  const other = source.name === file.uri ? file : read(source);
  return { object, message, place: placeOfObject(other, object, path) };
}

function placeOfObject(
  file: ManifestFile,
  object: ObjectRef,
  path: Related['path'],
): FilePlace | undefined {
  for (const document of file.documents) {
    if (document.content.kind !== 'manifests') continue;
    const manifest = document.content.manifests.find(
      (one) => one.object !== undefined && sameRef(one.object, object),
    );
    if (manifest !== undefined) return placeOf(file, rangeOfMistake(document, manifest, path));
  }
  return undefined;
}

/** A range of a file as people count. */
export function placeOf({ uri, text }: ManifestFile, { start, end }: TextRange): FilePlace {
  const from = lineAndColumn(text, start);
  const to = lineAndColumn(text, Math.max(start, end));
  return { file: uri, ...from, endLine: to.line, endColumn: to.column };
}
