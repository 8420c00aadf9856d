import type { Finding, Fix, Mesh, ObjectRef, Rule, Severity } from '../../mesh/index.ts';
import {
  codesOf,
  findingRule,
  findingsIn,
  fixOfProblem,
  isSuppressed,
  refKey,
  ruleOfProblem,
  UNREADABLE,
} from '../../mesh/index.ts';
import { ignoredCodes } from './ignoredCodes.ts';
import { rangeOfMistake } from './manifestAt.ts';
import type { ManifestDocument, ManifestFile, ManifestText } from './manifestFile.ts';
import { manifestsOf } from './manifestFile.ts';
import { lineAndColumn, type TextRange } from './textRange.ts';

/** A finding at the place of a file where it is to be mended. */
export interface FileFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** What is underlined; offsets in the file. */
  readonly range: TextRange;
  /** What has no effect at all, where that is so. */
  readonly idle?: TextRange;
  /** Absent where the text alone is judged. */
  readonly finding?: Finding;
  readonly fix?: Fix;
}

/**
 * Everything that is wrong in a file, in the order of its text: with the manifests by themselves, and, where a mesh that
 * has them is given, with what they do in it. What comments and annotations say to leave out is left out.
 */
export function fileFindings(file: ManifestFile, mesh?: Mesh): readonly FileFinding[] {
  const inMesh = mesh === undefined ? NOTHING : findingsOfObjects(file, mesh);
  const found = file.documents.flatMap((document) => {
    const all = findingsOfDocument(document, inMesh);
    return all.length === 0 ? all : withoutIgnored(document, all);
  });
  return found.sort((left, right) => left.range.start - right.range.start);
}

type ByObject = ReadonlyMap<string, readonly Finding[]>;
const NOTHING: ByObject = new Map();

/** Of objects that the mesh has from this very file; another file may declare one of the same name. */
function findingsOfObjects(file: ManifestFile, mesh: Mesh): ByObject {
  const objects = manifestsOf(file).flatMap(({ object }) => object ?? []);
  const byObject = new Map<string, Finding[]>();
  for (const finding of findingsIn(mesh, { kind: 'objects', objects })) {
    if (finding.origin.kind !== 'file' || finding.origin.uri !== file.uri) continue;
    const key = keyOf(finding.origin.document, finding.object);
    byObject.set(key, [...(byObject.get(key) ?? []), finding]);
  }
  return byObject;
}

function keyOf(document: number, object: ObjectRef): string {
  return `${document} ${refKey(object)}`;
}

function findingsOfDocument(document: ManifestDocument, inMesh: ByObject): readonly FileFinding[] {
  const { content } = document;
  switch (content.kind) {
    case 'irrelevant':
    case 'template':
    case 'too-large':
      return [];
    case 'broken': {
      const [{ message, start, end }] = content.problems;
      const text = `Istio mTLS cannot read this document: ${message}.`.replace(/\.+$/, '.');
      const { code, severity } = UNREADABLE;
      return [{ code, severity, message: text, range: { start, end: Math.max(end, start + 1) } }];
    }
    case 'manifests':
      return content.manifests.flatMap((manifest) => [
        ...problemsOf(document, manifest),
        ...inObject(document, manifest, inMesh),
      ]);
  }
}

function problemsOf(document: ManifestDocument, manifest: ManifestText): readonly FileFinding[] {
  return manifest.problems.flatMap((problem) => {
    const rule = ruleOfProblem(manifest.kind, problem);
    if (isSuppressed(manifest.object?.annotations ?? {}, rule)) return [];
    const range = rangeOfMistake(document, manifest, problem.path);
    const { code, severity } = rule;
    const fix = manifest.object && fixOfProblem(manifest.object, { ...problem, code });
    return [{ code, severity, message: problem.message, range, ...(fix && { fix }) }];
  });
}

function inObject(
  document: ManifestDocument,
  manifest: ManifestText,
  inMesh: ByObject,
): readonly FileFinding[] {
  const { object } = manifest;
  const found = object && inMesh.get(keyOf(document.index, object));
  return (found ?? []).map((finding) => {
    const { code, severity, message, path, ignored, fix } = finding;
    const range = rangeOfMistake(document, manifest, path);
    const idle = ignored && { idle: wholeOf(document, manifest) };
    return { code, severity, message, range, finding, ...idle, ...(fix && { fix }) };
  });
}

/** The text of a manifest from its first to its last character. */
function wholeOf(document: ManifestDocument, manifest: ManifestText): TextRange {
  if (manifest.at.length > 0) return rangeOfMistake(document, manifest, ['spec']);
  const { start, source } = document;
  return { start, end: start + source.trimEnd().length };
}

function withoutIgnored(
  document: ManifestDocument,
  found: readonly FileFinding[],
): readonly FileFinding[] {
  const { whole, byLine } = ignoredCodes(document.source);
  if (whole.size === 0 && byLine.size === 0) return found;
  return found.filter(({ code, range }) => {
    const { line } = lineAndColumn(document.source, range.start - document.start);
    const names = namesOf(findingRule(code), code);
    return !names.some((name) => whole.has(name) || byLine.get(line - 1)?.has(name) === true);
  });
}

function namesOf(rule: Rule | undefined, code: string): readonly string[] {
  return rule === undefined ? [code] : codesOf(rule);
}
