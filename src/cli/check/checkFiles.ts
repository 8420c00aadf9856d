import type { Mesh, MeshObject, ObjectRef, Related } from '../../mesh/index.ts';
import { findingsIn, objectNamed, sameRef } from '../../mesh/index.ts';
import { fileFindings, type FileFinding } from '../../sources/yaml/fileFindings.ts';
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
}

/** Files of manifests as they were read, of which nothing has been judged yet. */
export interface ManifestFiles {
  readonly files: readonly ManifestFile[];
  readonly objects: readonly MeshObject[];
  readonly templates: number;
  /** Places that could not be read, as `FILE:LINE:COLUMN`. */
  readonly unread: readonly string[];
}

/** Reads the manifests of texts. Never throws: what cannot be read leaves the rest. */
export function readManifestFiles(texts: readonly ManifestSource[]): ManifestFiles {
  const files = texts.map(({ name, text, namespace }) =>
    readManifestFile(name, text, { limits: LIMITS, namespace, quickly: quickValue }),
  );
  const contents = files.flatMap(({ documents }) => documents.map(({ content }) => content));
  return {
    files,
    objects: files.flatMap(manifestsOf).flatMap(({ object }) => object ?? []),
    templates: contents.filter(({ kind }) => kind === 'template').length,
    unread: files.flatMap(unreadIn),
  };
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

/** What is wrong in the files, judged by a mesh that has their objects. */
export function findingsInFiles(files: readonly ManifestFile[], mesh: Mesh): CheckedFinding[] {
  const named = new Map(files.map((file) => [file.uri, file]));
  const judged = filesWithFindings(mesh);
  return files
    .filter((file) => judged.has(file.uri) || hasProblems(file))
    .flatMap((file) =>
      fileFindings(file, mesh).map((found) => checkedFinding(found, { file, named, mesh })),
    );
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
  readonly named: ReadonlyMap<string, ManifestFile>;
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
  { named, mesh }: Surroundings,
): CheckedRelated {
  const origin = objectNamed(mesh, object)?.origin;
  const file = origin?.kind === 'file' ? named.get(origin.uri) : undefined;
  return { object, message, place: file && placeOfObject(file, object, path) };
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

function placeOf({ uri, text }: ManifestFile, { start, end }: TextRange): FilePlace {
  const from = lineAndColumn(text, start);
  const to = lineAndColumn(text, Math.max(start, end));
  return { file: uri, ...from, endLine: to.line, endColumn: to.column };
}
