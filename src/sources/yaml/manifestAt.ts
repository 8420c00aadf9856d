import { isMap, isSeq } from 'yaml';
import type { ManifestDocument, ManifestFile, ManifestText } from './manifestFile.ts';
import type { TextRange } from './textRange.ts';
import { nodeAt, pathAt, rangeOfNode, rangeOfPath, type YamlPath } from './yamlPath.ts';

/** What an offset of a file lies on. */
export interface ManifestPosition {
  readonly document: ManifestDocument;
  readonly manifest: ManifestText;
  /** From the root of the manifest. */
  readonly path: YamlPath;
  readonly on: 'key' | 'value';
  /** Offsets in the file. */
  readonly range: TextRange;
}

/** The manifest and field at an offset of a file; undefined between fields and outside manifests. */
export function manifestAt(file: ManifestFile, offset: number): ManifestPosition | undefined {
  const document = file.documents.find(({ start, end }) => start <= offset && offset < end + 1);
  if (document?.content.kind !== 'manifests') return undefined;
  const found = pathAt(document.content.root.contents, offset - document.start);
  if (found === undefined) return undefined;
  const manifest = document.content.manifests.find(({ at }) => startsWith(found.path, at));
  if (manifest === undefined) return undefined;
  const path = found.path.slice(manifest.at.length);
  return { document, manifest, path, on: found.on, range: inFile(document, found.range) };
}

/** The manifest that an offset is inside of, also between its fields. */
export function manifestAround(
  file: ManifestFile,
  offset: number,
): { readonly document: ManifestDocument; readonly manifest: ManifestText } | undefined {
  const document = file.documents.find(({ start, end }) => start <= offset && offset <= end);
  if (document?.content.kind !== 'manifests') return undefined;
  const { root, manifests } = document.content;
  const before = manifests.filter(({ at }) => {
    const start = rangeOfNode(nodeAt(root.contents, at))?.start ?? 0;
    return at.length === 0 || document.start + start <= offset;
  });
  const manifest = before.at(-1) ?? manifests[0];
  return manifest === undefined ? undefined : { document, manifest };
}

/** Where a field of a manifest stands in the file; the nearest field above it when it is missing. */
export function rangeInFile(
  document: ManifestDocument,
  manifest: ManifestText,
  path: YamlPath,
): TextRange {
  if (document.content.kind !== 'manifests') return document;
  const { contents } = document.content.root;
  return inFile(document, rangeOfPath(contents, [...manifest.at, ...path], 'value'));
}

/**
 * What to underline where something is wrong with a field: its value if that is a single one, else its name, and the
 * first name in it where it is an item of a list.
 */
export function rangeOfMistake(
  document: ManifestDocument,
  manifest: ManifestText,
  path: YamlPath,
): TextRange {
  if (document.content.kind !== 'manifests') return document;
  const { contents } = document.content.root;
  const full = [...manifest.at, ...path];
  const node = nodeAt(contents, full);
  const isBlock = isMap(node) || isSeq(node);
  if (isMap(node) && (full.length === 0 || typeof full.at(-1) === 'number')) {
    return inFile(document, rangeOfNode(node.items[0]?.key) ?? rangeOfPath(contents, full, 'key'));
  }
  return inFile(document, rangeOfPath(contents, full, isBlock ? 'key' : 'value'));
}

/** A field from its name to the end of its value: wherever somebody points at when they mean it. */
export function rangeOfField(
  document: ManifestDocument,
  manifest: ManifestText,
  path: YamlPath,
): TextRange {
  const value = rangeInFile(document, manifest, path);
  if (document.content.kind !== 'manifests') return value;
  const { contents } = document.content.root;
  const key = inFile(document, rangeOfPath(contents, [...manifest.at, ...path], 'key'));
  return { start: Math.min(key.start, value.start), end: Math.max(key.end, value.end) };
}

function inFile(document: ManifestDocument, { start, end }: TextRange): TextRange {
  return { start: start + document.start, end: end + document.start };
}

function startsWith(path: YamlPath, start: YamlPath): boolean {
  return start.every((step, index) => path[index] === step);
}
